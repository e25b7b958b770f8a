import RoadblockCore

/// What is wrong or remarkable with a layer, as Wireshark's expert items say it.
enum Remark: UInt8, Hashable, Sendable {
    case groupSource, badLengthType, lengthPastEnd, vlanLengthPastEnd
    case smallTTL, controlTTL, badOption4
    case hopByHopNotFirst, sourceRouted, payloadExceedsFrame, payloadZero
    case badTCPOption, fourNoOperations, bytesAfterEnd, missingSegmentSize, straySegmentSize, wideShift
    case badUDPLength, zeroUDPLength, traceroute
    case badChecksum, badNeighborOption, badGeneveOption, unknownGeneveVersion
    case tooManyTags, badVersion4, shortHeader4, badLength4, fourNoOperations4, badVersion6, shortHeader6
    case shortSegment, badHeaderLength, missingPermission, strayPermission, missingChecksum, partialChecksum
    case deprecatedType, reservedType, reservedType6, probeWithTarget

    func find(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let layer = packet.layers[index]
        let holds =
            switch layer.kind {
            case .ethernet, .vlan: holdsForLink(bytes, packet, facts, index)
            case .ipv4 where isOfBrokenHeaders, .ipv6 where isOfBrokenHeaders, .tcp where isOfBrokenHeaders:
                holdsForBroken(bytes, packet, facts, index)
            case .ipv4, .ipv6, .ipv6Extension: holdsForInternet(bytes, packet, facts, index)
            case .tcp where self == .partialChecksum, .udp where self == .partialChecksum:
                holdsForChecksum(bytes, packet, index)
            case .tcp: holdsForTCP(bytes, packet, layer)
            case .udp: holdsForUDP(bytes, packet, index)
            case .icmp: holdsForICMP(bytes, packet, layer)
            case .arp: holdsForARP(bytes, packet, layer)
            case .icmpv6: holdsForICMPv6(bytes, packet, layer)
            case .geneve: holdsForGeneve(bytes, layer)
            default: false
            }
        if holds { parts.append(Int(layer.offset), layer.payload) }
    }

    private func holdsForLink(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int
    ) -> Bool {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        switch self {
        case _ where !layer.has(layer.kind == .vlan ? 4 : 14): return false
        case .tooManyTags: return LinkPart.countTags(bytes, packet, index) > 20
        case .groupSource: return bytes.byte(start + 6) & 1 == 1
        case .badLengthType: return (1501..<1536).contains(bytes.big16(start + 12))
        case .lengthPastEnd:
            let length = Int(bytes.big16(start + 12))
            return length <= 1500 && length > facts.frame.originalLength - start - 14
        case .vlanLengthPastEnd:
            let length = Int(bytes.big16(start + 2))
            return length <= 1500 && length > facts.frame.originalLength - start - 4
        default: return false
        }
    }

    private func holdsForInternet(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int
    ) -> Bool {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        guard !layer.isCut else { return false }
        switch self {
        case .smallTTL, .controlTTL:
            let destination = bytes.big32(start + 16)
            let (life, proto) = (bytes.byte(start + 8), bytes.byte(start + 9))
            // 224.0.0.0/24 is the local network control block: its packets are not forwarded (RFC 5771 section 4).
            if destination >> 8 == 0xE0_0000 {
                // Some of its protocols send with the highest number instead, so that a receiver can tell neighbours.
                let last = destination & 0xFF
                let isAny = last == 252
                let expected: UInt8 = last == 18 || last == 251 ? 255 : 1
                return self == .controlTTL && !isAny && life != expected
            }
            let isMulticast = destination >> 28 == 0xE
            return self == .smallTTL && !isMulticast && life < 5 && proto != 103 && proto != 89
        case .fourNoOperations4:
            var run = 0
            var walk = IPv4OptionWalk(layer)
            while let option = walk.next(bytes) {
                run = bytes.byte(option.lowerBound) == 1 ? run + 1 : 0
                if run == 4 { return true }
            }
            return false
        case .badOption4:
            var walk = IPv4OptionWalk(layer)
            var place = start + 20
            while let option = walk.next(bytes) {
                place = option.upperBound
                if bytes.byte(option.lowerBound) == 0 { return false }
            }
            return place < layer.payload
        case .payloadExceedsFrame:
            return !layer.isQuoted && start + 40 + Int(bytes.big16(start + 4)) > facts.frame.originalLength
        case .payloadZero: return bytes.big16(start + 4) == 0 && bytes.byte(start + 6) != 59
        case .hopByHopNotFirst:
            return FieldSource.extensionKind(bytes, packet, index) == 0 && index > 0
                && packet.layers[index - 1].kind != .ipv6
        case .sourceRouted:
            return FieldSource.extensionKind(bytes, packet, index) == 43 && bytes.byte(start + 2) == 0
        default: return false
        }
    }

