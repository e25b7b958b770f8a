import Packets

/// Which end of a conversation serves, told by what else its ends do, for logs without TCP flags.
///
/// One record alone tells by its ports: the lower or the registered one is the service's. Where a load balancer's ports
/// begin at 1024, or a service has a port of the ephemeral range, that is wrong now and then; an end that many ports of
/// others meet in serves.
struct PortRoles: ~Copyable {
    /// Ends, an address with a port, that are counted.
    private static let limit = 1 << 18
    /// Conversations of an end from which on it tells something.
    private static let crowd: UInt32 = 3

    /// What was seen of an end.
    private struct End: TupleKeyed {
        var key: FlowTuple
        /// Accepted conversations between two ports of which neither says anything.
        var accepted: UInt32 = 0
        /// Conversations of which something was refused, and those of them whose packets the end sent.
        var refused: UInt32 = 0
        var sent: UInt32 = 0
        /// The other end of the first of these.
        var peer: UInt64 = 0
        var peerPort: UInt16 = 0
        var hasOtherPeers = false
        var hasOtherPorts = false
        /// Others' ports below 1024, and whether there was one above its own.
        var lowPorts: UInt16 = 0
        /// The lowest of others' ports.
        var lowestPort = UInt16.max
        var hasHigherPorts = false
    }

    /// What was seen of an address that sent refused packets between ports of which neither says anything.
    private struct Sender: TupleKeyed {
        var key: FlowTuple
        var conversations: UInt32 = 0
        var ownPorts = RoughCount()
        var targets = RoughCount()
    }

    /// Which packets of a conversation were refused.
    enum Refusal {
        case none
        /// Those of one end, and nothing was accepted.
        case only(lowerSent: Bool)
        /// Some, beside accepted ones or those of the other end.
        case beside

        var isAny: Bool {
            if case .none = self { false } else { true }
        }
    }

    private var ends = TupleTable<End>()
    private var senders = TupleTable<Sender>()

    /// Own ports, and targets, of one who sweeps.
    private static let sweepPorts = 8
    private static let sweepTargets = ScanDetector.targetLimit

    /// Counts an accepted conversation whose ports say nothing.
    mutating func noteAccepted(_ key: FlowTuple) {
        for isLower in [true, false] {
            guard let place = place(PortRoles.end(key, isLower)) else { continue }
            ends[place].accepted &+= 1
        }
    }

    /// Counts a conversation of which something was refused, when it begins.
    mutating func noteRefused(_ key: FlowTuple, lowerSent: Bool, isInside: (UInt64) -> Bool) {
        guard key.lowerPort != key.upperPort else { return }
        note(key, isLower: true, sent: lowerSent)
        note(key, isLower: false, sent: !lowerSent)
        guard FlowJudge.isAmbiguous(key), !PortRoles.isFromOutside(key, lowerSent, isInside) else { return }
        let (sender, target) = (PortRoles.end(key, lowerSent), PortRoles.end(key, !lowerSent))
        let address = PortRoles.sender(sender)
        guard
            let place = senders.index(of: address)
                ?? (senders.count < PortRoles.limit ? senders.append(Sender(key: address)) : nil)
        else { return }
        senders[place].conversations &+= 1
        senders[place].ownPorts.note(UInt64(sender.upperPort))
        senders[place].targets.note(target.mixed)
    }

    /// True for packets from an address of the internet to one that is not.
    private static func isFromOutside(_ key: FlowTuple, _ lowerSent: Bool, _ isInside: (UInt64) -> Bool) -> Bool {
        isInside(lowerSent ? key.upper : key.lower) && !isInside(lowerSent ? key.lower : key.upper)
    }

    private mutating func note(_ key: FlowTuple, isLower: Bool, sent: Bool) {
        guard let place = place(PortRoles.end(key, isLower)) else { return }
        let (peer, peerPort) = isLower ? (key.upper, key.upperPort) : (key.lower, key.lowerPort)
        if ends[place].refused == 0 {
            ends[place].peer = peer
            ends[place].peerPort = peerPort
        }
        ends[place].refused &+= 1
        if sent { ends[place].sent &+= 1 }
        if ends[place].peer != peer { ends[place].hasOtherPeers = true }
        if ends[place].peerPort != peerPort { ends[place].hasOtherPorts = true }
        ends[place].lowestPort = min(ends[place].lowestPort, peerPort)
        if peerPort < 1024, ends[place].lowPorts < .max { ends[place].lowPorts += 1 }
        if peerPort > (isLower ? key.lowerPort : key.upperPort) { ends[place].hasHigherPorts = true }
    }

