import LogFormats

/// A record of a log, as evidence cites it.
struct FlowProof: Sendable {
    /// From 1; 0 stands for no record.
    var line: UInt32 = 0
    /// Start of the record, in seconds since 1970.
    var time: UInt32 = 0
    var input: UInt16 = 0

    var exists: Bool { line != 0 }

    /// Earlier, and at the same time the one that comes first in the inputs.
    static func < (a: FlowProof, b: FlowProof) -> Bool { (a.time, a.input, a.line) < (b.time, b.input, b.line) }
}

/// Whether TCP flags are known of the records that were summed up.
struct FlagMarks: OptionSet, Sendable {
    var rawValue: UInt8

    static let known = FlagMarks(rawValue: 1)
    static let unknown = FlagMarks(rawValue: 2)
    /// A record with SYN and without its acknowledgment: somebody asked.
    static let hasRequest = FlagMarks(rawValue: 4)
    /// A record without SYN: a connection went on, or ended.
    static let hasOther = FlagMarks(rawValue: 8)
    /// A record that does not say how many bytes it stands for.
    static let hasNoSize = FlagMarks(rawValue: 16)
    /// A record whose packets are SYNs by their size, and one whose packets are larger.
    static let hasSYNSized = FlagMarks(rawValue: 32)
    static let hasLarge = FlagMarks(rawValue: 64)
    /// A record of small packets, or without sizes.
    static let hasSmall = FlagMarks(rawValue: 128)

    /// True where the flags of all records are known.
    var areKnown: Bool { contains(.known) && !contains(.unknown) }

    @inline(__always)
    init(rawValue: UInt8) { self.rawValue = rawValue }

    @inline(__always)
    init(_ flags: UInt8?) {
        guard let flags else {
            self = .unknown
            return
        }
        self = flags & 18 == 2 ? [.known, .hasRequest] : flags & 2 == 0 ? [.known, .hasOther] : .known
    }
}

/// What was accepted of one direction of a five-tuple; counts and sums are those of the interface that came first, since
/// each interface on the way records the same packets.
struct AcceptedWay: Sendable {
    /// Starts of the first and of the newest record, and the newest end.
    var first = UInt32.max
    var last: UInt32 = 0
    var end: UInt32 = 0
    var records: UInt32 = 0
    var packets: UInt32 = 0
    var bytes: UInt32 = 0
    var interface: Int32 = 0
    /// A second interface on the way, whose windows may cut the packets into more records.
    var otherInterface: Int32 = 0
    var otherRecords: UInt32 = 0
    /// The device of the first interface, as a firewall's log names it.
    var device: Int32 = 0
    var line: UInt32 = 0
    var lastLine: UInt32 = 0
    var input: UInt16 = 0
    var lastInput: UInt16 = 0
    var flags: UInt8 = 0
    var marks: FlagMarks = []
    /// The firewalls whose logs tell of the two interfaces.
    var firewall: FirewallKind?
    var otherFirewall: FirewallKind?

    var exists: Bool { records > 0 }
    var proof: FlowProof { FlowProof(line: line, time: first, input: input) }
    var lastProof: FlowProof { FlowProof(line: lastLine, time: last, input: lastInput) }

    @inline(__always)
    mutating func add(_ record: borrowing FlowRecord, _ start: UInt32, _ recordEnd: UInt32, input: Int) {
        if records == 0 {
            interface = record.interface
            (firewall, device) = (record.firewall, record.device)
        } else if record.interface != interface, otherInterface == 0 {
            otherInterface = record.interface
            otherFirewall = record.firewall
        }
        if start < first {
            first = start
            line = UInt32(clamping: record.line)
            self.input = UInt16(truncatingIfNeeded: input)
        }
        if start >= last {
            last = start
            lastLine = UInt32(clamping: record.line)
            lastInput = UInt16(truncatingIfNeeded: input)
        }
        end = max(end, recordEnd)
        flags |= record.tcpFlags ?? 0
        marks.formUnion(FlagMarks(record.tcpFlags))
        if record.bytes == nil { marks.insert(.hasNoSize) }
        guard record.interface == interface else {
            if record.interface == otherInterface { otherRecords &+= 1 }
            return
        }
        records &+= 1
        packets = saturatingSum(packets, record.packets)
        bytes = saturatingSum(bytes, record.bytes)
    }

    /// Adds what another part of the same conversation counted.
    mutating func merge(_ other: AcceptedWay) {
        guard other.exists else { return }
        guard exists else {
            self = other
            return
        }
        if other.first < first {
            first = other.first
            line = other.line
            input = other.input
        }
        if other.last >= last {
            last = other.last
            lastLine = other.lastLine
            lastInput = other.lastInput
        }
        end = max(end, other.end)
        flags |= other.flags
        marks.formUnion(other.marks)
        if other.interface == interface {
            records &+= other.records
            packets = saturatingSum(packets, Int(other.packets))
            bytes = saturatingSum(bytes, Int(other.bytes))
        } else if otherInterface == 0 || otherInterface == other.interface {
            otherInterface = other.interface
            otherFirewall = other.firewall
            otherRecords &+= other.records
        }
    }

    /// True where the packets can all be SYNs, by their size.
    var isSYNSized: Bool { marks.contains(.hasNoSize) || packets <= 1 || bytes <= packets &* 100 }

    /// What the sizes of the packets say they are.
    func shape(isIPv6: Bool) -> PacketShape {
        marks.contains(.hasNoSize) ? .unknown : PacketShape(packets: packets, bytes: bytes, isIPv6: isIPv6)
    }

