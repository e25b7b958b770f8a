import RoadblockCore

/// Parts of the headers of tunnels.
enum TunnelPart: UInt8, Hashable, Sendable {
    /// GRE (RFC 2784, 2890) and its version 1 for PPTP (RFC 2637 section 4.1).
    case greVersion1, greReserved
    case greChecksum, greChecksumState, greBadChecksum, greOffset, greKey, grePayloadLength, greCall, greSequence,
        greAcknowledgment
    /// ERSPAN with eight bytes of header, and with twelve or twenty.
    case mirror2, mirror3
    case vxlanPlain, vxlanGeneric, vxlanFlags
    case geneveOptions, geneveOption
    /// The length of all options, then that of each.
    case geneveLength
    /// The content of an option that is not read further.
    case geneveUnknown, geneveNetwork, geneveEndpoint, geneveProfile
    /// Where Cilium's load balancer tells a node to answer from: its option with an IPv4 or an IPv6 address.
    case geneveService4, geneveService6, geneveServicePort
    /// Routing entries (RFC 1701), and the header of a redirected packet (WCCP version 2).
    case greRoute, greRedirect

    func find(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int, _ parts: inout PartList) {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        switch self {
        case .mirror2: if layer.headerLength == 8, bytes.byte(start) >> 4 != 2 { parts.append(start, layer.payload) }
        // The second type has the number 1 as its version, the third 2.
        case .mirror3:
            if layer.has(2), layer.headerLength >= 12 || bytes.byte(start) >> 4 == 2 {
                parts.append(start, layer.payload)
            }
        case .vxlanPlain: if !Self.isGeneric(bytes, packet, index) { parts.append(start, layer.payload) }
        case .vxlanGeneric: if layer.has(1), Self.isGeneric(bytes, packet, index) { parts.append(start, layer.payload) }
        case .vxlanFlags:
            let isShort = Self.isGeneric(bytes, packet, index)
            guard layer.has(isShort ? 1 : 2) else { return }
            parts.append(start, start + 1, Int64(isShort ? UInt16(bytes.byte(start)) : bytes.big16(start)))
        case .geneveOptions: if layer.headerLength > 8 { parts.append(start + 8, layer.payload) }
        case .geneveLength:
            guard layer.has(1) else { return }
            parts.append(start, start + 1, Int64(bytes.byte(start) & 0x3F) * 4)
            findOptions(bytes, layer, &parts)
        case .geneveOption, .geneveUnknown, .geneveNetwork, .geneveEndpoint, .geneveProfile, .geneveService4,
            .geneveService6, .geneveServicePort:
            findOptions(bytes, layer, &parts)
        default: if layer.has(4) { findGRE(bytes, layer, isWhole: packet.isWhole(index, bytes), &parts) }
        }
    }

    /// True for the generic extension, which has a port of its own; the lower port of a packet says first.
    static func isGeneric(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> Bool {
        guard index > 0, packet.layers[index - 1].kind == .udp else { return false }
        let start = Int(packet.layers[index - 1].offset)
        return bytes.big16(start + 2) == 4790 && bytes.big16(start) != 4789
    }

    private func findGRE(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        isWhole: Bool,
        _ parts: inout PartList
    ) {
        var place = Int(layer.offset)
        let flags = bytes.big16(place)
        let version = flags & 7
        switch self {
        // Version 1 has one flag more.
        case .greReserved: parts.append(place, place + 2, Int64(flags >> 3 & (version == 1 ? 0x0F : 0x1F)))
        case .greVersion1: if version == 1 { parts.append(place, layer.payload) }
        default: break
        }
        place += 4
        if flags & 0xC000 != 0 {
            if self == .greChecksum { parts.append(place, place + 2) }
            if flags & 0x8000 != 0, self == .greChecksumState || self == .greBadChecksum {
                let sum = InternetChecksum.sum(bytes, Int(layer.offset), Int(layer.end))
                let isGood = sum == 0xFFFF
                if self == .greChecksumState { parts.append(place, place + 2, isWhole ? isGood ? 1 : 0 : 2) }
                if self == .greBadChecksum, isWhole, !isGood { parts.append(place, place + 2) }
            }
            if self == .greOffset { parts.append(place + 2, place + 4) }
            place += 4
        }
        if flags & 0x2000 != 0 {
            if version == 1 {
                if self == .grePayloadLength { parts.append(place, place + 2) }
                if self == .greCall { parts.append(place + 2, place + 4) }
            } else if self == .greKey {
                parts.append(place, place + 4)
            }
            place += 4
        }
        if flags & 0x1000 != 0 {
            if self == .greSequence { parts.append(place, place + 4) }
            place += 4
        }
        if version == 1, flags & 0x0080 != 0 {
            if self == .greAcknowledgment { parts.append(place, place + 4) }
            place += 4
        }
        if flags & 0x4000 != 0 { findRoute(bytes, layer, &place, &parts) }
        if self == .greRedirect, bytes.big16(Int(layer.offset) + 2) == 0x883E, place + 4 <= layer.payload {
            parts.append(place, place + 4)
        }
    }

    private func findRoute(_ bytes: borrowing RawSpan, _ layer: Layer, _ place: inout Int, _ parts: inout PartList) {
        var isLast = false
        while !isLast, place + 4 <= layer.payload {
            let length = Int(bytes.byte(place + 3))
            isLast = length == 0 && bytes.big16(place) == 0
            if self == .greRoute { parts.append(place, min(layer.payload, place + 4 + length)) }
            place += 4 + length
        }
    }

    /// The options of a Geneve header (RFC 8926 section 3.5).
    private func findOptions(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        var place = Int(layer.offset) + 8
        while place + 4 <= layer.payload {
            let end = place + 4 + Int(bytes.byte(place + 3) & 0x1F) * 4
            guard end <= layer.payload else { return }
            // Google Cloud's class is 0x0132; its options have types of their own.
            let isGoogle = bytes.big16(place) == 0x0132
            let type = bytes.byte(place + 2)
            // Cilium's class is 0x014B.
            let isCilium = bytes.big16(place) == 0x014B && type == 1
            switch self {
            case .geneveOption: parts.append(place, end)
            case .geneveLength: parts.append(place + 3, place + 4, Int64(end - place))
            case .geneveNetwork: if isGoogle, type == 1 { parts.append(place + 4, end) }
            case .geneveEndpoint: if isGoogle, type == 2 { parts.append(place + 4, end) }
            case .geneveProfile: if isGoogle, type == 3 { parts.append(place + 4, end) }
            case .geneveService4: if isCilium, end - place == 12 { parts.append(place + 4, end) }
            case .geneveService6: if isCilium, end - place == 24 { parts.append(place + 4, end) }
            case .geneveServicePort:
                guard isCilium, end - place == 12 || end - place == 24 else { break }
                parts.append(end - 4, end - 2, Int64(bytes.big16(end - 4)))
            default: if !isGoogle || !(1...3).contains(type), end > place + 4 { parts.append(place + 4, end) }
            }
            place = end
        }
    }
}