    /// True when the lower end asked; `nil` where the ports have to tell.
    func lowerAsked(_ key: FlowTuple, _ refusal: Refusal, isInside: (UInt64) -> Bool) -> Bool? {
        if case .only(let lowerSent) = refusal, FlowJudge.isAmbiguous(key) {
            let sender = PortRoles.end(key, lowerSent)
            if PortRoles.isFromOutside(key, lowerSent, isInside) ? !answers(sender) : sweeps(sender) {
                return lowerSent
            }
        }
        if refusal.isAny, let lower = end(key, true), let upper = end(key, false) {
            let (lowerScans, upperScans) = (PortRoles.scans(lower), PortRoles.scans(upper))
            if lowerScans != upperScans { return lowerScans }
            if PortRoles.isCrowded(lower, beside: upper), lower.sent == 0 || isInside(key.lower) { return false }
            if PortRoles.isCrowded(upper, beside: lower), upper.sent == 0 || isInside(key.upper) { return true }
        }
        guard FlowJudge.isUnclear(key), let lower = end(key, true), let upper = end(key, false),
            lower.accepted != upper.accepted
        else { return nil }
        return lower.accepted < upper.accepted
    }

    /// True for an end of one who sends from many ports to many targets; who answers does so from one.
    private func sweeps(_ end: FlowTuple) -> Bool {
        guard let place = senders.index(of: PortRoles.sender(end)) else { return false }
        let sender = senders[place]
        guard sender.ownPorts.atLeast(PortRoles.sweepPorts), sender.targets.atLeast(PortRoles.sweepTargets) else {
            return false
        }
        // A service's port comes again and again; one that was drawn at random hardly does.
        let own = ends.index(of: end).map { ends[$0].refused } ?? 0
        return own <= 3 || UInt64(own) * 64 <= UInt64(sender.conversations)
    }

    /// True for an end from which several ports were sent to that clients use, all above its own.
    private func answers(_ end: FlowTuple) -> Bool {
        guard let place = ends.index(of: end) else { return false }
        let lowest = ends[place].lowestPort
        return ends[place].refused >= PortRoles.crowd && ends[place].hasOtherPorts && lowest >= 32_768
            && lowest > end.upperPort
    }

    /// True for an end that sends from one port to the same port of many hosts, or to ports that no client has.
    private static func scans(_ end: End) -> Bool {
        guard end.sent == end.refused else { return false }
        // UDP services of a few kinds answer from one port to one port of all their clients.
        let isTCP = end.key.protocolNumber == IPProtocol.tcp
        if isTCP, end.refused >= UInt32(ScanDetector.targetLimit), end.hasOtherPeers, !end.hasOtherPorts { return true }
        return end.key.upperPort >= 32_768 && end.lowPorts >= 2
    }

    /// True for an end in which the ports of others meet, as in a service's.
    private static func isCrowded(_ end: End, beside other: End) -> Bool {
        guard end.refused >= crowd, end.refused / crowd >= other.refused, end.hasOtherPorts else { return false }
        if end.lowPorts == 0 { return end.hasHigherPorts }
        // Clients with the rights of the system, as those of NFS, ask from ports below 1024.
        return end.sent == 0 && ServicePorts.isRegisteredService(end.key.upperPort)
    }

    private static func end(_ key: FlowTuple, _ isLower: Bool) -> FlowTuple {
        isLower
            ? FlowTuple.service(0, key.lower, key.lowerPort, key.protocolNumber)
            : FlowTuple.service(0, key.upper, key.upperPort, key.protocolNumber)
    }

    /// The address of an end, for all its ports.
    private static func sender(_ end: FlowTuple) -> FlowTuple { FlowTuple.service(0, end.upper, 0, end.protocolNumber) }

    private func end(_ key: FlowTuple, _ isLower: Bool) -> End? {
        ends.index(of: PortRoles.end(key, isLower)).map { ends[$0] }
    }

    private mutating func place(_ end: FlowTuple) -> Int? {
        ends.index(of: end) ?? (ends.count < PortRoles.limit ? ends.append(End(key: end)) : nil)
    }
}

/// About how many different numbers were seen, up to some fifty: one bit for each by its hash (linear counting).
private struct RoughCount {
    private var bits: UInt64 = 0

    mutating func note(_ number: UInt64) { bits |= 1 << ((number &* 0x9E37_79B9_7F4A_7C15) >> 58) }

    /// True for so many different numbers, of which some share a bit.
    func atLeast(_ count: Int) -> Bool { bits.nonzeroBitCount * 5 / 4 >= count }
}
