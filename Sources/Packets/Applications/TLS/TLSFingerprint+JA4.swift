import Crypto
import RoadblockCore

/// The JA4 fingerprint of a client hello over TCP (FoxIO, "JA4: TLS client fingerprinting").
extension TLSFingerprint {
    /// What the client offers in brief, then its suites and its extensions, both sorted: as the first twelve digits of
    /// a digest each, or with `isRaw` themselves.
    func ja4(isRaw: Bool) -> [UInt8] {
        let suites = self.suites.filter { !Self.isGrease($0) }
        let types = self.types.filter { !Self.isGrease($0) }
        let version = versions.filter { !Self.isGrease($0) }.max() ?? self.version
        var head = "t" + Self.name(version) + (types.contains(0) ? "d" : "i")
        head += Self.count(suites) + Self.count(types)
        let offered = Self.list(suites.sorted())
        // Server name and application protocol are in the head.
        var extensions = Self.list(types.filter { $0 != 0 && $0 != 16 }.sorted())
        let signatures = self.signatures.filter { !Self.isGrease($0) }
        if !signatures.isEmpty { extensions += "_" + Self.list(signatures) }
        var text = Array(head.utf8) + protocolEnds
        for (part, isEmpty) in [(offered, suites.isEmpty), (extensions, types.isEmpty)] {
            text.append(UInt8(ascii: "_"))
            if isRaw {
                text += part.utf8
            } else if isEmpty {
                text += Array(repeating: UInt8(ascii: "0"), count: 12)
            } else {
                text += SHA256.hash(data: Array(part.utf8)).hexadecimal.prefix(12)
            }
        }
        return text
    }

    private static func name(_ version: UInt16) -> String {
        switch version {
        case 0x0304: "13"
        case 0x0303: "12"
        case 0x0302: "11"
        case 0x0301: "10"
        case 0x0300: "s3"
        case 0x0002: "s2"
        default: "00"
        }
    }

    /// Two digits; 99 for more.
    private static func count(_ values: [UInt16]) -> String {
        let count = min(99, values.count)
        return (count < 10 ? "0" : "") + String(count)
    }

    private static func list(_ values: [UInt16]) -> String {
        values.map { value in
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        .joined(separator: ",")
    }

    /// The first and the last letter of the first application protocol, or digits of the bytes that are no letters.
    private var protocolEnds: [UInt8] {
        guard let first = applicationProtocol.first, let last = applicationProtocol.last else {
            return Array("00".utf8)
        }
        func isPlain(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        if isPlain(first), isPlain(last) { return [first, last] }
        let digits = [first, last].hexadecimal
        return [digits[0], digits[3]]
    }
}
