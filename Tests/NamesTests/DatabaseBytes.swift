import RoadblockCore

/// Writes small MaxMind databases (format 2.0).
struct DatabaseBytes {
    /// A value of the data section.
    indirect enum Value {
        case text(String)
        case map([(String, Value)])
        case array([Value])
        case number(UInt64)
        case double(Double)
        case bool(Bool)
        /// A pointer to the record that was added at a place.
        case pointer(Int)
    }

    private var nodes: [[Node]] = [[.none, .none]]
    private(set) var records: [UInt8] = []
    private let hasIPv6: Bool

    private enum Node: Equatable {
        case none
        case node(Int)
        case record(Int)
    }

    init(hasIPv6: Bool = true) { self.hasIPv6 = hasIPv6 }

    /// Adds a value to the data section and gives its place there.
    mutating func add(_ value: Value) -> Int {
        defer { records += DatabaseBytes.encoded(value) }
        return records.count
    }

    /// Lets a prefix lead to a record; longer prefixes come after those that they lie in.
    mutating func insert(_ prefix: String, record: Int) {
        guard let block = IPPrefix(parsing: prefix) else { return }
        var bits: [Bool] = [block.address.high, block.address.low].flatMap { word in
            (0..<64).map { word >> UInt64(63 - $0) & 1 == 1 }
        }
        var length = block.length
        if block.address.isIPv4 {
            bits = Array(bits[96...])
            if hasIPv6 {
                bits = Array(repeating: false, count: 96) + bits
                length += 96
            }
        }
        var node = 0
        for bit in bits[..<(length - 1)] {
            let side = bit ? 1 : 0
            if case .node(let next) = nodes[node][side] {
                node = next
            } else {
                nodes.append([nodes[node][side], nodes[node][side]])
                nodes[node][side] = .node(nodes.count - 1)
                node = nodes.count - 1
            }
        }
        nodes[node][bits[length - 1] ? 1 : 0] = .record(record)
    }

    /// The file.
    func file(recordSize: Int, version: UInt64 = 2) -> [UInt8] {
        var bytes: [UInt8] = []
        for pair in nodes {
            let numbers = pair.map { node in
                switch node {
                case .none: nodes.count
                case .node(let index): index
                case .record(let place): nodes.count + 16 + place
                }
            }
            switch recordSize {
            case 24: bytes += numbers.flatMap { DatabaseBytes.big($0, 3) }
            case 28:
                bytes += DatabaseBytes.big(numbers[0], 3)
                bytes.append(UInt8((numbers[0] >> 24) << 4 | numbers[1] >> 24))
                bytes += DatabaseBytes.big(numbers[1], 3)
            default: bytes += numbers.flatMap { DatabaseBytes.big($0, 4) }
            }
        }
        bytes += [UInt8](repeating: 0, count: 16) + records
        bytes += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
        return bytes
            + DatabaseBytes.encoded(
                .map([
                    ("binary_format_major_version", .number(version)), ("binary_format_minor_version", .number(0)),
                    ("build_epoch", .number(1_700_000_000)), ("database_type", .text("Test")),
                    ("description", .map([("en", .text("Test"))])), ("ip_version", .number(hasIPv6 ? 6 : 4)),
                    ("languages", .array([.text("en")])), ("node_count", .number(UInt64(nodes.count))),
                    ("record_size", .number(UInt64(recordSize))),
                ])
            )
    }

    private static func big(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
    }

    private static func encoded(_ value: Value) -> [UInt8] {
        switch value {
        case .text(let text): return control(2, text.utf8.count) + Array(text.utf8)
        case .map(let members):
            return control(7, members.count) + members.flatMap { encoded(.text($0)) + encoded($1) }
        case .array(let items): return control(11, items.count) + items.flatMap(encoded)
        case .number(let number):
            let bytes = big(Int(number), 8).drop { $0 == 0 }
            return control(bytes.count > 4 ? 9 : bytes.count > 2 ? 6 : 5, bytes.count) + bytes
        case .double(let number): return control(3, 8) + big(Int(bitPattern: UInt(number.bitPattern)), 8)
        case .bool(let flag): return control(14, flag ? 1 : 0)
        case .pointer(let place):
            // The three sizes of pointers, each counting on where the one before ends.
            if place < 2048 { return [0x20 | UInt8(place >> 8), UInt8(place & 0xFF)] }
            if place < 526_336 {
                let rest = place - 2048
                return [0x28 | UInt8(rest >> 16)] + big(rest, 2)
            }
            return [0x38] + big(place, 4)
        }
    }

    private static func control(_ type: UInt8, _ size: Int) -> [UInt8] {
        let (short, more): (Int, [UInt8]) =
            switch size {
            case ..<29: (size, [])
            case ..<285: (29, big(size - 29, 1))
            case ..<65_821: (30, big(size - 285, 2))
            default: (31, big(size - 65_821, 3))
            }
        return (type > 7 ? [UInt8(short), type - 7] : [type << 5 | UInt8(short)]) + more
    }
}
