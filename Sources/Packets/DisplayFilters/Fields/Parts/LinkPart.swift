import RoadblockCore

/// Parts of link-layer headers.
enum LinkPart: UInt8, Hashable, Sendable {
    /// Destination, then source of an Ethernet header.
    case addresses
    case padding, badPadding, trailer, checkSequence, checkState
    /// A type field between lengths and types (IEEE 802.3).
    case invalidLength
    case vlanLength
    /// Linux cooked capture, either version (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).
    case cookedType, cookedHardware, cookedAddressLength, cookedEthernet, cookedIPv4, cookedOther, cookedUnused
    case cookedEtherType, cookedLinkType, cookedTunnelType, cookedInterface, cookedReserved, cookedTrailer
    /// What follows the network layer of a cooked frame and begins before the sixtieth byte, where padding would be zero.
    case cookedPadding
    case nullFamily, nullType
    case pppAddress, pppControl, pppProtocol, pppDirection
    case llcControl, llcOrganization, llcType, llcProtocol
    /// Addresses of ARP that are not Ethernet or IPv4.
    case senderHardware, senderProtocol, targetHardware, targetProtocol
    /// Bytes that no decoder here reads.
    case data

    func find(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        switch self {
        case .addresses where layer.has(14):
            parts.append(start, start + 6)
            parts.append(start + 6, start + 12)
        case .padding, .badPadding, .trailer, .checkSequence, .checkState:
            findTrailer(bytes, packet, facts, index, &parts)
        case .invalidLength:
            if layer.has(14), (1501..<1536).contains(bytes.big16(start + 12)) { parts.append(start + 12, start + 14) }
        case .vlanLength:
            if layer.has(4), bytes.big16(start + 2) <= 1500 { parts.append(start + 2, start + 4) }
        case .nullFamily, .nullType: if layer.has(4) { findNull(bytes, start, &parts) }
        case .pppAddress, .pppControl, .pppProtocol, .pppDirection: findPPP(bytes, facts, layer, index, &parts)
        case .llcControl, .llcOrganization, .llcType, .llcProtocol: findLLC(bytes, layer, &parts)
        case .senderHardware, .senderProtocol, .targetHardware, .targetProtocol: findResolved(bytes, layer, &parts)
        case .data: parts.append(start, Int(layer.end))
        case .cookedTrailer, .cookedPadding: findCookedTrailer(bytes, packet, index, &parts)
        case .addresses: return
        default: findCooked(bytes, layer, &parts)
        }
    }

    private func findCookedTrailer(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let layer = packet.layers[index]
        let last = Int(layer.end)
        guard let end = contentEnd(bytes, packet, from: index + 1), end < last else { return }
        guard self == .cookedPadding else { return parts.append(end, last) }
        let limit = Int(layer.offset) + 60
        guard last >= limit, end < limit else { return }
        for place in end..<limit where bytes.byte(place) != 0 { return parts.append(end, limit) }
    }

    /// Addresses of other kinds or sizes than those of Ethernet and IPv4 (RFC 826).
    private func findResolved(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        let start = Int(layer.offset)
        guard layer.has(9) else { return }
        let (hardware, proto) = (Int(bytes.byte(start + 4)), Int(bytes.byte(start + 5)))
        let isHardware = self == .senderHardware || self == .targetHardware
        let isUsual =
            isHardware ? bytes.big16(start) == 1 && hardware == 6 : bytes.big16(start + 2) == 0x0800 && proto == 4
        var place = start + 8
        if self == .targetHardware || self == .targetProtocol { place += hardware + proto }
        if !isHardware { place += hardware }
        let end = place + (isHardware ? hardware : proto)
        if !isUsual, end <= Int(layer.end) { parts.append(place, end) }
    }

    private func findNull(_ bytes: borrowing RawSpan, _ start: Int, _ parts: inout PartList) {
        let value = bytes.big32(start)
        let family = value > 0xFFFF ? value.byteSwapped : value
        if (family >= 0x0600) == (self == .nullType) { parts.append(start, start + 4, Int64(family)) }
    }

    private func findPPP(
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        _ layer: Layer,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let start = Int(layer.offset)
        guard layer.has(1) else { return }
        // Of a cut header, the first byte alone may be there; in a whole one, the protocol follows.
        let hasAddress =
            layer.isCut && !layer.has(2)
            ? bytes.byte(start) == 0xFF : layer.has(layer.isCut ? 2 : 3) && bytes.big16(start) == 0xFF03
        let place = hasAddress ? start + 2 : start
        switch self {
        case .pppDirection:
            if index == 0, facts.frame.linkType == .pppWithDirection, start > 0 { parts.append(start - 1, start) }
        case .pppProtocol:
            guard !layer.isCut else { return }
            let width = layer.payload - place
            let number = width == 1 ? UInt16(bytes.byte(place)) : bytes.big16(place)
            parts.append(place, layer.payload, Int64(number))
        default:
            let place = self == .pppAddress ? start : start + 1
            if hasAddress { parts.append(place, place + 1) }
        }
    }

    private func findLLC(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        let start = Int(layer.offset)
        guard layer.has(3) else { return }
        // Information and supervisory frames have two bytes of control, unnumbered ones have one.
        let isShort = bytes.byte(start + 2) & 3 == 3
        let isSNAP = layer.headerLength == 8
        switch self {
        case .llcControl:
            if isShort {
                parts.append(start + 2, start + 3, Int64(bytes.byte(start + 2)))
            } else if start + 4 <= Int(layer.end) {
                parts.append(start + 2, start + 4, Int64(bytes.big16(start + 2).byteSwapped))
            }
        case .llcOrganization: if isSNAP { parts.append(start + 3, start + 6) }
        case .llcType, .llcProtocol:
            guard isSNAP else { return }
            let organization = bytes.big32(start + 2) & 0xFF_FFFF
            // Only Ethernet's own organizations say what their numbers mean.
            let isEtherType = organization == 0 || organization == 0x0000F8
            if isEtherType == (self == .llcType) { parts.append(start + 6, start + 8) }
        default: return
        }
    }

