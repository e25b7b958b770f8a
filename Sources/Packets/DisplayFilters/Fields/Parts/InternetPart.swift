import RoadblockCore

/// Parts of IPv4 and IPv6 headers.
enum InternetPart: UInt8, Hashable, Sendable {
    /// Any IPv4 option; one that has a length; one that has a pointer into a list of addresses.
    case anyOption, longOption, pointedOption, mtuOption
    /// What an IPv4 option holds that has no reading of its own.
    case unreadOption
    case recordedRoute, sourceRoute, currentHop, timestamp, timestampAddress
    /// Any option of an IPv6 extension header; those of more than one byte.
    case anyOption6, longOption6, unknownOption6
    /// The length of an extension header in bytes.
    case hopByHopLength, destinationLength, routingLength
    case routedAddress, segment, segmentHeader, fragmentHeader
    /// What an IPv6 address holds: source, destination, both.
    case sourceMAC, destinationMAC, bothMAC
    case sourceISATAP, destinationISATAP, bothISATAP
    case source6to4, destination6to4, both6to4
    case teredoServer, teredoClient, teredoPort

    func find(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int, _ parts: inout PartList) {
        let layer = packet.layers[index]
        switch layer.kind {
        case .ipv4: findInOptions(bytes, layer, &parts)
        case .ipv6 where layer.has(40): findInAddresses(bytes, Int(layer.offset), &parts)
        case .ipv6Extension: findInExtension(bytes, packet, index, &parts)
        default: return
        }
    }

    private func findInOptions(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        if self == .currentHop {
            // Under way, the header holds the next hop of a source route.
            let start = Int(layer.offset)
            if IPv4OptionWalk.sourceRouteEnd(bytes, layer) != nil { parts.append(start + 16, start + 20) }
            return
        }
        var walk = IPv4OptionWalk(layer)
        while let option = walk.next(bytes) {
            let start = option.lowerBound
            let end = option.upperBound
            let type = bytes.byte(start)
            let isRoute = type == 7 || type == 131 || type == 137
            switch self {
            case .unreadOption: if !InternetPart.isKnown(type), end - start > 2 { parts.append(start + 2, end) }
            case .anyOption: if InternetPart.isKnown(type) { parts.append(start, end) }
            case .longOption: if type > 1, InternetPart.isKnown(type) { parts.append(start, end) }
            case .pointedOption: if isRoute || type == 68, end - start >= 3 { parts.append(start, end) }
            case .mtuOption: if type == 11 || type == 12 { parts.append(start, end) }
            case .recordedRoute, .sourceRoute: if isRoute { findRoute(bytes, option, &parts) }
            case .timestamp, .timestampAddress: if type == 68 { findTimestamps(bytes, option, &parts) }
            default: return
            }
        }
    }

    /// Types that have a reading of their own (IANA "IP Option Numbers").
    private static func isKnown(_ type: UInt8) -> Bool {
        switch type {
        case 0, 1, 7, 11, 12, 25, 68, 82, 130, 131, 133, 134, 136, 137, 148, 149: true
        default: false
        }
    }

    /// The addresses of a route: those before the pointer are behind the packet, the others before it.
    private func findRoute(_ bytes: borrowing RawSpan, _ option: Range<Int>, _ parts: inout PartList) {
        guard option.count >= 3 else { return }
        let isRecord = bytes.byte(option.lowerBound) == 7
        let pointer = Int(bytes.byte(option.lowerBound + 2))
        var place = option.lowerBound + 3
        while place + 4 <= option.upperBound {
            // The last address of a source route is where the packet goes in the end.
            let isBehind = place - option.lowerBound + 1 < pointer
            let isLast = place + 8 > option.upperBound
            if self == .recordedRoute, isBehind { parts.append(place, place + 4) }
            if self == .sourceRoute, !isBehind, !isRecord, !isLast { parts.append(place, place + 4) }
            place += 4
        }
    }

