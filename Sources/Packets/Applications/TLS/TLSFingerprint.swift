/// What of a hello message tells programs apart (JA3, JA3S and JA4).
struct TLSFingerprint {
    var version: UInt16 = 0
    private let isWanted: Bool
    private(set) var suites: [UInt16] = []
    private(set) var types: [UInt16] = []
    private var groups: [UInt16] = []
    private var formats: [UInt8] = []
    private(set) var versions: [UInt16] = []
    private(set) var signatures: [UInt16] = []
    private(set) var applicationProtocol: [UInt8] = []

    init(wanted: Bool) { isWanted = wanted }

    mutating func suite(_ suite: UInt16) {
        if isWanted { suites.append(suite) }
    }

    mutating func take(_ finding: TLSExtensions.Finding) {
        guard isWanted else { return }
        switch finding {
        case .type(let type): types.append(type)
        case .group(let group): groups.append(group)
        case .pointFormat(let format): formats.append(format)
        case .supportedVersion(let version): versions.append(version)
        case .signature(let signature): signatures.append(signature)
        case .applicationProtocol(let name): if applicationProtocol.isEmpty { applicationProtocol = name }
        }
    }

    /// Values that clients send to keep servers tolerant (RFC 8701).
    static func isGrease(_ value: UInt16) -> Bool { value & 0x0F0F == 0x0A0A && value >> 8 == value & 0xFF }

    /// Version, suites and extensions, and for a client groups and point formats, without what RFC 8701 adds.
    func text(forClient: Bool) -> [UInt8] {
        func list(_ values: [UInt16]) -> String {
            values.filter { !TLSFingerprint.isGrease($0) }.map { String($0) }.joined(separator: "-")
        }
        var parts = [String(version), list(suites), list(types)]
        if forClient { parts += [list(groups), formats.map { String($0) }.joined(separator: "-")] }
        return Array(parts.joined(separator: ",").utf8)
    }
}
