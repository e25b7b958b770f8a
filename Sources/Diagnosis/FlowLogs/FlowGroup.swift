import LogFormats
import Packets

/// What ended in one way between one asker and one service.
struct FlowGroup: TupleKeyed, Sendable {
    /// Asker, service, and the fate as its kind.
    var key: FlowTuple
    /// Starts of the first and of the newest record that count.
    var first = UInt32.max
    var last: UInt32 = 0
    var conversations: UInt32 = 0
    var records: UInt32 = 0
    var packets: UInt32 = 0
    var bytes: UInt64 = 0
    private var minutes = BusiestMinute<3>()
    /// The first and the last record that prove the fate, and one that was accepted.
    var proof = FlowProof()
    var lastProof = FlowProof()
    var acceptedProof = FlowProof()
    /// Where the proof was recorded, and another interface on the way.
    var interface: Int32 = 0
    var otherInterface: Int32 = 0
    var reason: Int32 = 0
    var sourcePort: UInt16 = 0
    var marks: Marks = []
    /// The firewall whose log it is, how it refused, by which rule of which device.
    var firewall: FirewallKind?
    var refusal = FirewallRecord.Action.unknown
    var rule: Int32 = 0
    var device: Int32 = 0
    /// All that refused, of which the above is the one with most records.
    var sites = RefusalSites()
    /// The firewalls whose logs tell that the request was let through, and a third interface on the way.
    var passer: FirewallKind?
    var otherPasser: FirewallKind?
    var thirdInterface: Int32 = 0

    struct Marks: OptionSet, Sendable {
        var rawValue: UInt16
        /// Source ports differ.
        static let manySourcePorts = Marks(rawValue: 1)
        /// A request was told by its flags.
        static let hasSYN = Marks(rawValue: 2)
        /// Records were lost in AWS while an answer was missing; and some answer was missing without that.
        static let inGap = Marks(rawValue: 4)
        static let outsideGap = Marks(rawValue: 8)
        /// The refused packets came from the server's side.
        static let fromServer = Marks(rawValue: 16)
        /// All SYNs were accepted in the last window of the log.
        static let inLastWindow = Marks(rawValue: 32)
        /// Silence was told by sizes, not by flags.
        static let withoutFlags = Marks(rawValue: 64)
        /// Several rules of a firewall refused.
        static let manyRules = Marks(rawValue: 128)
        /// A load balancer waited no longer for a target than a connection may take, and longer.
        static let connecting = Marks(rawValue: 256)
        static let waiting = Marks(rawValue: 512)
    }

    init(_ key: FlowTuple) { self.key = key }

    var fate: FlowFate { FlowFate(rawValue: key.kind) ?? .accepted }

    /// The same asker and service, whatever the fate.
    var service: FlowTuple { key.with(kind: 0) }

    /// Counts records of one conversation that began at `first`.
    mutating func add(_ first: UInt32, _ last: UInt32, records: UInt32, packets: UInt32, bytes: UInt32, port: UInt16) {
        if conversations > 0, port != sourcePort { marks.insert(.manySourcePorts) }
        sourcePort = port
        conversations &+= 1
        self.records &+= records
        self.packets = saturatingSum(self.packets, Int(packets))
        self.bytes &+= UInt64(bytes)
        self.first = min(self.first, first)
        self.last = max(self.last, last)
        minutes.add(records, from: first, to: last)
    }

    /// SYNs that were sent, where the records tell: packets, or as many as there are records.
    var requests: UInt32 { max(records, packets) }

    /// Records in the busiest minute.
    var peak: UInt32 { minutes.most }

    mutating func prove(_ first: FlowProof, _ last: FlowProof) {
        if !proof.exists || first.time < proof.time { proof = first }
        if !lastProof.exists || last.time >= lastProof.time { lastProof = last }
    }

    /// Notes a rule that refused.
    mutating func noteRule(_ rule: Int32, _ device: Int32, _ refusal: FirewallRecord.Action, _ hasOthers: Bool) {
        if hasOthers || self.rule != 0 && rule != self.rule { marks.insert(.manyRules) }
        if self.rule == 0 { self.rule = rule }
        if device != 0 { self.device = device }
        self.refusal = refusal
    }

    /// Takes over what another group of the same asker and service counted.
    mutating func merge(_ other: FlowGroup) {
        if conversations > 0, other.sourcePort != sourcePort { marks.insert(.manySourcePorts) }
        sourcePort = other.sourcePort
        marks.formUnion(other.marks)
        conversations &+= other.conversations
        records &+= other.records
        packets = saturatingSum(packets, Int(other.packets))
        bytes &+= other.bytes
        first = min(first, other.first)
        last = max(last, other.last)
        minutes.most = max(minutes.most, other.minutes.most)
        if other.proof.exists { prove(other.proof, other.lastProof) }
        if !acceptedProof.exists {
            acceptedProof = other.acceptedProof
            if other.acceptedProof.exists { notePassage(of: other) }
        }
        if interface == 0 { interface = other.interface }
        if reason == 0 { reason = other.reason }
        if firewall == nil { firewall = other.firewall }
        if other.rule != 0 { noteRule(other.rule, other.device, other.refusal, false) }
        sites.merge(other.sites)
        nameDevice()
    }
}

/// The most records in one minute, told from the busiest minutes so far, in any order of time.
struct BusiestMinute<let size: Int>: Sendable {
    private var minutes = InlineArray<size, UInt32>(repeating: 0)
    private var counts = InlineArray<size, UInt32>(repeating: 0)
    var most: UInt32 = 0

    /// Adds records of one conversation: one in its first minute, one in its last, and the rest between them.
    mutating func add(_ records: UInt32, from first: UInt32, to last: UInt32) {
        let minutes = last > first ? last / 60 - first / 60 + 1 : 1
        guard minutes > 1, records > 1 else { return add(records, in: first / 60) }
        let each = max(1, records / minutes)
        var left = records
        for minute in 0..<min(minutes - 1, UInt32(size)) where left > each {
            add(each, in: first / 60 + minute)
            left -= each
            if each == 1, left == 1 { break }
        }
        add(min(left, each), in: last / 60)
    }

    /// Counts in the minute's place; a minute that has none takes that of the least busy, the oldest of them.
    private mutating func add(_ records: UInt32, in minute: UInt32) {
        var place = 0
        for index in 0..<size {
            if minutes[index] == minute {
                place = index
                break
            }
            if (counts[index], minutes[index]) < (counts[place], minutes[place]) { place = index }
        }
        if minutes[place] != minute {
            minutes[place] = minute
            counts[place] = 0
        }
        counts[place] &+= records
        most = max(most, counts[place])
    }
}

/// How fast one address was refused, whatever it asked for.
struct AskerRate: TupleKeyed, Sendable {
    var key: FlowTuple
    var minutes = BusiestMinute<8>()
}