    private func findTimestamps(_ bytes: borrowing RawSpan, _ option: Range<Int>, _ parts: inout PartList) {
        guard option.count >= 4 else { return }
        let hasAddresses = bytes.byte(option.lowerBound + 3) & 15 != 0
        var place = option.lowerBound + 4
        while place + (hasAddresses ? 8 : 4) <= option.upperBound {
            if hasAddresses {
                if self == .timestampAddress { parts.append(place, place + 4) }
                place += 4
            }
            if self == .timestamp { parts.append(place, place + 4) }
            place += 4
        }
    }

    private func findInExtension(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        let kind = FieldSource.extensionKind(bytes, packet, index)
        switch self {
        case .anyOption6, .longOption6, .unknownOption6:
            var walk = IPv6OptionWalk(layer, kind)
            while let option = walk.next(bytes) {
                let type = bytes.byte(option.lowerBound)
                switch self {
                case .longOption6:
                    if type != 0 { parts.append(option.lowerBound, option.upperBound, cut: walk.isCut) }
                case .unknownOption6:
                    let known: [UInt8] = [0, 1, 4, 5, 7, 30, 38, 49, 62, 99, 109, 138, 139, 140, 194, 195, 201]
                    if !known.contains(type), option.count > 2, !walk.isCut {
                        parts.append(option.lowerBound + 2, option.upperBound)
                    }
                default: parts.append(option.lowerBound, option.upperBound, cut: walk.isCut)
                }
            }
        case .fragmentHeader: if kind == 44 { parts.append(start, layer.payload) }
        case .hopByHopLength, .destinationLength, .routingLength:
            let wanted: UInt8 = self == .hopByHopLength ? 0 : self == .destinationLength ? 60 : 43
            guard kind == wanted, layer.has(2) else { return }
            parts.append(start + 1, start + 2, (Int64(bytes.byte(start + 1)) + 1) * 8)
        case .routedAddress, .segment, .segmentHeader:
            guard kind == 43, layer.has(5) else { return }
            let type = bytes.byte(start + 2)
            guard self == .routedAddress ? type == 0 : type == 4 else { return }
            if self == .segmentHeader { return parts.append(start, layer.payload) }
            var place = start + 8
            var left = type == 4 ? Int(bytes.byte(start + 4)) + 1 : Int.max
            while place + 16 <= layer.payload, left > 0 {
                parts.append(place, place + 16)
                place += 16
                left -= 1
            }
        default: return
        }
    }

    private func findInAddresses(_ bytes: borrowing RawSpan, _ start: Int, _ parts: inout PartList) {
        let (source, destination) = (start + 8, start + 24)
        switch self {
        case .sourceMAC, .sourceISATAP, .source6to4: findInAddress(bytes, source, &parts)
        case .destinationMAC, .destinationISATAP, .destination6to4: findInAddress(bytes, destination, &parts)
        default:
            findInAddress(bytes, source, &parts)
            findInAddress(bytes, destination, &parts)
        }
    }

    private func findInAddress(_ bytes: borrowing RawSpan, _ start: Int, _ parts: inout PartList) {
        let low = bytes.big64(start + 8)
        switch self {
        case .sourceMAC, .destinationMAC, .bothMAC:
            // RFC 4291 appendix A: ff:fe in the middle, the universal bit turned over.
            guard low >> 24 & 0xFFFF == 0xFFFE, low >> 57 & 1 == 1 else { return }
            let mac = (low >> 40 ^ 0x020000) << 24 | low & 0xFF_FFFF
            parts.append(start + 8, start + 16, Int64(mac))
        case .sourceISATAP, .destinationISATAP, .bothISATAP:
            // RFC 5214 section 6.1.
            if low >> 32 | 0x0200_0000 == 0x0200_5EFE { parts.append(start + 12, start + 16) }
        case .source6to4, .destination6to4, .both6to4:
            // RFC 3056 section 2.
            if bytes.big16(start) == 0x2002 { parts.append(start + 2, start + 6) }
        case .teredoServer, .teredoClient, .teredoPort:
            // RFC 4380 section 4: the client's port and address are turned over.
            guard bytes.big32(start) == 0x2001_0000 else { return }
            switch self {
            case .teredoServer: parts.append(start + 4, start + 8, Int64(bytes.big32(start + 4)))
            case .teredoPort: parts.append(start + 10, start + 12, Int64(~bytes.big16(start + 10)))
            default: parts.append(start + 12, start + 16, Int64(~bytes.big32(start + 12)))
            }
        default: return
        }
    }
}