    private func holdsForTCP(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Bool {
        // Of options that are cut little is said.
        guard layer.has(20), !layer.isCut || self == .fourNoOperations || self == .wideShift else { return false }
        let start = Int(layer.offset)
        let isSYN = bytes.byte(start + 13) & 2 != 0
        var walk = TCPOptionWalk(layer)
        var place = start + 20
        var run = 0
        var hasSegmentSize = false
        var hasPermission = false
        // What is missing is not looked for behind options that cannot be.
        var endsEarly = false
        while let option = walk.next(bytes) {
            if option.kind == 0 {
                var rest = option.offset + 1
                while rest < layer.payload, bytes.byte(rest) == 0 { rest += 1 }
                if self == .bytesAfterEnd { return rest < layer.payload }
                endsEarly = rest < layer.payload
                break
            }
            if !option.isWhole { endsEarly = true }
            run = option.kind == 1 ? run + 1 : 0
            if self == .fourNoOperations, run == 4 { return true }
            if self == .wideShift, option.kind == 3, option.length == 3, option.isWhole,
                bytes.byte(option.offset + 2) > 14
            {
                return true
            }
            if self == .badTCPOption, !option.isWhole || !Remark.isPossible(option) { return true }
            if option.kind == 2 { hasSegmentSize = true }
            if option.kind == 4 { hasPermission = true }
            place = option.offset + option.length
        }
        let isStuck = place < layer.payload && bytes.byte(place) > 1
        let isComplete = isSYN && layer.headerLength > 20 && !endsEarly && !isStuck
        switch self {
        case .missingSegmentSize: return isComplete && !hasSegmentSize
        case .straySegmentSize: return !isSYN && hasSegmentSize
        case .missingPermission: return isComplete && !hasPermission
        case .strayPermission: return !isSYN && hasPermission
        case .badTCPOption: return isStuck
        default: return false
        }
    }

    /// False for an option whose length its kind does not allow.
    private static func isPossible(_ option: TCPOptionWalk.Option) -> Bool {
        switch option.kind {
        case 2: option.length == 4
        case 3: option.length == 3
        case 4: option.length == 2
        case 5: option.length >= 10 && (option.length - 2) % 8 == 0
        case 8: option.length == 10
        case 19: option.length == 18
        case 28: option.length == 4
        case 27: option.length == 8
        case 78: option.length == 16
        default: true
        }
    }

    func holdsForUDP(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> Bool {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        if self == .traceroute { return layer.has(4) && (33435...33464).contains(bytes.big16(start + 2)) }
        guard layer.has(6) else { return false }
        let length = Int(bytes.big16(start + 4))
        let network = index > 0 ? packet.layers[index - 1] : .none
        var room = Int.max
        if network.kind == .ipv4 {
            let total = Int(bytes.big16(Int(network.offset) + 2))
            room = total == 0 ? Int.max : total - Int(network.headerLength)
        } else if network.kind == .ipv6 {
            room = Int(bytes.big16(Int(network.offset) + 4))
        }
        switch self {
        // Only over IPv6, no length is one: that of a jumbogram (RFC 2675 section 4).
        case .badUDPLength:
            return length < 8 ? length != 0 || network.kind == .ipv4 : !layer.isQuoted && length > room
        case .zeroUDPLength: return length == 0 && network.kind != .ipv4
        case .missingChecksum:
            return layer.has(8) && FieldSource.TCPNumber.udpChecksumStatus.isMissing(bytes, packet, layer)
        default: return false
        }
    }

    private func holdsForICMPv6(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Bool {
        if self == .badChecksum { return FieldSource.ICMPNumber.checksumStatus6.value(bytes, packet, layer) == 0 }
        if self == .reservedType6 { return layer.has(1) && Self.isReserved6(bytes.byte(Int(layer.offset))) }
        guard self == .badNeighborOption, layer.end > layer.offset else { return false }
        var walk = NeighborOptionWalk(bytes, layer)
        while walk.next(bytes) != nil {}
        return walk.isStuck(bytes)
    }

    private func holdsForGeneve(_ bytes: borrowing RawSpan, _ layer: Layer) -> Bool {
        let start = Int(layer.offset)
        guard layer.has(8) else { return false }
        switch self {
        case .unknownGeneveVersion: return bytes.byte(start) >> 6 != 0
        case .badGeneveOption:
            var place = start + 8
            while place + 4 <= layer.payload { place += 4 + Int(bytes.byte(place + 3) & 0x1F) * 4 }
            return place != layer.payload
        default: return false
        }
    }
}

extension NeighborOptionWalk {
    /// True when the walk has ended before an option whose length is 0.
    func isStuck(_ bytes: borrowing RawSpan) -> Bool { hasMore && bytes.byte(place + 1) == 0 }
}
