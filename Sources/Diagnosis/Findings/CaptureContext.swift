import Packets
import RoadblockCore

/// What the healthy part of the inputs shows: the ground on which silence and resets are judged.
struct CaptureContext: Sendable {
    /// What one input proves of the directions it holds.
    struct Input: Sendable {
        /// Conversations of which both directions were seen.
        var twoWay = 0
        var lastTwoWay = Instant(nanoseconds: .min)
        /// Conversations that prove answers which the input lacks.
        var missingReplies = 0
        /// Conversations that prove requests which the input lacks.
        var missingRequests = 0
        var firstProof: FrameReference = .none
        /// True when the input holds a SYN: then a SYN/ACK without one is somebody's stray answer.
        var hasRequests = false
        /// The capture point.
        var point = 0

        var lacksReplies: Bool { missingReplies > 0 }

        /// Conversations that prove a direction which the input lacks.
        var proofs: Int { missingReplies + (hasRequests ? 0 : missingRequests) }
    }

    /// Which part of an input holds one direction only.
    enum Sidedness: Hashable, Sendable {
        case both
        /// Nothing in it shows two directions.
        case one
        /// From some time on nothing shows two directions.
        case oneAfter(Instant)
        /// A part of the conversations is half recorded.
        case partly
    }

    /// An address as one capture point sees it.
    struct Spot: Hashable, Sendable {
        var point: Int
        var address: IPAddress
    }

    var inputs: [Input]
    /// Open conversations by asker.
    private(set) var openAskers: [IPAddress: Asker] = [:]
    private var servers: [Spot: Server] = [:]
    /// Servers of which each fact is known: at most `limit`.
    private var counts = Server.Counts()
    /// Endpoints that some datagram was sent to by somebody who was not asked there.
    private var datagramReceivers: Set<Service> = []

    private static let limit = 65_536
    private static let askerLimit = 16_384

    struct Service: Hashable, Sendable {
        var address: IPAddress
        var port: UInt16
    }

    /// What an asker reached.
    struct Asker: Sendable {
        var conversations = 0
        /// Probes that never finished the handshake, with the marks of a scanning tool.
        var toolProbes: Set<Service> = []
        /// Most askers have one.
        private var firstService: Service?
        private var otherServices: [Service] = []

        /// Distinct open services, up to 64.
        var services: [Service] { (firstService.map { [$0] } ?? []) + otherServices }

        mutating func reach(_ service: Service) {
            conversations += 1
            guard let firstService else {
                firstService = service
                return
            }
            guard otherServices.count < 63, firstService != service, !otherServices.contains(service) else { return }
            otherServices.append(service)
        }
    }

    /// What is known of a server.
    private struct Server: Sendable {
        /// Half-recorded, and fully recorded conversations were seen.
        var isHalfRecorded = false
        var isFullyRecorded = false
        /// Of packets that no reset made; 0 for none.
        var timeToLive: UInt8 = 0
        /// Shortest round trip of a handshake in nanoseconds; 0 when unknown.
        var roundTrip: Int64 = 0

        struct Counts: Sendable {
            var halfRecorded = 0
            var fullyRecorded = 0
            var timesToLive = 0
            var roundTrips = 0
        }

        mutating func note(
            hasBoth: Bool,
            provesMissingReply: Bool,
            timeToLive newTime: UInt8,
            roundTrip newTrip: Int64,
            _ counts: inout Counts,
            limit: Int
        ) {
            if hasBoth {
                if counts.fullyRecorded < limit, !isFullyRecorded {
                    isFullyRecorded = true
                    counts.fullyRecorded += 1
                }
            } else if provesMissingReply, counts.halfRecorded < limit, !isHalfRecorded {
                isHalfRecorded = true
                counts.halfRecorded += 1
            }
            if newTime > 0, counts.timesToLive < limit {
                if timeToLive == 0 { counts.timesToLive += 1 }
                timeToLive = newTime
            }
            if newTrip > 0, counts.roundTrips < limit {
                if roundTrip == 0 { counts.roundTrips += 1 }
                roundTrip = roundTrip == 0 ? newTrip : min(roundTrip, newTrip)
            }
        }
    }

    init(inputCount: Int) { inputs = Array(repeating: Input(), count: inputCount) }

    /// The capture point of an input.
    func point(_ input: Int) -> Int { inputs.indices.contains(input) ? inputs[input].point : 0 }

    /// Time to live of what an address sends, where an input was recorded; `nil` where it sent nothing.
    func timeToLive(of address: IPAddress, at input: Int) -> UInt8? {
        let found = servers[Spot(point: point(input), address: address)]?.timeToLive ?? 0
        return found > 0 ? found : nil
    }

    /// True when an address sent something at any capture point.
    func isSeen(_ address: IPAddress) -> Bool {
        Set(inputs.map(\.point)).contains { servers[Spot(point: $0, address: address)]?.timeToLive ?? 0 > 0 }
    }

    /// Shortest round trip between the place where an input was recorded and a server, in nanoseconds; 0 when unknown.
    func roundTrip(to server: IPAddress, at input: Int) -> Int64 {
        servers[Spot(point: point(input), address: server)]?.roundTrip ?? 0
    }

