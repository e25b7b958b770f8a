import RoadblockCore

/// What is known of a packet beside its bytes and headers: its place in the capture, and what the analysis says.
package final class PacketFacts {
    package var frame: Frame
    /// Ordinal over all inputs, from 1.
    package var number: Int
    /// Nanoseconds since the first packet, since the previous one, and since the previous one that was selected.
    package var timeRelative: Int64 = 0
    package var timeDelta: Int64 = 0
    package var timeDeltaDisplayed: Int64 = 0
    /// Valid when `hasSegment`.
    package var segment = SegmentAnalysis()
    /// True when the analysis ran and the packet has a whole TCP header.
    package var hasSegment = false
    /// What earlier packets say of this one; filled where `tracker` is set.
    package var tracked = TrackedFacts()
    /// Follows the capture, where a filter or a column asks for what only it knows.
    private var tracker: PacketTracker?
    /// What the file says beside the bytes, where something asks for it.
    package var record: FrameRecord?
    /// What the protocols above the transport say.
    package internal(set) var applications: ApplicationItems
    /// Layers that count: what a fragment carries is seen only once it is put together again.
    package private(set) var layerCount = 0

    /// A place to put the facts of packets, one after the other.
    ///
    /// With `isTracking`, it follows what they belong to; of the applications' fields only what is wanted is read.
    package init(isTracking: Bool = false, wanted: ApplicationFieldSet = ApplicationFieldSet()) {
        tracker = isTracking ? PacketTracker() : nil
        applications = ApplicationItems(wanted: wanted)
        frame = Frame(
            number: 0,
            time: Instant(nanoseconds: 0),
            capturedLength: 0,
            originalLength: 0,
            linkType: .null,
            interface: 0,
            checkSequenceLength: 0
        )
        number = 0
    }

    /// The analysis of a packet with a whole TCP header.
    package var analysis: SegmentAnalysis? { hasSegment ? segment : nil }

    /// To be called once the packet's headers are decoded.
    @inline(__always)
    package func take(_ packet: Packet, _ bytes: borrowing RawSpan) {
        layerCount = packet.layerCount
        if packet.hasIP, packet.ip.isFragment { hideFragment(packet, bytes) }
        tracker?.receive(packet, bytes, self)
    }

    /// To be called once what the packet's fragments carry together is decoded.
    func takeJoined(_ packet: Packet) { layerCount = packet.layerCount }

    /// Hides what follows the header of a fragment that waits for the others.
    private func hideFragment(_ packet: Packet, _ bytes: borrowing RawSpan) {
        var index = packet.layerCount - 1
        while index >= 0 {
            let layer = packet.layers[index]
            if !layer.isQuoted, [.ipv4, .ipv6].contains(layer.kind) { break }
            index -= 1
        }
        guard index >= 0 else { return }
        let layer = packet.layers[index]
        guard !layer.isCut else { return }
        let offset = Int(layer.offset)
        // Of IPv6, also the first fragment's content is left alone that was cut.
        let wanted = layer.kind == .ipv4 ? Int(bytes.big16(offset + 2)) : 40
        guard Int(layer.end) - offset >= wanted else { return }
        index += 1
        while index < packet.layerCount, packet.layers[index].kind == .ipv6Extension { index += 1 }
        layerCount = index
    }
}

/// What the times of a capture are counted from; moves on with every packet.
package struct CaptureClock: Sendable {
    private var first = Instant(nanoseconds: 0)
    private var previous = Instant(nanoseconds: 0)
    private var displayed: Instant?
    private var count = 0

    package init() {}

    /// Writes the facts of the next packet, without its analysis.
    @inline(__always)
    package mutating func advance(to frame: Frame, _ facts: PacketFacts) {
        if count == 0 {
            first = frame.time
            previous = frame.time
        }
        count &+= 1
        facts.frame = frame
        facts.number = count
        facts.hasSegment = false
        facts.timeRelative = frame.time.nanoseconds(since: first)
        facts.timeDelta = frame.time.nanoseconds(since: previous)
        facts.timeDeltaDisplayed = displayed.map { frame.time.nanoseconds(since: $0) } ?? 0
        previous = frame.time
    }

    /// Counts packets that nobody looked at; not the first of all.
    package mutating func skip(_ frames: SkippedFrames) {
        guard frames.count > 0 else { return }
        count &+= frames.count
        previous = frames.last
    }

    /// The packet was selected: later ones count from it.
    package mutating func display(_ facts: PacketFacts) { displayed = facts.frame.time }
}