/// A walk over the options of an IPv4 header.
struct IPv4OptionWalk {
    private var place: Int
    private let end: Int

    init(_ layer: Layer) {
        place = Int(layer.offset) + 20
        end = layer.payload
    }

    /// Where a packet with a loose or strict source route goes in the end, as long as the route is not used up.
    static func sourceRouteEnd(_ bytes: borrowing RawSpan, _ layer: Layer) -> UInt32? {
        guard layer.headerLength > 20 else { return nil }
        var walk = IPv4OptionWalk(layer)
        while let option = walk.next(bytes) {
            let type = bytes.byte(option.lowerBound)
            guard type == 131 || type == 137, option.count >= 7 else { continue }
            let pointer = Int(bytes.byte(option.lowerBound + 2))
            return (4...option.count - 3).contains(pointer) ? bytes.big32(option.upperBound - 4) : nil
        }
        return nil
    }

    /// The bytes of the next option; `nil` at the end and at a length that cannot be.
    mutating func next(_ bytes: borrowing RawSpan) -> Range<Int>? {
        guard place < end else { return nil }
        let start = place
        let type = bytes.byte(place)
        if type == 0 {
            place = end
            return start..<start + 1
        }
        var length = 1
        if type > 1 {
            guard start + 2 <= end else { return nil }
            length = Int(bytes.byte(start + 1))
            guard length >= 2, start + length <= end else { return nil }
        }
        place = start + length
        return start..<place
    }
}

/// A walk over the options of a hop-by-hop or destination options header.
struct IPv6OptionWalk {
    private var place: Int
    private let end: Int
    private let isHeaderCut: Bool
    /// True when the last option goes on behind the captured bytes.
    private(set) var isCut = false

    init(_ layer: Layer, _ kind: UInt8?) {
        place = Int(layer.offset) + 2
        end = kind == 0 || kind == 60 ? layer.payload : place
        isHeaderCut = layer.isCut
    }

    /// The bytes of the next option; `nil` at the end and at a length that cannot be.
    mutating func next(_ bytes: borrowing RawSpan) -> Range<Int>? {
        guard place < end else { return nil }
        let start = place
        var length = 1
        guard !isHeaderCut || start + 2 <= end else { return nil }
        if bytes.byte(start) != 0 {
            guard start + 2 <= end else { return nil }
            length = 2 + Int(bytes.byte(start + 1))
            isCut = start + length > end
            guard !isCut || isHeaderCut else { return nil }
        }
        place = min(end, start + length)
        return start..<place
    }
}

extension Part {
    static func findIPv4Options(
        _ type: UInt8,
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ parts: inout PartList
    ) {
        var walk = IPv4OptionWalk(layer)
        while let option = walk.next(bytes) {
            if bytes.byte(option.lowerBound) == type { parts.append(option.lowerBound, option.upperBound) }
        }
    }

    static func findIPv6Options(
        _ type: UInt8,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ index: Int,
        _ parts: inout PartList
    ) {
        var walk = IPv6OptionWalk(packet.layers[index], FieldSource.extensionKind(bytes, packet, index))
        while let option = walk.next(bytes) {
            guard bytes.byte(option.lowerBound) == type else { continue }
            parts.append(option.lowerBound, option.upperBound, cut: walk.isCut)
        }
    }
}
