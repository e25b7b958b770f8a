import RoadblockCore

/// A MaxMind database (format 2.0): a binary tree over the bits of addresses, and records that its leaves point to.
///
/// Lookups read the file's bytes in place; nothing is unfolded.
struct MaxMindDatabase: Sendable {
    private let bytes: [UInt8]
    private let nodeCount: Int
    private let recordSize: Int
    private let hasIPv6: Bool
    private let section: MaxMindSection
    /// Where IPv4 addresses start in the tree; a leaf where all of them have one record, or none.
    private var ipv4Root = 0

    /// Zeros between the tree and the records.
    private static let separator = 16
    private static let marker: [UInt8] = [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
    /// The marker of the description lies in so many last bytes.
    private static let markerDistance = 128 << 10

    /// A database in a file's bytes; `nil` for other files.
    ///
    /// - Throws: `Failure` of kind `badInput` for a database that is damaged or whose records name nobody.
    init?(_ bytes: [UInt8], name: String) throws(Failure) {
        guard let description = MaxMindDatabase.description(in: bytes) else { return nil }
        self.bytes = bytes
        let about = MaxMindSection(bytes: bytes, range: description..<bytes.count)
        func number(_ key: String) -> Int? { about.number(key, inMapAt: description) }
        func damaged(_ what: String) -> Failure { Failure(.badInput, "\(name): the MaxMind database \(what)") }
        guard let version = number("binary_format_major_version"), let nodes = number("node_count"),
            let size = number("record_size"), let family = number("ip_version")
        else { throw damaged("is damaged: its description cannot be read") }
        guard version == 2 else { throw damaged("has format \(version), and only 2 is known") }
        guard [24, 28, 32].contains(size) else { throw damaged("has records of \(size) bits, not of 24, 28 or 32") }
        guard family == 4 || family == 6 else { throw damaged("is damaged: it is for IP version \(family)") }
        guard nodes > 0, nodes <= Int(UInt32.max) else { throw damaged("is damaged: it has \(nodes) nodes") }
        let records = nodes * size / 4 + MaxMindDatabase.separator
        let end = description - MaxMindDatabase.marker.count
        guard records <= end else { throw damaged("is cut off: its tree is larger than the file") }
        nodeCount = nodes
        recordSize = size
        hasIPv6 = family == 6
        section = MaxMindSection(bytes: bytes, range: records..<end)
        if hasIPv6 {
            // IPv4 addresses are those of ::/96.
            for _ in 0..<96 where ipv4Root < nodeCount { ipv4Root = child(of: ipv4Root, isRight: false) }
        }
        guard namesSomebody else { throw damaged("names no owners: no organization, provider or country is in it") }
    }

    /// Where the description starts, behind the last marker.
    private static func description(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= marker.count else { return nil }
        let first = max(0, bytes.count - markerDistance)
        for start in stride(from: bytes.count - marker.count, through: first, by: -1)
        where bytes[start] == 0xAB && bytes[start..<(start + marker.count)].elementsEqual(marker) {
            return start + marker.count
        }
        return nil
    }

    /// A leaf of the tree: a place in the records, and how many bits of the address it leaves free.
    struct Leaf: Hashable {
        var record: Int32
        var freeBits: Int
    }

    /// Where places in the records end.
    var recordEnd: Int { section.range.count }

    /// The leaf around an address; `nil` where there is none with a record.
    func find(_ address: IPAddress) -> Leaf? {
        var node = 0
        var left = 32
        var path: UInt128
        if let ipv4 = address.ipv4 {
            node = ipv4Root
            path = UInt128(ipv4) << 96
        } else {
            guard hasIPv6 else { return nil }
            path = address.bits
            left = 128
        }
        while node < nodeCount {
            guard left > 0 else { return nil }
            node = child(of: node, isRight: path >> 127 == 1)
            path <<= 1
            left -= 1
        }
        guard let record = record(behind: node) else { return nil }
        return Leaf(record: Int32(record - section.range.lowerBound), freeBits: left)
    }

    /// True for a record that names somebody.
    func hasName(at record: Int32) -> Bool {
        MaxMindName.find(at: section.range.lowerBound + Int(record), in: section) != nil
    }

    /// The name in a record; `nil` where it names nobody.
    func name(at record: Int32) -> String? {
        let place = section.range.lowerBound + Int(record)
        guard let text = MaxMindName.find(at: place, in: section) else { return nil }
        let name = OwnerName.clean(String(decoding: bytes[text].prefix(1024), as: UTF8.self))
        return name.isEmpty ? nil : name
    }

    /// Where the record lies that a leaf's number stands for; `nil` for the number that means none.
    private func record(behind number: Int) -> Int? {
        let place = number - nodeCount - MaxMindDatabase.separator + section.range.lowerBound
        return section.range.contains(place) ? place : nil
    }

    /// One of the two numbers of a node.
    private func child(of node: Int, isRight: Bool) -> Int {
        let start = node * recordSize / 4
        func byte(_ offset: Int) -> Int { Int(bytes[start + offset]) }
        switch recordSize {
        case 24:
            let at = isRight ? 3 : 0
            return byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2)
        case 28:
            // The byte in the middle holds the highest four bits of both.
            let high = isRight ? byte(3) & 0xF : byte(3) >> 4
            let at = isRight ? 4 : 0
            return high << 24 | byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2)
        default:
            let at = isRight ? 4 : 0
            return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3)
        }
    }

    /// True when one of the first records that the tree points to names somebody.
    private var namesSomebody: Bool {
        var seen = 0
        for node in 0..<nodeCount {
            for isRight in [false, true] {
                guard let record = record(behind: child(of: node, isRight: isRight)) else { continue }
                if MaxMindName.find(at: record, in: section) != nil { return true }
                seen += 1
                if seen == 1000 { return false }
            }
        }
        return false
    }
}
