import Packets
import RoadblockCore

extension DiagnosisBuilder {
    /// Keeps what one point saw of a connection until the others have told of it.
    mutating func join(_ sighting: Sighting<TCPConversation>) {
        points.paths.hear(sighting.conversation, at: sighting.point)
        if let bundle = points.tcp.add(sighting, of: points.count) { emit(bundle, isLast: false) }
        for bundle in points.tcp.takeExcess() {
            points.early += 1
            emit(bundle, isLast: false)
        }
    }

    /// Keeps what one point saw of datagrams until the others have told of them.
    mutating func join(_ sighting: Sighting<DatagramConversation>) {
        points.paths.hear(sighting.conversation, at: sighting.point)
        if let bundle = points.datagrams.add(sighting, of: points.count) { emit(bundle, isLast: false) }
        for bundle in points.datagrams.takeExcess() {
            points.early += 1
            emit(bundle, isLast: false)
        }
    }

    /// Judges what is left once everything was read.
    mutating func joinRest() {
        guard points.count > 1 else { return }
        points.settle(facts, context)
        let tcp = points.tcp.takeRest(points.clocks).map { ordered($0) }
        let datagrams = points.datagrams.takeRest(points.clocks).map { ordered($0) }
        for bundle in tcp { noteMissed(bundle) }
        for bundle in datagrams { noteMissed(bundle) }
        for bundle in tcp { emitOrdered(bundle, isLast: true) }
        for bundle in datagrams { emitOrdered(bundle, isLast: true) }
    }

    /// A healthy conversation that another point did not see shows that this point is not on its way, or filters.
    private mutating func noteMissed<C>(_ bundle: [Sighting<C>]) {
        guard let first = bundle.first, bundle.contains(where: { $0.conversation.isAnswered }) else { return }
        let c = first.conversation
        for other in 0..<points.count where !bundle.contains(where: { $0.point == other }) {
            if points.isRecording(other, at: [c.firstTime], of: first.point) {
                points.paths.miss(c.server, seenAt: first.point, missingAt: other)
            }
        }
    }

    private mutating func ordered<C>(_ bundle: [Sighting<C>]) -> [Sighting<C>] {
        guard bundle.count > 1 else { return bundle }
        points.shared += 1
        return points.paths.order(bundle, points.clocks)
    }

    /// True where the inputs hold one direction each, and together are what one capture would have been.
    var holdsHalves: Bool { points.count == 2 && points.shared == 0 && points.early == 0 && points.tcp.holdsHalves }

    private mutating func emit(_ bundle: [Sighting<TCPConversation>], isLast: Bool) {
        points.learn(bundle)
        emitOrdered(ordered(bundle), isLast: isLast)
    }

    private mutating func emit(_ bundle: [Sighting<DatagramConversation>], isLast: Bool) {
        points.learn(bundle)
        emitOrdered(ordered(bundle), isLast: isLast)
    }

    private mutating func emitOrdered(_ bundle: [Sighting<TCPConversation>], isLast: Bool) {
        var verdict = TCPJointJudge(sightings: bundle).judge()
        if isLast { locate(&verdict, bundle, times: bundle.last?.conversation.syns.references.map(\.time) ?? []) }
        guard let near = bundle.first?.conversation, let judgement = verdict.judgement else { return }
        let example = bundle[verdict.best].conversation.named(as: near)
        guard let slot = add(near, capped(judgement, verdict, bundle), example: example) else { return }
        note(verdict, bundle, slot)
        if groups[slot].elsewhere.isEmpty, groups[slot].tcp.count == 1 {
            for place in bundle.indices where place != verdict.best {
                groups[slot].elsewhere.add(bundle[place].conversation)
            }
            groups[slot].elsewhere.translation = translation(bundle)
        }
    }

    private mutating func emitOrdered(_ bundle: [Sighting<DatagramConversation>], isLast: Bool) {
        var verdict = DatagramJointJudge(sightings: bundle).judge()
        if isLast { locate(&verdict, bundle, times: bundle.last?.conversation.requests.references.map(\.time) ?? []) }
        guard let near = bundle.first?.conversation else { return }
        let example = bundle[verdict.best].conversation.named(as: near)
        let judgement = verdict.judgement.map { capped($0, verdict, bundle) }
        guard let slot = add(near, judgement, example: example) else { return }
        note(verdict, bundle, slot)
        if groups[slot].elsewhere.isEmpty, groups[slot].datagrams.count == 1 {
            for place in bundle.indices where place != verdict.best {
                groups[slot].elsewhere.add(bundle[place].conversation)
            }
            groups[slot].elsewhere.translation = translation(bundle)
        }
    }