    private func findCooked(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        let start = Int(layer.offset)
        let isFirst = layer.kind == .linuxCooked
        guard layer.has(isFirst ? 4 : 12) else { return }
        let hardware = bytes.big16(start + (isFirst ? 2 : 8))
        // Up to eight bytes of address; what is not there is not looked at.
        let length = isFirst ? layer.has(6) ? Int(bytes.big16(start + 4)) : 0 : Int(bytes.byte(start + 11))
        let address = start + (isFirst ? 6 : 12)
        let type = isFirst ? layer.has(16) ? bytes.big16(start + 14) : 0 : bytes.big16(start)
        switch self {
        case .cookedType:
            if isFirst {
                parts.append(start, start + 2, Int64(bytes.big16(start)))
            } else {
                parts.append(start + 10, start + 11, Int64(bytes.byte(start + 10)))
            }
        case .cookedHardware: parts.append(start, start + 2, Int64(hardware))
        case .cookedAddressLength: parts.append(start + 4, start + 6, Int64(length))
        case .cookedEthernet: if length == 6 { parts.append(address, address + 6) }
        case .cookedIPv4: if length == 4 { parts.append(address, address + 4) }
        case .cookedOther:
            if length > 0, length != 4, length != 6 { parts.append(address, address + min(8, length)) }
        case .cookedUnused: if length < 8 { parts.append(address + length, address + 8) }
        case .cookedReserved: if !isFirst { parts.append(start + 2, start + 4) }
        case .cookedInterface: if !isFirst { parts.append(start + 4, start + 8) }
        case .cookedTunnelType:
            let place = start + (isFirst ? 14 : 0)
            if hardware == 778 { parts.append(place, place + 2) }
        case .cookedEtherType, .cookedLinkType:
            let place = start + (isFirst ? 14 : 0)
            if (type >= 0x0600) == (self == .cookedEtherType), hardware != 778 { parts.append(place, place + 2) }
        default: return
        }
    }

    /// What follows the network layer in an Ethernet frame: padding up to 60 bytes, then a trailer.
    private func findTrailer(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let layer = packet.layers[index]
        let isTag = layer.kind == .vlan
        guard !isTag || index > 0 && packet.layers[index - 1].kind == .ethernet else { return }
        let outer = isTag ? index - 1 : index
        let start = Int(packet.layers[outer].offset)
        let frameEnd = Int(packet.layers[outer].end)
        guard packet.layers[outer].has(14) else { return }
        guard var end = contentEnd(bytes, packet, outer), end < frameEnd else { return }
        // The frame's end on the wire, for the frame that is no tunnel's.
        let wireEnd = outer == 0 ? max(frameEnd, facts.frame.originalLength) : frameEnd
        let hasTag = outer + 1 < packet.layerCount && [.vlan, .serviceVLAN].contains(packet.layers[outer + 1].kind)
        if wireEnd - start >= 60, end < start + 60 {
            var isZero = true
            for place in end..<min(frameEnd, start + 60) where bytes.byte(place) != 0 { isZero = false }
            // What is not there could be anything.
            guard !isZero || frameEnd >= start + 60 else { return }
            if self == .badPadding, !isZero { parts.append(end, start + 60) }
            if isZero {
                if self == .padding { parts.append(end, start + 60) }
                end = start + 60
            }
        }
        // A frame of full size that was captured whole ends with what looks like its check sequence.
        var last = frameEnd
        if !hasTag, wireEnd - start >= 64, wireEnd - end >= 4 {
            last = min(frameEnd, wireEnd - 4)
            let isThere = frameEnd == wireEnd && (self == .checkSequence || self == .checkState)
            if isThere { parts.append(last, frameEnd, 2) }
        }
        if self == .trailer, hasTag == isTag, end < last { parts.append(end, last) }
    }

    /// One past the last byte that the layers in an Ethernet frame speak of; `nil` where none says.
    private func contentEnd(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> Int? {
        let start = Int(packet.layers[index].offset)
        let type = bytes.big16(start + 12)
        if type <= 1500 { return start + 14 + Int(type) }
        return contentEnd(bytes, packet, from: index + 1)
    }

    /// The same, of the layers from one on.
    private func contentEnd(_ bytes: borrowing RawSpan, _ packet: Packet, from first: Int) -> Int? {
        var place = first
        while place < packet.layerCount {
            let layer = packet.layers[place]
            guard !layer.isCut else { return nil }
            switch layer.kind {
            case .ipv4, .ipv6: return Int(layer.end)
            case .arp:
                let offset = Int(layer.offset)
                return offset + 8 + 2 * (Int(bytes.byte(offset + 4)) + Int(bytes.byte(offset + 5)))
            case .vlan, .serviceVLAN: place += 1
            case .pppoe: return Int(layer.offset) + 6 + Int(bytes.big16(Int(layer.offset) + 4))
            default: return nil
            }
        }
        return nil
    }

    /// The tags of a stack, told by its first; 0 for the others.
    static func countTags(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> Int {
        guard index == 0 || packet.layers[index - 1].kind != .vlan else { return 0 }
        var place = Int(packet.layers[index].offset)
        var count = 1
        while place + 8 <= bytes.byteCount, bytes.big16(place + 2) == 0x8100 {
            place += 4
            count += 1
        }
        return count
    }
}