    /// Notes what a conversation shows of the input that it is of.
    mutating func note(_ c: TCPConversation) {
        let hasBoth = c.fromClient.packets > 0 && c.fromServer.packets > 0
        noteDirections(
            Int(c.input),
            hasBoth: hasBoth,
            at: c.lastTime,
            proof: hasBoth
                ? nil
                : c.provesMissingReply ? (c.proof, true) : c.provesMissingRequest ? (c.proof, false) : nil
        )
        if !c.syns.isEmpty, inputs.indices.contains(Int(c.input)) { inputs[Int(c.input)].hasRequests = true }
        let server = Spot(point: point(Int(c.input)), address: c.server)
        guard hasBoth || c.provesMissingReply || c.fromServer.timeToLive > 0 || c.handshakeRTT > 0 else { return }
        servers[server, default: Server()].note(
            hasBoth: hasBoth,
            provesMissingReply: c.provesMissingReply,
            timeToLive: c.fromServer.timeToLive,
            roundTrip: c.handshakeRTT,
            &counts,
            limit: Self.limit
        )
    }

    /// Notes what a conversation without anything unusual shows of the only input, and what became of it.
    mutating func note(_ ending: PlainEnding) {
        noteDirections(0, hasBoth: true, at: ending.lastTime, proof: nil)
        inputs[0].hasRequests = true
        servers[Spot(point: point(0), address: ending.server), default: Server()].note(
            hasBoth: true,
            provesMissingReply: false,
            timeToLive: ending.serverTimeToLive,
            roundTrip: ending.handshakeRTT,
            &counts,
            limit: Self.limit
        )
        noteOpen(ending.client, Service(address: ending.server, port: ending.serverPort))
    }

    /// Notes what became of a conversation, in the addresses that its asker uses.
    mutating func noteOutcome(_ c: TCPConversation, _ judgement: Judgement) {
        let service = Service(address: c.server, port: c.serverPort)
        if judgement.verdict == .open || judgement.verdict == .lossy { noteOpen(c.client, service) }
        if ScanDetector.hasToolMarks(c) { noteProbe(c.client, service) }
    }

    /// Notes what a conversation shows of the input that it is of.
    mutating func note(_ c: DatagramConversation) {
        let hasBoth = c.requests.total > 0 && c.replies.total > 0
        noteDirections(Int(c.input), hasBoth: hasBoth, at: c.lastTime, proof: nil)
        if !c.isEcho, datagramReceivers.count < Self.limit {
            datagramReceivers.insert(Service(address: c.server, port: c.serverPort))
        }
    }

    /// Notes what became of a conversation, in the addresses that its asker uses.
    mutating func noteOutcome(_ c: DatagramConversation, isOpen: Bool) {
        if isOpen { noteOpen(c.client, Service(address: c.server, port: c.serverPort)) }
    }

    private mutating func noteDirections(
        _ input: Int,
        hasBoth: Bool,
        at time: Instant,
        proof: (FrameReference, isMissingReply: Bool)?
    ) {
        guard inputs.indices.contains(input) else { return }
        if hasBoth {
            inputs[input].twoWay += 1
            inputs[input].lastTwoWay = max(inputs[input].lastTwoWay, time)
        } else if let proof {
            let isFirst = inputs[input].missingReplies + inputs[input].missingRequests == 0
            if isFirst || proof.0.time < inputs[input].firstProof.time { inputs[input].firstProof = proof.0 }
            if proof.isMissingReply {
                inputs[input].missingReplies += 1
            } else {
                inputs[input].missingRequests += 1
            }
        }
    }

    private mutating func noteOpen(_ asker: IPAddress, _ service: Service) {
        guard openAskers.count < Self.askerLimit || openAskers[asker] != nil else { return }
        openAskers[asker, default: Asker()].reach(service)
    }

    private mutating func noteProbe(_ asker: IPAddress, _ service: Service) {
        guard openAskers.count < Self.askerLimit || openAskers[asker] != nil else { return }
        if openAskers[asker]?.toolProbes.count ?? 0 < 64 {
            openAskers[asker, default: Asker()].toolProbes.insert(service)
        }
    }

    /// True for a server of which only one direction was recorded.
    func isHalfRecorded(_ server: IPAddress, at input: Int) -> Bool {
        let spot = Spot(point: point(input), address: server)
        guard let found = servers[spot] else { return false }
        return found.isHalfRecorded && !found.isFullyRecorded
    }

    /// True when somebody sent a datagram to an endpoint: the answer may come from another address or port.
    func receivesDatagrams(_ address: IPAddress, _ port: UInt16) -> Bool {
        datagramReceivers.contains(Service(address: address, port: port))
    }

    /// Conversations of which both directions were seen, where an input was recorded.
    func twoWay(at input: Int) -> Int {
        let point = point(input)
        return inputs.reduce(0) { $0 + ($1.point == point ? $1.twoWay : 0) }
    }

    func sidedness(_ input: Int) -> Sidedness {
        guard inputs.indices.contains(input), inputs[input].proofs > 0 else { return .both }
        let facts = inputs[input]
        if facts.twoWay == 0 { return .one }
        if facts.firstProof.time > facts.lastTwoWay { return .oneAfter(facts.lastTwoWay) }
        return Double(facts.proofs) >= 0.2 * Double(facts.proofs + facts.twoWay) ? .partly : .both
    }
}
