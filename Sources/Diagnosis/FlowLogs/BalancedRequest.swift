import LogFormats
import Packets

/// One request to a load balancer, as its log tells of it: who asked whom, and what became of it.
///
/// Towards the target the load balancer asks, whoever its client is: its clients' requests are one group.
struct BalancedRequest {
    /// Asker and service; `nil` where nobody was asked.
    let key: FlowTuple?
    let fate: FlowFate
    let proof: FlowProof
    /// The client's, where the client is the asker.
    let sourcePort: UInt16
    /// The target group, and the load balancer, as texts.
    let targetGroup: Int32
    let balancer: Int32
    let marks: FlowGroup.Marks

    /// Reads a record; `nil` where its addresses are more than the book holds.
    init?(
        _ record: borrowing FlowRecord,
        _ reading: LoadBalancerReading,
        _ proof: FlowProof,
        _ book: inout AddressBook
    ) {
        self.proof = proof
        balancer = record.device
        targetGroup = record.rule
        let own = AddressBook.code(balancer: record.device)
        let folded = AddressBook.code(balancer: 0)
        let port = record.destinationPort ?? 0
        let isFromClient = reading == .rejected
        sourcePort = isFromClient ? record.sourcePort ?? 0 : 0
        switch reading {
        case .silent: marks = [.outsideGap, .connecting]
        case .slow: marks = [.outsideGap, .waiting]
        default: marks = .outsideGap
        }
        switch reading {
        case .answeredItself, .failed:
            (fate, key) = (.accepted, nil)
            return
        case .answered: fate = .accepted
        case .refused: fate = .refused
        case .closed: fate = .closed
        case .silent, .slow: fate = .unanswered
        case .noTarget: fate = .noTarget
        case .clientGone: fate = .clientGone
        case .rejected: fate = .rejected
        }
        switch reading {
        case .noTarget, .clientGone: key = FlowTuple.service(folded, own, port, IPProtocol.tcp)
        case .rejected:
            guard let client = record.source.flatMap({ book.code($0) }) else { return nil }
            key = FlowTuple.service(client, own, port, IPProtocol.tcp)
        default:
            guard let address = record.destination else {
                // A Lambda function answered, or one instance of those of a Classic Load Balancer did not.
                key = fate == .accepted ? nil : FlowTuple.service(own, own, 0, IPProtocol.tcp)
                return
            }
            guard let target = book.code(address) else { return nil }
            key = FlowTuple.service(own, target, port, IPProtocol.tcp)
        }
    }
}

extension FlowGroup {
    mutating func add(_ request: BalancedRequest) {
        let time = request.proof.time
        add(time, time, records: 1, packets: 0, bytes: 0, port: request.sourcePort)
        prove(request.proof, request.proof)
        marks.formUnion(request.marks)
        firewall = .loadBalancer
        if request.targetGroup != 0 { noteRule(request.targetGroup, request.balancer, .unknown, false) }
        device = request.balancer
    }

    /// True for what a load balancer's log tells.
    var isBalanced: Bool { firewall == .loadBalancer }

    /// What a load balancer's log says of a request; `nil` for what other logs tell, and for what was answered.
    var balancedJudgement: Judgement? {
        guard isBalanced else { return nil }
        switch fate {
        case .refused: return Judgement(.refusedRST, .likely)
        case .closed: return Judgement(.resetByServer, .weak)
        case .unanswered where marks.contains(.connecting): return Judgement(.unansweredSYN, .likely)
        case .unanswered: return Judgement(.unansweredRequest, .weak)
        case .rejected: return Judgement(.rejected, .certain)
        // Of the catalogue's names the one for a request behind which nothing was seen.
        case .noTarget: return Judgement(.oneWayClient, .likely)
        case .clientGone: return Judgement(.clientAbortedBeforeAnswer, .likely)
        default: return nil
        }
    }
}

extension AddressBook {
    /// The end that a code stands for, as far as it has an address and a name.
    func endpoint(_ code: UInt64, _ names: EndpointNames, _ text: (Int32) -> String) -> Finding.Endpoint {
        guard let balancer = AddressBook.balancer(code) else {
            let address = address(code)
            return Finding.Endpoint(address: address, name: names.address(address))
        }
        let name = text(balancer)
        return Finding.Endpoint(address: nil, name: name.isEmpty ? nil : name)
    }
}
