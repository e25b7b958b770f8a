import RoadblockCore

/// A function of the language.
enum FilterFunction: String, CaseIterable, Sendable {
    case len, count, upper, lower, string, max, min, abs, float, double, dec, hex, vals
    case specialName = "ip_special_name"
    case isLinkLocal = "ip_linklocal"
    case isMulticast = "ip_multicast"
    case isPrivate = "ip_rfc1918"
    case isUniqueLocal = "ip_ula"

    /// How many arguments it takes.
    var arity: ClosedRange<Int> { self == .max || self == .min ? 1...64 : 1...1 }

    /// How it is called, for messages.
    var signature: String {
        switch self {
        case .max, .min: "\(rawValue)(a, b, …)"
        case .len, .count, .dec, .hex, .vals, .string: "\(rawValue)(field)"
        case .upper, .lower: "\(rawValue)(text)"
        case .abs, .float, .double: "\(rawValue)(number)"
        case .specialName, .isLinkLocal, .isMulticast, .isPrivate, .isUniqueLocal: "\(rawValue)(address)"
        }
    }

    /// The values of a call with the values of each argument.
    func apply(_ lists: [[FieldValue]], _ detail: FunctionDetail, _ bytes: borrowing RawSpan) -> [FieldValue] {
        switch self {
        case .count:
            guard !lists[0].isEmpty || detail.countsAbsent else { return [] }
            return [.word(Int64(lists[0].count))]
        case .max, .min:
            let wanted = self == .max ? 1 : -1
            var best: FieldValue?
            for value in lists.joined() {
                if let current = best, value.order(current, bytes) != wanted { continue }
                best = value
            }
            return best.map { [$0] } ?? []
        default: return lists[0].compactMap { apply($0, detail, bytes) }
        }
    }

    private func apply(_ value: FieldValue, _ detail: FunctionDetail, _ bytes: borrowing RawSpan) -> FieldValue? {
        switch self {
        case .len: return .word(Int64(length(value, detail, bytes)))
        case .upper, .lower: return .bytes(value.copy(bytes).map { FilterFunction.changeCase($0, self == .upper) })
        case .abs:
            switch value {
            case .word(let number): return number == .min ? nil : .word(Swift.abs(number))
            case .real(let number): return .real(Swift.abs(number))
            default: return nil
            }
        case .float, .double:
            switch value {
            case .word(let number): return .real(detail.type.isTime ? Double(number) / 1e9 : Double(number))
            default: return value
            }
        case .string: return .bytes(Array(text(value, detail).utf8))
        case .dec:
            guard case .word(let number) = value else { return nil }
            return .bytes(Array(String(number).utf8))
        case .hex:
            guard case .word(let number) = value else { return nil }
            return .bytes(Array(FieldPrinter.hexadecimal(number, detail.type).utf8))
        case .vals:
            guard case .word(let number) = value, let text = detail.labels.text(number) else { return nil }
            return .bytes(Array(text.utf8))
        case .specialName: return SpecialBlock.of(value, detail.type).map { .bytes(Array($0.name.utf8)) }
        case .isLinkLocal, .isMulticast, .isPrivate, .isUniqueLocal:
            return .word(SpecialBlock.matches(self, value, detail.type) ? 1 : 0)
        case .count, .max, .min: return nil
        }
    }

    private func length(_ value: FieldValue, _ detail: FunctionDetail, _ bytes: borrowing RawSpan) -> Int {
        switch detail.type {
        case .string where detail.countsCharacters:
            String(decoding: value.copy(bytes), as: UTF8.self).unicodeScalars.count
        case .unsigned(let bits), .signed(let bits): bits / 8
        case .frameNumber, .ipv4: 4
        case .boolean, .label: 0
        case .ethernet: 6
        default: value.byteCount
        }
    }

    private func text(_ value: FieldValue, _ detail: FunctionDetail) -> String {
        switch (value, detail.type) {
        case (.word(let number), .ipv4): IPAddress(ipv4: UInt32(truncatingIfNeeded: number)).description
        case (.word(let number), .ethernet): FieldPrinter.ethernet(number)
        case (.word(let number), _): String(number)
        case (.wide(let address), _): address.ipv6Text
        case (.real(let number), _): FieldPrinter.real(number)
        default: ""
        }
    }

    private static func changeCase(_ byte: UInt8, _ toUpper: Bool) -> UInt8 {
        switch byte {
        case 97...122 where toUpper: byte - 32
        case 65...90 where !toUpper: byte + 32
        default: byte
        }
    }
}

/// What a call knows of its argument and of the version that is followed.
struct FunctionDetail: Hashable, Sendable {
    var type: FieldType
    var labels: LabelTable = .none
    /// `count` of an absent field is 0.
    var countsAbsent = false
    /// `len` of text counts characters.
    var countsCharacters = false
}

extension FieldType {
    var isTime: Bool { self == .absoluteTime || self == .relativeTime }
}

/// Blocks of addresses with a meaning of their own (RFC 6890 and the IANA special-purpose registries).
struct SpecialBlock: Sendable {
    let name: String
    let prefix: IPPrefix

    private static let all: [SpecialBlock] = [
        ("Unspecified", "::/128"), ("Loopback", "::1/128"), ("Limited Broadcast", "255.255.255.255/32"),
        ("\"This\" Network", "0.0.0.0/8"), ("Private-Use", "10.0.0.0/8"), ("Shared Address Space", "100.64.0.0/10"),
        ("Loopback", "127.0.0.0/8"), ("Link Local", "169.254.0.0/16"), ("Private-Use", "172.16.0.0/12"),
        ("IETF Protocol Assignments", "192.0.0.0/24"), ("Documentation (TEST-NET-1)", "192.0.2.0/24"),
        ("Private-Use", "192.168.0.0/16"), ("Benchmarking", "198.18.0.0/15"),
        ("Documentation (TEST-NET-2)", "198.51.100.0/24"), ("Documentation (TEST-NET-3)", "203.0.113.0/24"),
        ("Reserved", "240.0.0.0/4"), ("Documentation", "2001:db8::/32"), ("Unique-Local", "fc00::/7"),
        ("Link-Local Unicast", "fe80::/10"),
    ].compactMap { name, text in IPPrefix(parsing: text).map { SpecialBlock(name: name, prefix: $0) } }

    private static func address(_ value: FieldValue, _ type: FieldType) -> IPAddress? {
        switch value {
        case .word(let number) where type == .ipv4: IPAddress(ipv4: UInt32(truncatingIfNeeded: number))
        case .wide(let address): address
        default: nil
        }
    }

    static func of(_ value: FieldValue, _ type: FieldType) -> SpecialBlock? {
        guard let address = address(value, type) else { return nil }
        return all.first { $0.prefix.contains(address) }
    }

    static func matches(_ function: FilterFunction, _ value: FieldValue, _ type: FieldType) -> Bool {
        guard let address = address(value, type) else { return false }
        let blocks: [String]
        switch function {
        case .isLinkLocal: blocks = ["169.254.0.0/16", "fe80::/10"]
        case .isMulticast: blocks = ["224.0.0.0/4", "ff00::/8"]
        case .isPrivate: blocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
        case .isUniqueLocal: blocks = ["fc00::/7"]
        default: return false
        }
        return blocks.contains { IPPrefix(parsing: $0)?.contains(address) ?? false }
    }
}
