import RoadblockCore

/// Parts of ICMP and ICMPv6 messages.
enum MessagePart: UInt8, Hashable, Sendable {
    /// The four bytes behind the checksum, or what of them an error does not use.
    case unused
    case originalLength
    case pointer, timestamps, addressMask
    case routerAddress, routerPreference
    /// The extension structure behind the quoted datagram (RFC 4884 section 7), its objects and what they hold.
    case extensions, extensionChecksum, extensionObject, extensionContent, labelEntry
    /// Interface information (RFC 5837 section 4).
    case interfaceReserved, interfaceRole, interfaceIndex, interfaceIPv4, interfaceIPv6, interfaceName, interfaceMTU
    /// A time that an echo request carries, as the usual programs write it, and how long ago it was.
    case echoTime, echoAge
    /// Reserved bytes of ICMPv6 messages.
    case reserved6
    /// The length of the quoted datagram (RFC 4884 section 4), and what a message of an unknown type holds.
    case originalLength6, unread6
    /// As `echoTime` and `echoAge`, of ICMPv6.
    case echoTime6, echoAge6
    /// Any neighbour discovery option; a link address of either side.
    case anyOption, linkAddress
    /// The addresses of name servers (RFC 8106 section 5.1).
    case nameServer

    func find(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ layer: Layer,
        _ parts: inout PartList
    ) {
        let start = Int(layer.offset)
        let end = Int(layer.end)
        guard start + 6 <= end else { return }
        let type = bytes.byte(start)
        switch self {
        case .unused, .originalLength, .pointer: findUnused(bytes, start, end, &parts)
        case .routerAddress, .routerPreference:
            guard type == 9 else { return }
            var place = start + 8
            for _ in 0..<bytes.byte(start + 4) {
                let first = self == .routerAddress ? place : place + 4
                guard first + 4 <= end else { return }
                parts.append(first, first + 4, Int64(Int32(bitPattern: bytes.big32(first))))
                place += 8
            }
        case .echoTime, .echoAge: if type == 0 || type == 8 { findTime(bytes, facts, start, end, &parts) }
        case .echoTime6, .echoAge6: if type == 128 || type == 129 { findTime(bytes, facts, start, end, &parts) }
        case .originalLength6:
            if type == 1 || type == 3, bytes.byte(start + 4) > 0 { parts.append(start + 4, start + 5) }
        case .unread6: if !Self.isKnown6(type) { parts.append(start + 4, end) }
        case .reserved6: findReserved(bytes, start, end, &parts)
        case .timestamps: if type == 13 || type == 14 { parts.append(start, end) }
        case .addressMask: if type == 17 || type == 18 { parts.append(start, end) }
        case .nameServer:
            var walk = NeighborOptionWalk(bytes, layer)
            while let option = walk.next(bytes) {
                guard bytes.byte(option.lowerBound) == 25 else { continue }
                for place in stride(from: option.lowerBound + 8, to: option.upperBound - 15, by: 16) {
                    parts.append(place, place + 16)
                }
            }
        case .anyOption, .linkAddress:
            var walk = NeighborOptionWalk(bytes, layer)
            while let option = walk.next(bytes) {
                let kind = bytes.byte(option.lowerBound)
                guard self == .anyOption || kind == 1 || kind == 2 else { continue }
                parts.append(option.lowerBound, option.upperBound, cut: walk.isCut)
            }
            if self == .anyOption, walk.isStuck(bytes) { parts.append(walk.place, walk.place + 2) }
        default: findExtensions(bytes, start, end, &parts)
        }
    }

    private func findUnused(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        let type = bytes.byte(start)
        let code = bytes.byte(start + 1)
        let length = Int(bytes.byte(start + 5))
        let hasLength = (type == 3 || type == 11 || type == 12) && length > 0
        switch self {
        case .originalLength: if hasLength { parts.append(start + 5, start + 6, Int64(length * 4)) }
        case .pointer: if type == 12 { parts.append(start + 4, start + 5) }
        default:
            switch type {
            case 3, 11, 12: findErrorUnused(type, code, hasLength, start, &parts)
            default: return
            }
        }
    }

    private func findErrorUnused(
        _ type: UInt8,
        _ code: UInt8,
        _ hasLength: Bool,
        _ start: Int,
        _ parts: inout PartList
    ) {
        let hasMTU = type == 3 && code == 4
        let first = type == 12 ? start + 5 : start + 4
        let last = hasMTU ? start + 6 : start + 8
        if hasLength {
            if first < start + 5 { parts.append(first, start + 5) }
            if start + 6 < last { parts.append(start + 6, last) }
        } else {
            parts.append(first, last)
        }
    }

    /// Seconds and microseconds in four bytes each, in either byte order, near the time of the frame.
    private func findTime(
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        _ start: Int,
        _ end: Int,
        _ parts: inout PartList
    ) {
        guard start + 16 <= end else { return }
        let now = facts.frame.time.nanoseconds
        let (first, second) = (bytes.big32(start + 8), bytes.big32(start + 12))
        for isSwapped in [false, true] {
            let seconds = isSwapped ? first.byteSwapped : first
            let micros = isSwapped ? second.byteSwapped : second
            let time = Int64(seconds) * 1_000_000_000 + Int64(micros) * 1000
            let age = now &- time
            // Within a day: anything else is no time.
            guard micros < 1_000_000, age.magnitude <= 86_400_000_000_000 else { continue }
            let isTime = self == .echoTime || self == .echoTime6
            return parts.append(start + 8, start + 16, isTime ? time : age)
        }
    }

