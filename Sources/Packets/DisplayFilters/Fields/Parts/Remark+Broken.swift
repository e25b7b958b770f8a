import RoadblockCore

/// Headers that cannot be, checksums that were left to the network card, and types that are not used.
extension Remark {
    /// True for a remark on a header that says of itself that it cannot be.
    var isOfBrokenHeaders: Bool {
        switch self {
        case .badVersion4, .shortHeader4, .badLength4, .badVersion6, .shortHeader6, .shortSegment, .badHeaderLength:
            true
        default: false
        }
    }

    func holdsForBroken(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int
    ) -> Bool {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        guard layer.has(1) else { return false }
        let first = bytes.byte(start)
        let room = Remark.wireEnd(bytes, packet, facts, before: index) - start
        switch (self, layer.kind) {
        case (.badVersion4, .ipv4): return first >> 4 != 4
        case (.shortHeader4, .ipv4): return first >> 4 == 4 && first & 15 < 5
        case (.badLength4, .ipv4):
            guard layer.has(4), first >> 4 == 4, first & 15 >= 5 else { return false }
            let total = Int(bytes.big16(start + 2))
            if total != 0, total < Int(first & 15) * 4 { return true }
            return total > room && !layer.isQuoted
        case (.badVersion6, .ipv6): return first >> 4 != 6
        case (.shortHeader6, .ipv6): return first >> 4 == 6 && room < 40 && !layer.isQuoted
        case (.shortSegment, .tcp):
            guard layer.isCut, !layer.isQuoted, layer.has(16) else { return false }
            return room < Int(bytes.byte(start + 12) >> 4) * 4
        case (.badHeaderLength, .tcp): return Remark.isRefused(bytes, packet, index)
        default: return false
        }
    }

    /// True for a TCP header whose length is below 20 bytes; nothing is read of it but the ports.
    static func isRefused(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> Bool {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        guard layer.isCut, layer.headerLength == 4, !layer.isQuoted, index > 0,
            start + 16 <= Int(packet.layers[index - 1].end)
        else { return false }
        return bytes.byte(start + 12) >> 4 < 5
    }

    /// One past the last byte that was sent of what a layer lies in, as the frame and the IP headers before it say.
    static func wireEnd(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        before index: Int
    ) -> Int {
        var end = facts.frame.originalLength - facts.frame.checkSequenceLength
        for place in 0..<index {
            let layer = packet.layers[place]
            let start = Int(layer.offset)
            switch layer.kind {
            case .ipv4 where layer.has(4):
                let total = Int(bytes.big16(start + 2))
                if total != 0 { end = min(end, start + total) }
            case .ipv6 where layer.has(6):
                let length = Int(bytes.big16(start + 4))
                if length != 0 { end = min(end, start + 40 + length) }
            default: break
            }
        }
        return end
    }

    /// A checksum that is that of the pseudo-header alone, as it is before the network card adds the rest.
    func holdsForChecksum(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> Bool {
        let layer = packet.layers[index]
        let isTCP = layer.kind == .tcp
        guard !layer.isQuoted, !layer.isCut, layer.has(isTCP ? 20 : 8), packet.transport == (isTCP ? .tcp : .udp) else {
            return false
        }
        let stated = bytes.big16(Int(layer.offset) + (isTCP ? 16 : 6))
        let length = isTCP ? packet.ip.payloadLength : packet.payloadLength + 8
        let number = isTCP ? IPProtocol.tcp : IPProtocol.udp
        let addresses = InternetChecksum.sum(packet.ip.source, packet.ip.destination)
        return stated != 0 && UInt64(stated) == InternetChecksum.fold(addresses &+ UInt64(number) &+ UInt64(length))
    }

    func holdsForICMP(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Bool {
        guard layer.has(1) else { return false }
        let type = bytes.byte(Int(layer.offset))
        return switch self {
        // RFC 6633 section 1, RFC 6918 section 2.
        case .deprecatedType: type == 4 || type == 6 || (15...18).contains(type) || (30...39).contains(type)
        // IANA "ICMP Type Numbers": unassigned, reserved, and for experiments.
        case .reservedType: [1, 2, 7, 41].contains(type) || (19...29).contains(type) || type >= 44
        default: FieldSource.ICMPNumber.checksumStatus.value(bytes, packet, layer) == 0
        }
    }

    /// IANA "ICMPv6 \"type\" Numbers": reserved, and for private experiments (RFC 4443 section 2.1).
    static func isReserved6(_ type: UInt8) -> Bool { [0, 100, 101, 127, 200, 201, 255].contains(type) }

    /// A probe for an address (RFC 5227 section 1.1) names no link address of its target.
    func holdsForARP(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Bool {
        guard layer.has(28), bytes.big16(Int(layer.offset) + 4) == 0x0604 else { return false }
        let start = Int(layer.offset)
        let isProbe = bytes.big16(start + 6) == 1 && bytes.big32(start + 14) == 0
        return isProbe && (bytes.big16(start + 18) != 0 || bytes.big32(start + 20) != 0)
    }
}