    /// Records at the interface that has most.
    var mostRecords: UInt32 { max(records, otherRecords) }

    /// True when an interface recorded packets of this direction as accepted.
    func isAccepted(at place: Int32) -> Bool { exists && (interface == place || otherInterface == place) }
}

/// What was refused of one direction of a five-tuple.
struct RejectedWay: Sendable {
    var first = UInt32.max
    var last: UInt32 = 0
    var records: UInt32 = 0
    var packets: UInt32 = 0
    var bytes: UInt32 = 0
    /// Where the last record that came was made.
    var interface: Int32 = 0
    var flags: UInt8 = 0
    var marks: FlagMarks = []
    /// Who refused, and by which rules.
    var sites = RefusalSites()

    var exists: Bool { records > 0 }
    /// True where all packets are SYNs by their size.
    var isAllSYNs: Bool { marks.contains(.hasSYNSized) && marks.isDisjoint(with: [.hasLarge, .hasSmall]) }

    @inline(__always)
    mutating func add(_ record: borrowing FlowRecord, _ start: UInt32, isIPv6: Bool, input: Int) {
        first = min(first, start)
        last = max(last, start)
        interface = record.interface
        sites.add(RefusalSite(record, start, input: input))
        records &+= 1
        packets = saturatingSum(packets, record.packets)
        bytes = saturatingSum(bytes, record.bytes)
        flags |= record.tcpFlags ?? 0
        marks.formUnion(FlagMarks(record.tcpFlags))
        let size = PacketShape(
            packets: UInt32(clamping: record.packets ?? 0),
            bytes: UInt32(clamping: record.bytes ?? 0),
            isIPv6: isIPv6
        )
        switch size {
        case .synSized: marks.insert(.hasSYNSized)
        case .other: marks.insert(.hasLarge)
        case .small: marks.insert(.hasSmall)
        case .unknown: marks.formUnion([.hasSmall, .hasNoSize])
        }
    }
}

/// What TCP packets can be, told by how long they are on average: headers, and the options that systems use.
enum PacketShape: Sendable {
    /// 53 to 66 bytes (IPv6: 73 to 86): SYNs with the options of today's systems.
    case synSized
    /// 40 to 52 bytes (IPv6: 60 to 72): acknowledgments, FINs and resets, but also SYNs with few options.
    case small
    /// More than that, or sizes that are not known.
    case other, unknown

    init(packets: UInt32, bytes: UInt32, isIPv6: Bool) {
        let (packets, headers) = (UInt64(packets), isIPv6 ? 60 as UInt64 : 40)
        let bytes = UInt64(bytes)
        if packets == 0 {
            self = .unknown
        } else if bytes < packets * headers || bytes > packets * (headers + 26) {
            self = .other
        } else {
            self = bytes > packets * (headers + 12) ? .synSized : .small
        }
    }
}

extension RejectedWay {
    /// What counts as refused: where several devices tell of the same packets, what the one with most records tells.
    var counted: (records: UInt32, packets: UInt32, bytes: UInt32) {
        guard let site = sites.counted else { return (records, packets, bytes) }
        return (site.records, site.packets, site.bytes)
    }

    /// Adds what another part of the same conversation counted.
    mutating func merge(_ other: RejectedWay) {
        guard other.exists else { return }
        guard exists else {
            self = other
            return
        }
        first = min(first, other.first)
        last = max(last, other.last)
        sites.merge(other.sites)
        records &+= other.records
        packets = saturatingSum(packets, Int(other.packets))
        bytes = saturatingSum(bytes, Int(other.bytes))
        flags |= other.flags
        marks.formUnion(other.marks)
    }
}

/// The refused records of one conversation, kept apart since few conversations have any.
struct RejectedPair: Sendable {
    var forward = RejectedWay()
    var backward = RejectedWay()

    var first: UInt32 { min(forward.first, backward.first) }
}

/// One five-tuple while it lives: what was accepted each way, and where its refusals are.
struct FlowConversation: TupleKeyed, Sendable {
    var key: FlowTuple
    /// From the lower end to the upper one, and back.
    var forward = AcceptedWay()
    var backward = AcceptedWay()
    /// The refusals' place; -1 for none.
    var rejects: Int32 = -1
    /// Starts of the first and of the newest record.
    var first: UInt32
    var last: UInt32
    /// Hashes of the newest records, by which copies are known.
    var prints = InlineArray<4, UInt32>(repeating: 0)
    var printPlace: UInt8 = 0
    /// The input of the newest record.
    var input: UInt16 = 0
    /// When it arrived, counted in records.
    var arrival: UInt32 = 0
    /// There were others with the same key, at other times.
    var hasTwins = false
    /// It was added to one of them.
    var isAbsorbed = false
    /// Who asked, where a firewall's log tells of whole connections.
    var asker = Asker.untold
    /// The firewall whose log tells of it.
    var firewall: FirewallKind?

    enum Asker: UInt8, Sendable {
        case untold, lower, upper
    }

    /// True where a record with this hash is among the newest ones.
    @inline(__always)
    func knows(_ print: UInt32) -> Bool {
        prints[0] == print || prints[1] == print || prints[2] == print || prints[3] == print
    }

    @inline(__always)
    mutating func remember(_ print: UInt32) {
        prints[Int(printPlace & 3)] = print
        printPlace &+= 1
    }
}

/// A sum that stays at the largest number instead of starting again.
@inline(__always)
func saturatingSum(_ sum: UInt32, _ more: Int?) -> UInt32 {
    let (result, overflow) = sum.addingReportingOverflow(UInt32(clamping: more ?? 0))
    return overflow ? .max : result
}
