package import RoadblockCore

/// Tells SYNs that the analysis calls retransmissions, without analysing.
///
/// Every segment leaves a mark with its conversation, and a SYN is judged by the SYNs before it (`SYNHistory`). Where
/// that does not suffice, the judging ends, and from then on only the conversations are noted that may hold a repeated
/// SYN: these have to be analysed in a second look at the capture. Conversations are found by a hash; one that is taken
/// for another costs time, never an answer.
package struct RepeatedSYNs: FrameScreen, ~Copyable {
    private let profile: WiresharkProfile
    /// What the filter demands of the flags beside.
    private let flags: FlagScreen
    private var marks: ConversationMarks
    private var histories: SYNHistories
    /// The number of the first packet that could not be judged: the first of all where none was to be.
    package private(set) var firstUnjudged: Int?

    /// What a conversation has in place of a history once there were too many of them.
    private static let noHistory = ConversationMarks.ownLimit

    /// With `isJudging`, frames are judged until that fails; otherwise the conversations are noted and nothing else.
    package static func make(profile: WiresharkProfile, flags: FlagScreen, isJudging: Bool) -> RepeatedSYNs {
        RepeatedSYNs(
            profile: profile,
            flags: flags,
            marks: ConversationMarks.make(),
            histories: SYNHistories(),
            firstUnjudged: isJudging ? nil : 1
        )
    }

    private init(
        profile: WiresharkProfile,
        flags: FlagScreen,
        marks: consuming ConversationMarks,
        histories: consuming SYNHistories,
        firstUnjudged: Int?
    ) {
        self.profile = profile
        self.flags = flags
        self.marks = marks
        self.histories = histories
        self.firstUnjudged = firstUnjudged
    }

    private var isJudging: Bool { firstUnjudged == nil }

    @inline(__always)
    package mutating func look(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType)
        -> FrameLook
    {
        guard let segment = PlainSegment(bytes, offset, length, linkType) else {
            return .ofOther(bytes, offset, length, linkType)
        }
        let ends = segment.ends(bytes)
        guard segment.flags(bytes) & 2 != 0 else {
            marks.noteSent(ends.value, byLower: ends.isFromLower)
            return .over
        }
        return lookAtSYN(segment, bytes, offset &+ length, ends)
    }

    /// The same for a SYN, apart from the loop over all frames.
    @inline(never)
    private mutating func lookAtSYN(
        _ segment: PlainSegment,
        _ bytes: borrowing RawSpan,
        _ end: Int,
        _ ends: EndpointHash
    ) -> FrameLook {
        let syn = segment.syn(bytes, end, ends)
        return switch receive(syn) {
        case .first, .begins: .over
        case .repeats: isJudging && !syn.isHidden && !flags.rulesOut(syn.flags) ? .hit : .over
        case .unclear: isJudging ? .unknown : .over
        }
    }

    /// Judges a SYN.
    ///
    /// What repeats or is unclear may be given again, with the same result.
    private mutating func receive(_ syn: SYNSegment) -> SYNHistory.Verdict {
        marks.expect(syn.ends.value)
        marks.settle()
        var word = marks.word(syn.ends.value)
        defer { marks.set(syn.ends.value, word) }
        if !word.isKnown, marks.isFull { word.own = Self.noHistory }
        if word.own == 0 {
            if let ordinal = histories.append(SYNHistory(of: syn)) {
                word.own = ordinal
            } else {
                // The first SYN of a conversation repeats nothing where nothing came before it.
                let isFirst = !word.isKnown
                word.own = Self.noHistory
                if isFirst { return .first }
            }
        }
        var verdict = SYNHistory.Verdict.unclear
        if word.own != Self.noHistory {
            verdict = histories.receive(
                syn,
                word.own,
                lowerSent: word.lowerSent,
                upperSent: word.upperSent,
                profile
            )
        }
        switch verdict {
        case .first: break
        case .begins: word.forgetSent()
        case .repeats, .unclear: word.want()
        }
        return verdict
    }

    /// Takes a packet that was decoded, and writes to the facts what the analysis would say of it, as far as the filter asks;
    /// false for one that the filter does not select.
    package mutating func takes(_ packet: Packet, _ facts: PacketFacts) -> Bool {
        // What the analysis takes no notice of, other than quoted headers, which change no later label.
        guard packet.transport == .tcp, !packet.ip.isFragment, packet.ip.payloadLength >= packet.tcp.headerLength else {
            return false
        }
        guard packet.tcp.flags.contains(.syn) else {
            let ends = EndpointHash(packet)
            marks.noteSent(ends.value, byLower: ends.isFromLower)
            return false
        }
        let syn = SYNSegment(packet)
        switch receive(syn) {
        case .first, .begins: return false
        case .repeats:
            facts.segment = SegmentAnalysis()
            facts.segment.flags = .retransmission
            facts.segment.isHidden = syn.isHidden
            facts.hasSegment = true
            return isJudging
        case .unclear:
            if isJudging { firstUnjudged = facts.number }
            return false
        }
    }

    package mutating func skip(
        in capture: MergedCapture,
        atMost limit: Int,
        _ lines: inout NumberLines
    ) throws(Failure) -> SkippedFrames {
        try capture.skip(atMost: limit, &self, &lines)
    }

    /// The conversations that may hold a repeated SYN.
    package mutating func wanted() -> WantedConversations {
        marks.settle()
        let wanted = marks.wanted()
        let isAll = marks.isFull || wanted.isFull
        return WantedConversations.make(wanted, isAll: isAll)
    }
}

/// Passes over the segments of all conversations but some.
package struct WantedConversations: FrameScreen, ~Copyable {
    private let wanted: ConversationMarks
    /// True when there were too many conversations to tell.
    private let isAll: Bool

    fileprivate static func make(_ wanted: consuming ConversationMarks, isAll: Bool) -> WantedConversations {
        WantedConversations(wanted: wanted, isAll: isAll)
    }

    private init(wanted: consuming ConversationMarks, isAll: Bool) {
        self.wanted = wanted
        self.isAll = isAll
    }

    @inline(__always)
    package func look(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) -> FrameLook {
        guard let segment = PlainSegment(bytes, offset, length, linkType) else {
            return .ofOther(bytes, offset, length, linkType)
        }
        return isAll || wanted.word(segment.ends(bytes).value).isKnown ? .unknown : .over
    }

    /// False for a packet of another conversation: the analysis did not see all of it.
    package func takes(_ packet: Packet, _: PacketFacts) -> Bool {
        isAll || packet.transport == .tcp && wanted.word(EndpointHash(packet).value).isKnown
    }

    package mutating func skip(
        in capture: MergedCapture,
        atMost limit: Int,
        _ lines: inout NumberLines
    ) throws(Failure) -> SkippedFrames {
        try capture.skip(atMost: limit, &self, &lines)
    }
}
