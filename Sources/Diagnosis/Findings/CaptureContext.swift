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

    var inputs: [Input]
    /// Open conversations by service, by asker, and by pair.
    private(set) var openServices: [Service: Int] = [:]
    private(set) var openAskers: [IPAddress: Asker] = [:]
    /// Servers of which a half-recorded conversation was seen.
    private var halfRecordedServers: Set<IPAddress> = []
    private var fullyRecordedServers: Set<IPAddress> = []
    /// Endpoints that some datagram was sent to by somebody who was not asked there.
    private var datagramReceivers: Set<Service> = []
    /// Time to live of packets that no reset made, by sender and input.
    private(set) var timesToLive: [IPAddress: UInt8] = [:]

    /// Shortest handshake round trip in nanoseconds, by server.
    private(set) var roundTrips: [IPAddress: Int64] = [:]

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

    mutating func note(_ c: TCPConversation, _ judgement: Judgement) {
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
        if hasBoth {
            if fullyRecordedServers.count < Self.limit { fullyRecordedServers.insert(c.server) }
        } else if c.provesMissingReply, halfRecordedServers.count < Self.limit {
            halfRecordedServers.insert(c.server)
        }
        if c.fromServer.timeToLive > 0, timesToLive.count < Self.limit {
            timesToLive[c.server] = c.fromServer.timeToLive
        }
        if c.handshakeRTT > 0, roundTrips.count < Self.limit {
            roundTrips[c.server] = min(roundTrips[c.server] ?? .max, c.handshakeRTT)
        }
        let service = Service(address: c.server, port: c.serverPort)
        if judgement.verdict == .open || judgement.verdict == .lossy { noteOpen(c.client, service) }
        if ScanDetector.hasToolMarks(c) { noteProbe(c.client, service) }
    }

    mutating func note(_ c: DatagramConversation, isOpen: Bool) {
        let hasBoth = c.requests.total > 0 && c.replies.total > 0
        noteDirections(Int(c.input), hasBoth: hasBoth, at: c.lastTime, proof: nil)
        if !c.isEcho, datagramReceivers.count < Self.limit {
            datagramReceivers.insert(Service(address: c.server, port: c.serverPort))
        }
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
    func isHalfRecorded(_ server: IPAddress) -> Bool {
        halfRecordedServers.contains(server) && !fullyRecordedServers.contains(server)
    }

    /// True when somebody sent a datagram to an endpoint: the answer may come from another address or port.
    func receivesDatagrams(_ address: IPAddress, _ port: UInt16) -> Bool {
        datagramReceivers.contains(Service(address: address, port: port))
    }

    /// Conversations of which both directions were seen, in all inputs.
    var twoWay: Int { inputs.reduce(0) { $0 + $1.twoWay } }

    func sidedness(_ input: Int) -> Sidedness {
        guard inputs.indices.contains(input), inputs[input].proofs > 0 else { return .both }
        let facts = inputs[input]
        if facts.twoWay == 0 { return .one }
        if facts.firstProof.time > facts.lastTwoWay { return .oneAfter(facts.lastTwoWay) }
        return Double(facts.proofs) >= 0.2 * Double(facts.proofs + facts.twoWay) ? .partly : .both
    }
}
