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
    /// Open conversations by service, by asker, and by pair.
    private(set) var openServices: [Service: Int] = [:]
    private(set) var openAskers: [IPAddress: Asker] = [:]
    /// Servers of which a half-recorded conversation was seen.
    private var halfRecordedServers: Set<Spot> = []
    private var fullyRecordedServers: Set<Spot> = []
    /// Endpoints that some datagram was sent to by somebody who was not asked there.
    private var datagramReceivers: Set<Service> = []
    /// Time to live of packets that no reset made, by their sender.
    private var timesToLive: [Spot: UInt8] = [:]

    /// Shortest handshake round trip in nanoseconds, by server.
    private var roundTrips: [Spot: Int64] = [:]

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
        /// Distinct open services, up to 64.
        var services: Set<Service> = []
    }

    init(inputCount: Int) { inputs = Array(repeating: Input(), count: inputCount) }

    /// The capture point of an input.
    func point(_ input: Int) -> Int { inputs.indices.contains(input) ? inputs[input].point : 0 }

    /// Time to live of what an address sends, where an input was recorded; `nil` where it sent nothing.
    func timeToLive(of address: IPAddress, at input: Int) -> UInt8? {
        timesToLive[Spot(point: point(input), address: address)]
    }

    /// True when an address sent something at any capture point.
    func isSeen(_ address: IPAddress) -> Bool {
        Set(inputs.map(\.point)).contains { timesToLive[Spot(point: $0, address: address)] != nil }
    }

    /// Shortest round trip between the place where an input was recorded and a server, in nanoseconds; 0 when unknown.
    func roundTrip(to server: IPAddress, at input: Int) -> Int64 {
        roundTrips[Spot(point: point(input), address: server)] ?? 0
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
        if hasBoth {
            if fullyRecordedServers.count < Self.limit { fullyRecordedServers.insert(server) }
        } else if c.provesMissingReply, halfRecordedServers.count < Self.limit {
            halfRecordedServers.insert(server)
        }
        if c.fromServer.timeToLive > 0, timesToLive.count < Self.limit { timesToLive[server] = c.fromServer.timeToLive }
        if c.handshakeRTT > 0, roundTrips.count < Self.limit {
            roundTrips[server] = min(roundTrips[server] ?? .max, c.handshakeRTT)
        }
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
        if openServices.count < Self.limit || openServices[service] != nil { openServices[service, default: 0] += 1 }
        guard openAskers.count < Self.askerLimit || openAskers[asker] != nil else { return }
        openAskers[asker, default: Asker()].conversations += 1
        if openAskers[asker]?.services.count ?? 0 < 64 { openAskers[asker]?.services.insert(service) }
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
        return halfRecordedServers.contains(spot) && !fullyRecordedServers.contains(spot)
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
