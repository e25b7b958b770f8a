import RoadblockCore

/// What multipath TCP options hold (RFC 8684 section 3), by what it means.
enum MultipathPart: UInt8, Hashable, Sendable {
    case any, subtype, version, flags, capable, version0, version1, reset
    case sendKey, receiveKey, receiveToken, sendRandom, sendTruncated, sendHash
    case addressID, joinBackup, addEcho, addVersion, address4, address6, port, addressHash
    case dataFlags, dataACK, dataSequence, subflowSequence, dataLength, checksum, joinReserved

    func find(_ bytes: borrowing RawSpan, _ layer: Layer, _ parts: inout PartList) {
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes) {
            guard option.kind == 30, option.isWhole, option.length >= 3 else { continue }
            find(bytes, option.offset, option.offset + option.length, &parts)
        }
    }

    private func find(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        if self == .any || self == .subtype { return parts.append(start, end) }
        switch bytes.byte(start + 2) >> 4 {
        case 0: findCapable(bytes, start, end, &parts)
        case 1: findJoin(bytes, start, end, &parts)
        case 2: findData(bytes, start, end, &parts)
        case 3: findAdd(bytes, start, end, &parts)
        case 4:
            if self == .addressID { for place in start + 3..<max(start + 3, end) { parts.append(place, place + 1) } }
        case 5:
            if self == .flags || self == .joinBackup { parts.append(start + 2, start + 3) }
            if self == .addressID, end - start == 4 { parts.append(start + 3, start + 4) }
        case 6, 7:
            let wanted: MultipathPart = bytes.byte(start + 2) >> 4 == 6 ? .dataSequence : .receiveKey
            if self == .joinReserved, start + 4 <= end { parts.append(start + 2, start + 4) }
            if self == wanted, start + 12 <= end {
                parts.append(start + 4, start + 12, Int64(bitPattern: bytes.big64(start + 4)))
            }
        case 8:
            if self == .flags { parts.append(start + 2, start + 3) }
            if self == .reset { parts.append(start, end) }
        default: return
        }
    }

    private func findCapable(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        switch self {
        case .version: parts.append(start + 2, start + 3)
        case .flags: if start + 4 <= end { parts.append(start + 3, start + 4) }
        case .capable: if start + 4 <= end { parts.append(start, end) }
        case .version0, .version1:
            let isNew = bytes.byte(start + 2) & 15 == 1
            if isNew == (self == .version1), start + 4 <= end { parts.append(start, end) }
        case .sendKey: if [12, 20, 22, 24].contains(end - start) { parts.append(start + 4, start + 12) }
        case .receiveKey: if [20, 22, 24].contains(end - start) { parts.append(start + 12, start + 20) }
        case .dataLength:
            if [22, 24].contains(end - start) { parts.append(start + 20, start + 22, Int64(bytes.big16(start + 20))) }
        case .checksum: if end - start == 24 { parts.append(start + 22, start + 24, Int64(bytes.big16(start + 22))) }
        default: return
        }
    }

    /// A SYN has 12 bytes, its answer 16, the third segment 24.
    private func findJoin(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        let length = end - start
        switch self {
        case .flags, .joinBackup: if length == 12 || length == 16 { parts.append(start + 2, start + 3) }
        case .addressID: if length == 12 || length == 16 { parts.append(start + 3, start + 4) }
        case .receiveToken: if length == 12 { parts.append(start + 4, start + 8) }
        case .sendRandom:
            if length == 12 { parts.append(start + 8, start + 12) }
            if length == 16 { parts.append(start + 12, start + 16) }
        case .sendTruncated: if length == 16 { parts.append(start + 4, start + 12) }
        case .joinReserved: if length == 24 { parts.append(start + 2, start + 4) }
        case .sendHash: if length == 24 { parts.append(start + 4, end) }
        default: return
        }
    }

    private func findData(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        guard start + 4 <= end else { return }
        let flags = bytes.byte(start + 3)
        if self == .dataFlags || self == .flags { return parts.append(start + 3, start + 4) }
        var place = start + 4
        func take(_ length: Int, _ wanted: MultipathPart, _ value: Int64, _ parts: inout PartList) {
            if self == wanted { parts.append(place, place + length, value) }
            place += length
        }
        if flags & 1 != 0 {
            let length = flags & 2 != 0 ? 8 : 4
            guard place + length <= end else { return }
            let value = length == 8 ? Int64(bitPattern: bytes.big64(place)) : Int64(bytes.big32(place))
            take(length, .dataACK, value, &parts)
        }
        guard flags & 4 != 0 else { return }
        let length = flags & 8 != 0 ? 8 : 4
        guard place + length + 6 <= end else { return }
        let value = length == 8 ? Int64(bitPattern: bytes.big64(place)) : Int64(bytes.big32(place))
        take(length, .dataSequence, value, &parts)
        take(4, .subflowSequence, Int64(bytes.big32(place)), &parts)
        take(2, .dataLength, Int64(bytes.big16(place)), &parts)
    }

    /// Its flags were an IP version in version 0; the lengths tell what is there.
    private func findAdd(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ parts: inout PartList) {
        let length = end - start
        guard length >= 4 else { return }
        let version = bytes.byte(start + 2) & 15
        let hasVersion = version == 4 || version == 6
        switch self {
        case .addVersion: if hasVersion { parts.append(start + 2, start + 3) }
        case .addEcho: if !hasVersion { parts.append(start + 2, start + 3) }
        case .addressID: parts.append(start + 3, start + 4)
        default: findAddress(start, end, &parts)
        }
    }

    private func findAddress(_ start: Int, _ end: Int, _ parts: inout PartList) {
        let length = end - start
        let isIPv4 = [8, 10, 16, 18].contains(length)
        let isIPv6 = [20, 22, 28, 30].contains(length)
        guard isIPv4 || isIPv6 else { return }
        let addressEnd = start + (isIPv4 ? 8 : 20)
        if self == .address4, isIPv4 { parts.append(start + 4, addressEnd) }
        if self == .address6, isIPv6 { parts.append(start + 4, addressEnd) }
        let rest = end - addressEnd
        if rest == 2 || rest == 10, self == .port { parts.append(addressEnd, addressEnd + 2) }
        if rest >= 8, self == .addressHash { parts.append(end - 8, end) }
    }
}