    /// An answer that is missing at a point which shows no answers at all may only not have been recorded there.
    private func capped<C>(_ judgement: Judgement, _ verdict: JointVerdict, _ bundle: [Sighting<C>]) -> Judgement {
        let lacking = verdict.loss.flatMap { $0.isReply ? $0.missing : nil } ?? verdict.witness
        guard let lacking, context.twoWay(at: Int(bundle[lacking].conversation.input)) == 0 else { return judgement }
        var judgement = judgement
        judgement.confidence = min(judgement.confidence, .likely)
        return judgement
    }

    private func translation<C>(_ bundle: [Sighting<C>]) -> FindingGroup.Elsewhere.Translation? {
        guard let near = bundle.first?.conversation,
            let other = bundle.last(where: { !$0.conversation.hasSameEnds(as: near) })?.conversation
        else { return nil }
        return .init(
            input: Int(other.input),
            client: other.client,
            clientPort: other.clientPort,
            server: other.server,
            serverPort: other.serverPort
        )
    }

    private mutating func note<C>(_ verdict: JointVerdict, _ bundle: [Sighting<C>], _ slot: Int) {
        if let witness = verdict.witness { groups[slot].witness = Int(bundle[witness].conversation.input) }
        if let place = verdict.outside {
            groups[slot].note(place)
        } else if let loss = verdict.loss {
            groups[slot].note(
                Finding.LostBetween(
                    last: Int(bundle[loss.last].conversation.input),
                    missing: loss.missing.map { Int(bundle[$0].conversation.input) },
                    isReply: loss.isReply
                )
            )
        }
    }

    /// Finds the point that should have seen a request next, once it is known what all points saw.
    private func locate<C: PointConversation>(_ verdict: inout JointVerdict, _ bundle: [Sighting<C>], times: [Instant])
    {
        guard let judgement = verdict.judgement, bundle.count < points.count, let end = bundle.last?.conversation else {
            return
        }
        // An answer in the name of the target need not be its own, as long as it was not seen at all points on the way.
        let isAnswer: Bool
        switch judgement.verdict {
        case .refused: isAnswer = judgement.detail == .refusedRST || judgement.detail == .udpPortClosed
        case .prohibited, .unreachable: isAnswer = end.errors.first.map { $0.sender == end.server } ?? false
        default: isAnswer = false
        }
        let isRequest = verdict.loss.map { !$0.isReply && $0.missing == nil } ?? (bundle.count == 1 || isAnswer)
        guard isRequest else { return }
        let place = verdict.loss?.last ?? bundle.count - 1
        let last = bundle[place]
        let c = last.conversation
        switch judgement.verdict {
        case .dropped: break
        case .undecided where judgement.detail == .pending && !c.serverSpoke: break
        case .refused where isAnswer:
            // It came from behind this point, or was made there.
            guard c.replyCount > 0 || !c.errors.isEmpty else { return }
        case .prohibited, .unreachable:
            guard let error = c.errors.first else { return }
            if error.isAboutReply { return locateReply(&verdict, last, place) }
        case .returnBlocked: return locateReply(&verdict, last, place)
        default: return
        }
        let next = points.next(
            behind: last.point,
            towards: c.server,
            sentAt: times.isEmpty ? [c.firstTime, c.lastTime] : times,
            seen: Set(bundle.map(\.point)),
            isSound: isSound
        )
        switch next {
        case .unknown: verdict.loss = nil
        case .outside:
            verdict.loss = judgement.verdict == .refused ? nil : .init(last: place, missing: nil, isReply: false)
        case .point(let other):
            guard let input = points.input(of: other, at: c.firstTime, of: last.point) else { return }
            if judgement.detail == .refusedRST { verdict.judgement = Judgement(.refusedByMiddlebox, .certain) }
            verdict.loss = nil
            verdict.outside = Finding.LostBetween(last: Int(c.input), missing: input, isReply: false)
        }
    }

    /// An answer that one point saw leave: the points before it did not see the request either, so that they lie elsewhere.
    private func locateReply<C: PointConversation>(_ verdict: inout JointVerdict, _ last: Sighting<C>, _ place: Int) {
        let isUnsure = (0..<points.count).contains { other in
            other != last.point
                && (!isSound(other)
                    || !points.isRecording(other, at: [last.conversation.firstTime], of: last.point))
        }
        verdict.loss = isUnsure ? nil : .init(last: place, missing: nil, isReply: true)
    }

    /// False for a point of which an input holds one direction only.
    func isSound(_ point: Int) -> Bool {
        context.inputs.indices.allSatisfy { context.point($0) != point || context.sidedness($0) == .both }
    }
}
