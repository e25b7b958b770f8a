import RoadblockCore

/// How decoding came to its end.
enum DecodingEnd: Sendable {
    /// Everything was read, or a decoder found what cannot be and said so.
    case proper
    /// The snap length was in the way.
    case short
    /// A header or a message is longer than the packet.
    case malformed

    /// How the decoding of a packet's headers ended, or that of a message that the snap length cut.
    init(_ bytes: borrowing RawSpan, _ packet: Packet, _ facts: PacketFacts) {
        let isShort = facts.frame.capturedLength < facts.frame.originalLength
        let last = packet.layerCount > 0 ? packet.layers[packet.layerCount - 1] : .none
        if isShort, facts.applications.isCutShort || packet.lacksContent(bytes, facts) {
            self = .short
        } else if !packet.isCut || packet.endsProperly || facts.layerCount < packet.layerCount {
            self = .proper
        } else if last.isQuoted {
            // An error quotes as much as it has room for.
            self = isShort && !packet.isRedirect ? .short : .proper
        } else {
            self = isShort && !packet.isOverrun ? .short : .malformed
        }
    }
}

extension Packet {
    /// True where something is read behind the headers that the snap length cut.
    fileprivate func lacksContent(_ bytes: borrowing RawSpan, _ facts: PacketFacts) -> Bool {
        guard layerCount > 0 else { return false }
        let first = layers[0]
        if first.kind == .ethernet, first.has(14) {
            let length = Int(bytes.big16(Int(first.offset) + 12))
            if length <= 1500, first.payload + length > facts.frame.capturedLength { return true }
        }
        switch transport {
        case .udp:
            let isEmpty = payloadLength > 0 && payloadOffset >= payloadEnd
            return isEmpty || ProtocolChain.isTooShort(bytes, self, layers[layerCount - 1], facts)
        case .icmp, .icmpv6:
            guard icmp.headerOffset + 8 + payloadLength > payloadEnd else { return false }
            if transport == .icmpv6 { return (133...137).contains(icmp.type) }
            switch icmp.type {
            // A quote with structures behind it (RFC 4884 section 4).
            case 3, 11, 12: return bytes.byte(icmp.headerOffset + 5) > 0
            case 9, 13, 14, 17, 18: return true
            default: return false
            }
        default: return false
        }
    }
}
