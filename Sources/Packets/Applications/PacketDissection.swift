import RoadblockCore

/// Everything that is known of one packet after the other: headers, TCP analysis, and what the applications say.
package struct PacketDissection: ~Copyable {
    /// The newest packet, and what is known of it.
    package let packet = Packet()
    package let facts: PacketFacts
    private var clock = CaptureClock()
    private var analyzer: TCPAnalyzer
    private let needsAnalysis: Bool
    private var applications: ApplicationReader
    private var fragments: FragmentTable

    /// Only what is asked for is done.
    package init(
        profile: WiresharkProfile,
        depth: AnalysisDepth,
        applications wanted: ApplicationFieldSet = ApplicationFieldSet(),
        isTracking: Bool = false
    ) {
        facts = PacketFacts(isTracking: isTracking, wanted: wanted)
        analyzer = TCPAnalyzer(profile: profile, depth: depth)
        needsAnalysis = depth > .none
        applications = ApplicationReader(wanted: wanted, profile: profile)
        fragments = FragmentTable()
    }

    /// What had to be left out so far.
    package var notices: [String] { fragments.notices + applications.notices }

    /// Takes the next frame.
    ///
    /// - Returns: the bytes that the packet's layers lie in where they are not the frame's own: the frame, followed by
    ///   what its datagram's fragments carry together.
    @inline(__always)
    package mutating func dissect(_ frame: Frame, _ bytes: borrowing RawSpan) -> [UInt8]? {
        clock.advance(to: frame, facts)
        facts.applications.clear()
        Decoder().decode(frame, bytes, into: packet)
        facts.take(packet, bytes)
        if packet.hasIP, packet.ip.isFragment, let joined = fragments.join(packet, bytes, facts) {
            joined.withRawBytes { read($0) }
            return joined
        }
        read(bytes)
        return nil
    }

    @inline(__always)
    private mutating func read(_ bytes: borrowing RawSpan) {
        if needsAnalysis {
            facts.hasSegment = analyzer.analyze(
                packet,
                bytes,
                time: facts.frame.time,
                number: facts.number,
                into: &facts.segment
            )
        }
        applications.read(packet, bytes, facts)
    }

    /// The packet was selected: the times of later ones count from it.
    package mutating func display() { clock.display(facts) }

    /// Counts frames that nobody looked at; not the first of all.
    package mutating func skip(_ frames: SkippedFrames) { clock.skip(frames) }

    /// Counts a frame that nobody looks at.
    package mutating func skip(_ frame: Frame) { clock.advance(to: frame, facts) }
}

extension PacketDissection {
    /// What a filter alone needs.
    package init(for filter: borrowing DisplayFilter, profile: WiresharkProfile) {
        self.init(
            profile: profile,
            depth: filter.analysisDepth,
            applications: filter.applications,
            isTracking: filter.needsTracking
        )
    }

    /// Takes the next frame; true where the filter selects it.
    package mutating func select(
        _ frame: Frame,
        _ bytes: borrowing RawSpan,
        _ filter: inout DisplayFilter
    ) -> Bool {
        let isSelected: Bool
        if let joined = dissect(frame, bytes) {
            isSelected = joined.withRawBytes { filter.selects(packet, $0, facts) }
        } else {
            isSelected = filter.selects(packet, bytes, facts)
        }
        if isSelected { display() }
        return isSelected
    }
}
