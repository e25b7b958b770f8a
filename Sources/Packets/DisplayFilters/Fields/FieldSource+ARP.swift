import RoadblockCore

extension FieldSource.ARPMark {
    func isSet(_ packet: Packet, _ bytes: borrowing RawSpan, _ layer: Layer) -> Bool {
        guard packet.transport == .arp, let sender = FieldSource.ARPAddress.sender.place(bytes, layer),
            let target = FieldSource.ARPAddress.target.place(bytes, layer)
        else { return false }
        let address = bytes.big32(sender.lowerBound)
        switch self {
        case .isGratuitous: return address == bytes.big32(target.lowerBound)
        case .isAnnouncement:
            let link = Int(layer.offset) + 18
            return address == bytes.big32(target.lowerBound) && bytes.big16(Int(layer.offset) + 6) == 1
                && bytes.big16(link) == 0 && bytes.big32(link + 2) == 0
        case .isProbe: return bytes.big16(Int(layer.offset) + 6) == 1 && address == 0
        }
    }
}

extension FieldSource.ARPAddress {
    /// Where the address lies; `nil` where it is not of the kind that is asked for, or cut.
    func place(_ bytes: borrowing RawSpan, _ layer: Layer) -> Range<Int>? {
        guard layer.headerLength >= 8 else { return nil }
        let offset = Int(layer.offset)
        let link = Int(bytes.byte(offset + 4))
        let network = Int(bytes.byte(offset + 5))
        let start: Int
        switch self {
        case .senderLink: start = offset + 8
        case .sender: start = offset + 8 + link
        case .targetLink: start = offset + 8 + link + network
        case .target: start = offset + 8 + 2 * link + network
        }
        switch self {
        case .senderLink, .targetLink:
            guard link == 6, bytes.big16(offset) == 1 else { return nil }
        case .sender, .target:
            guard network == 4, bytes.big16(offset + 2) == 0x0800 else { return nil }
        }
        let end = offset + 8 + 2 * (link + network)
        guard end <= layer.payload else { return nil }
        return start..<start + (self == .sender || self == .target ? 4 : 6)
    }
}
