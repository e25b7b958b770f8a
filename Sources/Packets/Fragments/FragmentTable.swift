import RoadblockCore

/// Puts the fragments of IP datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5).
///
/// A datagram is read in the packet that completes it. What waits is bounded: the oldest datagrams make room.
struct FragmentTable: ~Copyable {
    private struct Key: Hashable {
        let source: IPAddress
        let destination: IPAddress
        let identification: UInt32
        /// 0 for IPv6, whose fragments are told by their addresses and number alone.
        let protocolNumber: UInt8
        let isIPv6: Bool
    }

    /// Datagrams that may wait at once.
    static let datagramLimit = 1 << 14
    /// Bytes that all of them may hold.
    static let byteLimit = 1 << 25

    private var datagrams: [Key: FragmentedDatagram] = [:]
    /// The keys in the order of their first fragments; a number that is used again stands more than once.
    private var order: [Key] = []
    private var first = 0
    private var heldBytes = 0
    private var droppedCount = 0

    /// What had to be left out so far.
    var notices: [String] {
        droppedCount == 0
            ? [] : ["the fragments of \(droppedCount) IP datagrams that were not whole yet made room for newer ones"]
    }

    /// Takes a fragment.
    ///
    /// - Returns: with the last one that was missing, the frame followed by the datagram's bytes, in which the packet's
    ///   layers then lie; `nil` otherwise.
    mutating func join(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) -> [UInt8]? {
        guard let place = FragmentPlace(packet, bytes) else { return nil }
        let ip = packet.ip
        let key = Key(
            source: ip.source,
            destination: ip.destination,
            identification: ip.identification,
            protocolNumber: ip.isIPv6 ? 0 : ip.protocolNumber,
            isIPv6: ip.isIPv6
        )
        var datagram = datagrams[key] ?? FragmentedDatagram()
        if datagram.parts.isEmpty { order.append(key) }
        guard datagram.parts.count < FragmentedDatagram.partLimit else { return nil }
        datagram.add(
            bytes.copy(place.start, place.end),
            at: ip.fragmentOffset,
            isLast: !ip.moreFragments,
            frame: facts.number
        )
        heldBytes += place.end - place.start
        guard datagram.isComplete else {
            datagrams[key] = datagram
            makeRoom()
            return nil
        }
        datagrams[key] = nil
        heldBytes -= datagram.heldBytes
        let content = datagram.join()
        report(datagram, content, ip.isIPv6, &facts.applications)
        return read(content, place, packet, bytes, facts)
    }

    /// Decodes what the datagram carries, behind the frame's own bytes.
    private func read(
        _ content: [UInt8],
        _ place: FragmentPlace,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts
    ) -> [UInt8] {
        let start = bytes.byteCount
        let joined = bytes.copy(0, start) + content
        var ip = packet.ip
        ip.fragmentOffset = 0
        ip.moreFragments = false
        ip.payloadLength = content.count
        packet.layerCount = place.layerCount
        var walk = Walk(wireEnd: joined.count)
        walk.depth = place.layerCount
        joined.withRawBytes { walk.carried(ip, place.nextHeader, $0, start, joined.count, packet) }
        facts.takeJoined(packet)
        return joined
    }

    private func report(
        _ datagram: FragmentedDatagram,
        _ content: [UInt8],
        _ isIPv6: Bool,
        _ items: inout ApplicationItems
    ) {
        if isIPv6 { items.mark(.ip6Fragments) } else { items.add(.ipFragments, made: content) }
        for part in datagram.parts {
            let isWrong = part.conflicts || part.isTooLong || part.isOtherTail
            if isIPv6 {
                items.add(isWrong ? .ip6FragmentError : .ip6Fragment, part.frame)
                if part.overlaps { items.mark(.ip6FragmentOverlap) }
                if part.conflicts { items.mark(.ip6FragmentConflict) }
                if part.isOtherTail { items.mark(.ip6FragmentTails) }
                if part.isTooLong { items.mark(.ip6FragmentTooLong) }
            } else {
                items.add(isWrong ? .ipFragmentError : .ipFragment, part.frame)
                if part.overlaps { items.mark(.ipFragmentOverlap) }
                if part.conflicts { items.mark(.ipFragmentConflict) }
                if part.isOtherTail { items.mark(.ipFragmentTails) }
                if part.isTooLong { items.mark(.ipFragmentTooLong) }
            }
        }
        items.add(isIPv6 ? .ip6FragmentCount : .ipFragmentCount, datagram.parts.count)
        items.add(isIPv6 ? .ip6ReassembledLength : .ipReassembledLength, content.count)
        items.add(isIPv6 ? .ip6ReassembledBytes : .ipReassembledBytes, made: content)
    }

    /// Forgets the oldest datagrams while there are too many.
    private mutating func makeRoom() {
        while datagrams.count > FragmentTable.datagramLimit || heldBytes > FragmentTable.byteLimit, first < order.count
        {
            if let dropped = datagrams.removeValue(forKey: order[first]) {
                heldBytes -= dropped.heldBytes
                droppedCount += 1
            }
            first += 1
        }
        // The front of the list is used up.
        if first > 1 << 16 || order.count > 1 << 18 {
            order = order[first...].filter { datagrams[$0] != nil }
            first = 0
        }
    }
}

/// Where a fragment's content lies in its frame.
struct FragmentPlace {
    let start: Int
    let end: Int
    /// Layers up to the header that says so.
    let layerCount: Int
    /// The kind of what the datagram carries; of IPv6, as this fragment says it.
    let nextHeader: UInt8

    /// `nil` where the fragment was not captured whole.
    init?(_ packet: Packet, _ bytes: borrowing RawSpan) {
        var index = packet.layerCount - 1
        while index >= 0 {
            let layer = packet.layers[index]
            if !layer.isQuoted, layer.kind == .ipv4 || layer.kind == .ipv6 { break }
            index -= 1
        }
        guard index >= 0 else { return nil }
        let layer = packet.layers[index]
        guard !layer.isCut, !packet.layers[packet.layerCount - 1].isCut else { return nil }
        let offset = Int(layer.offset)
        let wanted = layer.kind == .ipv4 ? Int(bytes.big16(offset + 2)) : 40 + Int(bytes.big16(offset + 4))
        guard Int(layer.end) - offset >= wanted else { return nil }
        if layer.kind == .ipv4 {
            start = layer.payload
            nextHeader = bytes.byte(offset + 9)
        } else {
            var next = bytes.byte(offset + 6)
            while next != 44 {
                index += 1
                guard index < packet.layerCount, packet.layers[index].kind == .ipv6Extension else { return nil }
                next = bytes.byte(Int(packet.layers[index].offset))
            }
            index += 1
            guard index < packet.layerCount, packet.layers[index].kind == .ipv6Extension else { return nil }
            start = packet.layers[index].payload
            nextHeader = bytes.byte(Int(packet.layers[index].offset))
        }
        end = Int(layer.end)
        layerCount = index + 1
        guard start < end else { return nil }
    }
}
