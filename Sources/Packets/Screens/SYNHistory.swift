/// What a SYN says that decides whether it repeats another.
struct SYNSegment {
    let key: FlowKey
    let ends: EndpointHash
    let sequence: UInt32
    /// The lower eight flags.
    let flags: UInt8
    let hasPayload: Bool
    /// True where the snap length cut the options, so that no label is shown.
    let isHidden: Bool

    var hasACK: Bool { flags & 16 != 0 }

    /// True for a SYN that takes one sequence number and says nothing else; the next number is not 0, which the
    /// analysis takes for unknown.
    var isBare: Bool { !hasPayload && flags & 5 == 0 && sequence != .max }

    init(key: FlowKey, ends: EndpointHash, sequence: UInt32, flags: UInt8, hasPayload: Bool, isHidden: Bool) {
        self.key = key
        self.ends = ends
        self.sequence = sequence
        self.flags = flags
        self.hasPayload = hasPayload
        self.isHidden = isHidden
    }

    init(_ packet: Packet) {
        let tcp = packet.tcp
        self.init(
            key: PacketFlow(packet).key,
            ends: EndpointHash(packet),
            sequence: tcp.sequence,
            flags: UInt8(truncatingIfNeeded: tcp.flags.rawValue),
            hasPayload: tcp.payloadLength > 0,
            isHidden: tcp.optionsCaptured < tcp.headerLength - 20
        )
    }
}

/// The SYNs of a conversation so far, by direction: enough to tell what the analysis calls the next one.
///
/// Of a direction that has sent nothing but the same SYN since its stream began, `AnalysisStep` knows this: the base is
/// the SYN's number, the highest number seen is the next one, and whatever the other side sends changes neither. So the
/// same SYN again is old and ends at the highest number, which makes it a retransmission by the rules of 4.0; from 4.2
/// on it is one for sure as long as nothing was sent against the first, which then is still unacknowledged. A SYN with
/// another number begins a new stream, in which nothing was sent. Everything else is left to the analysis.
struct SYNHistory {
    /// What one side has sent since the stream began.
    private struct Side {
        var sequence: UInt32 = 0
        var hasSYN = false
        /// True once a SYN of it had ACK.
        var hasACK = false
        /// True once the other side has sent a SYN against its own.
        var isAnswered = false
    }

    /// What is known of a SYN.
    enum Verdict {
        /// It repeats nothing.
        case first
        /// The same, and a new stream begins with it: what its sides sent before does not count any more.
        case begins
        /// The analysis calls it a retransmission.
        case repeats
        /// Only the analysis of the whole conversation can tell.
        case unclear
    }

    private let key: FlowKey
    private var lower = Side()
    private var upper = Side()
    /// True once nothing more can be said of the conversation.
    private var isUnclear = false

    /// The history of the conversation that a SYN is of, before it.
    init(of syn: SYNSegment) { key = syn.key }

    /// Takes the next SYN, where each side may have sent something else in the stream before it.
    mutating func receive(
        _ syn: SYNSegment,
        lowerSent: Bool,
        upperSent: Bool,
        _ profile: WiresharkProfile
    ) -> Verdict {
        if syn.key != key { isUnclear = true }
        guard !isUnclear else { return .unclear }
        let verdict =
            syn.ends.isFromLower
            ? Self.receive(syn, &lower, ownSent: lowerSent, &upper, peerSent: upperSent, profile)
            : Self.receive(syn, &upper, ownSent: upperSent, &lower, peerSent: lowerSent, profile)
        isUnclear = verdict.endsKnowledge
        return verdict.verdict
    }

    private static func receive(
        _ syn: SYNSegment,
        _ own: inout Side,
        ownSent: Bool,
        _ peer: inout Side,
        peerSent: Bool,
        _ profile: WiresharkProfile
    ) -> (verdict: Verdict, endsKnowledge: Bool) {
        guard syn.isBare else {
            // The first segment of all repeats nothing, whatever it is.
            return (own.hasSYN || peer.hasSYN || ownSent || peerSent ? .unclear : .first, true)
        }
        var verdict = Verdict.first
        var endsKnowledge = false
        if own.hasSYN {
            if syn.sequence != own.sequence {
                guard !syn.hasACK || profile >= .v44 else { return (.unclear, true) }
                own = Side(sequence: syn.sequence, hasSYN: true, hasACK: syn.hasACK)
                peer = Side()
                return (.begins, false)
            }
            guard !ownSent, profile < .v42 || !(own.isAnswered || peerSent) else { return (.unclear, true) }
            verdict = .repeats
        } else {
            guard !ownSent else { return (.unclear, true) }
            // An ACK against it has told the analysis a number, and another one would begin a stream.
            endsKnowledge = (peerSent || peer.hasACK) && (!syn.hasACK || profile >= .v44)
            own.hasSYN = true
            own.sequence = syn.sequence
        }
        if syn.hasACK { own.hasACK = true }
        if peer.hasSYN { peer.isAnswered = true }
        return (verdict, endsKnowledge)
    }
}
