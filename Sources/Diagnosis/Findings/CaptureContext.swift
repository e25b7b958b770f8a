import Packets
import RoadblockCore

/// What the healthy part of the inputs shows: the ground on which silence and resets are judged.
struct CaptureContext: Sendable {
    /// What one input proves of the directions it holds.
    struct Input: Sendable {
        /// Conversations of which both directions were seen.
        var twoWay = 0
        var lastTwoWay = Instant(nanoseconds: .min)
        /// Conversations that prove answers, or requests, which the input lacks.
        var proofs = 0
        var firstProof: FrameReference = .none
        var lacksReplies = false
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
    private(set) var halfRecordedServers: Set<IPAddress> = []
    /// Time to live of packets that no reset made, by sender and input.
    private(set) var timesToLive: [IPAddress: UInt8] = [:]

    /// Shortest handshake round trip in nanoseconds, by server.
    private(set) var roundTrips: [IPAddress: Int64] = [:]

    private static let limit = 65_536

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
        let hasBoth = c.fromClient.packets > 0 && (c.fromServer.packets > 0 || c.error.exists)
        noteDirections(
            Int(c.input),
            hasBoth: hasBoth,
            at: c.lastTime,
            proof: hasBoth
                ? nil
                : c.provesMissingReply ? (c.proof, true) : c.provesMissingRequest ? (c.proof, false) : nil
        )
        if !hasBoth, c.provesMissingReply || c.provesMissingRequest, halfRecordedServers.count < Self.limit {
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
        let hasBoth = c.requests.total > 0 && (c.replies.total > 0 || c.error.exists)
        noteDirections(Int(c.input), hasBoth: hasBoth, at: c.lastTime, proof: nil)
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
            if inputs[input].proofs == 0 || proof.0.time < inputs[input].firstProof.time {
                inputs[input].firstProof = proof.0
            }
            inputs[input].proofs += 1
            inputs[input].lacksReplies = inputs[input].lacksReplies || proof.isMissingReply
        }
    }

    private mutating func noteOpen(_ asker: IPAddress, _ service: Service) {
        if openServices.count < Self.limit || openServices[service] != nil { openServices[service, default: 0] += 1 }
        guard openAskers.count < Self.limit || openAskers[asker] != nil else { return }
        openAskers[asker, default: Asker()].conversations += 1
        if openAskers[asker]?.services.count ?? 0 < 64 { openAskers[asker]?.services.insert(service) }
    }

    private mutating func noteProbe(_ asker: IPAddress, _ service: Service) {
        guard openAskers.count < Self.limit || openAskers[asker] != nil else { return }
        if openAskers[asker]?.toolProbes.count ?? 0 < 64 {
            openAskers[asker, default: Asker()].toolProbes.insert(service)
        }
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