    /// Types that Wireshark reads, in part more than is read here.
    private static func isKnown6(_ type: UInt8) -> Bool { (1...4).contains(type) || (128...161).contains(type) }

    private func findReserved(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        switch bytes.byte(start) {
        // The length of a quote stands in front of them.
        case 1 where bytes.byte(start + 4) > 0, 3 where bytes.byte(start + 4) > 0: parts.append(start + 5, start + 8)
        case 1, 3, 133, 135, 137: parts.append(start + 4, start + 8)
        case 130, 131, 132: parts.append(start + 6, start + 8)
        case 143: parts.append(start + 4, start + 6)
        default: return
        }
    }

    private func findExtensions(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        let type = bytes.byte(start)
        guard type == 3 || type == 11 || type == 12 else { return }
        // Without a length the datagram takes 128 bytes (section 5.5).
        let length = Int(bytes.byte(start + 5)) * 4
        var place = start + 8 + (length > 0 ? length : 128)
        guard length == 0 || length >= 128, place + 4 <= end else { return }
        if self == .extensions { return parts.append(place, end) }
        if self == .extensionChecksum {
            let stated = bytes.big16(place + 2)
            let isGood = InternetChecksum.sum(bytes, place, end) == 0xFFFF
            return parts.append(place, end, stated == 0 ? 3 : isGood ? 1 : 0)
        }
        guard bytes.byte(place) >> 4 == 2 else { return }
        place += 4
        while place + 4 <= end {
            let count = Int(bytes.big16(place))
            guard count >= 4, place + count <= end else { return }
            findObject(bytes, place, place + count, &parts)
            place += count
        }
    }

    private func findObject(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        let kind = bytes.byte(start + 2)
        let type = bytes.byte(start + 3)
        switch self {
        case .extensionObject: parts.append(start, end)
        case .extensionContent: if kind > 3, end > start + 4 { parts.append(start + 4, end) }
        case .labelEntry:
            guard kind == 1 else { return }
            var place = start + 4
            while place + 4 <= end {
                parts.append(place, place + 4)
                place += 4
            }
        default: if kind == 2 { findInterface(bytes, type, start, end, &parts) }
        }
    }

    private func findInterface(
        _ bytes: borrowing RawSpan,
        _ type: UInt8,
        _ start: Int,
        _ end: Int,
        _ parts: inout PartList
    ) {
        if self == .interfaceRole { return parts.append(start + 3, start + 4) }
        var place = start + 4
        if type & 8 != 0, place + 4 <= end {
            if self == .interfaceIndex { parts.append(place, place + 4) }
            place += 4
        }
        if type & 4 != 0, place + 4 <= end {
            let length = bytes.big16(place) == 1 ? 4 : 16
            guard place + 4 + length <= end else { return }
            if self == .interfaceReserved { parts.append(place + 2, place + 4) }
            if self == (length == 4 ? .interfaceIPv4 : .interfaceIPv6) { parts.append(place + 4, place + 4 + length) }
            place += 4 + length
        }
        if type & 2 != 0, place < end {
            let length = Int(bytes.byte(place))
            guard length > 0, place + length <= end else { return }
            if self == .interfaceName { parts.append(place + 1, place + length) }
            place += length
        }
        if type & 1 != 0, place + 4 <= end, self == .interfaceMTU { parts.append(place, place + 4) }
    }
}

/// A walk over the options of a neighbour discovery message (RFC 4861 section 4.6).
struct NeighborOptionWalk {
    private(set) var place: Int
    private let end: Int
    /// True when the last option goes on behind the end of the message.
    private(set) var isCut = false

    init(_ bytes: borrowing RawSpan, _ layer: Layer) {
        let start = Int(layer.offset)
        let header: Int? =
            switch bytes.byte(start) {
            case 133: 8
            case 134: 16
            case 135, 136: 24
            case 137: 40
            default: nil
            }
        end = Int(layer.end)
        place = header.map { start + $0 } ?? end
    }

    var hasMore: Bool { place + 2 <= end }

    /// The bytes of the next option; `nil` at the end and at a length that cannot be.
    mutating func next(_ bytes: borrowing RawSpan) -> Range<Int>? {
        guard hasMore else { return nil }
        let start = place
        let length = Int(bytes.byte(start + 1)) * 8
        guard length > 0 else { return nil }
        isCut = start + length > end
        place = min(end, start + length)
        return start..<place
    }
}

extension Part {
    static func findNeighborOptions(
        _ type: UInt8,
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ parts: inout PartList
    ) {
        guard layer.end > layer.offset else { return }
        var walk = NeighborOptionWalk(bytes, layer)
        while let option = walk.next(bytes) {
            guard bytes.byte(option.lowerBound) == type else { continue }
            parts.append(option.lowerBound, option.upperBound, cut: walk.isCut)
        }
    }
}
