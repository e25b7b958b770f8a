import RoadblockCore

/// An ICMP error about one of our connection requests.
package struct ICMPReply: Hashable, Sendable {
    package var type: UInt8
    package var code: UInt8
    package var isVersion6: Bool
    /// Who sent it; `nil` where the system does not say.
    package var sender: ScopedAddress?
    /// The socket error that the system makes of it.
    package var errorNumber: Int32

    package init(type: UInt8, code: UInt8, isVersion6: Bool, sender: ScopedAddress?, errorNumber: Int32) {
        self.type = type
        self.code = code
        self.isVersion6 = isVersion6
        self.sender = sender
        self.errorNumber = errorNumber
    }

    /// What an ICMP error says of a connection request.
    enum Meaning { case prohibited, portUnreachable, hostUnreachable, timeExceeded, unreachable }

    var meaning: Meaning {
        switch (isVersion6, type, code) {
        case (false, 3, 9), (false, 3, 10), (false, 3, 13), (false, 3, 14), (false, 3, 15): .prohibited
        case (true, 1, 1), (true, 1, 5), (true, 1, 6): .prohibited
        case (false, 3, 3), (true, 1, 4): .portUnreachable
        case (false, 3, 1), (true, 1, 3): .hostUnreachable
        case (false, 11, 0), (true, 3, 0): .timeExceeded
        default: .unreachable
        }
    }

    /// Packets that were too big are sent again in another size: no answer to a connection request.
    var isAboutSize: Bool { isVersion6 ? type == 2 : type == 3 && code == 4 }

    /// `ICMP host unreachable (type 3, code 1)`.
    var text: String {
        let name = ICMPName.text(type: type, code: code, isVersion6: isVersion6)
        let numbers = name.hasPrefix("type ") ? "" : " (type \(type), code \(code))"
        return "\(isVersion6 ? "ICMPv6" : "ICMP") \(name)\(numbers)"
    }
}

#if os(Linux)
extension ICMPReply {
    /// The ICMP error in the control messages of a read of the error queue (`ip(7)`, `IP_RECVERR`); `nil` without one.
    static func read(controlMessages bytes: RawSpan) -> ICMPReply? {
        // struct cmsghdr: a length that counts the header, a level and a type; each message starts at a whole word.
        let word = MemoryLayout<Int>.size
        let header = word + 8
        var start = 0
        while start + header <= bytes.byteCount {
            let length = Int(bytes.little32(start))
            guard length >= header, start + length <= bytes.byteCount else { return nil }
            let level = bytes.little32(start + word)
            let kind = bytes.little32(start + word + 4)
            if level == 0 && kind == 11 || level == 41 && kind == 25 {
                let content = bytes.extracting((start + header)..<(start + length))
                if let reply = read(extendedError: content) { return reply }
            }
            start += (length + word - 1) / word * word
        }
        return nil
    }

    /// `struct sock_extended_err`: error number, origin, type, code, padding, two numbers; then the sender's address.
    private static func read(extendedError bytes: RawSpan) -> ICMPReply? {
        guard bytes.byteCount >= 16 else { return nil }
        let origin = bytes.byte(4)
        // SO_EE_ORIGIN_ICMP and SO_EE_ORIGIN_ICMP6; others are of the system itself.
        guard origin == 2 || origin == 3 else { return nil }
        return ICMPReply(
            type: bytes.byte(5),
            code: bytes.byte(6),
            isVersion6: origin == 3,
            sender: ScopedAddress.read(socketAddress: bytes.extracting(droppingFirst: 16))?.address,
            errorNumber: Int32(bitPattern: bytes.little32(0))
        )
    }
}
#endif
