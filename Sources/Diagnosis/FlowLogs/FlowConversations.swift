import LogFormats
import Packets

/// The five-tuples that are alive, in bounded memory.
///
/// A conversation ends when nothing more is recorded of it for 15 minutes of record time, and is then judged. While there
/// is room it stays, so that requests and answers meet in any order of arrival.
struct FlowConversations: ~Copyable {
    /// Five-tuples that are kept at once.
    static let limit = 300_000
    /// Seconds of record time in which a request and its answer belong together.
    static let pairingTime: UInt32 = 900

    /// Seconds after which a SYN is no retry of the last one: pauses double up to 64 s (RFC 6298, section 5.5).
    private static let retryTime: UInt32 = 120
    /// Seconds that records come late in a log that is in the order of time.
    private static let orderSlack: UInt32 = 300
    /// Some records came later than that.
    private var isDisordered = false
    /// Seconds of silence after which packets of a SYN's size ask anew, in logs without flags.
    private static let askedAgainTime: UInt32 = 60

    /// Conversations of one five-tuple at different times that are kept at once.
    private static let twinLimit = 128

    private var table = TupleTable<FlowConversation>()
    private var pairs: [RejectedPair] = []
    private var freePairs: [Int32] = []
    private let limit: Int
    /// Newest start of a record, by input.
    private var newest: [UInt32] = []
    private var arrivals: UInt32 = 0
    /// Copies of records that were left out.
    private(set) var copies = 0

    init(limit: Int = FlowConversations.limit) { self.limit = limit }

    /// Takes a record whose ends are `source` and `destination` by their codes.
    @inline(__always)
    mutating func receive(
        _ record: borrowing FlowRecord,
        _ source: UInt64,
        _ destination: UInt64,
        isAccepted: Bool,
        input: Int,
        into ledger: inout FlowLedger
    ) {
        let number = record.assumedProtocol
        let hasPorts = number != IPProtocol.icmp && number != IPProtocol.icmpv6
        var (key, isForward) = FlowTuple.conversation(
            source,
            hasPorts ? record.sourcePort ?? 0 : 0,
            destination,
            hasPorts ? record.destinationPort ?? 0 : 0,
            number
        )
        let start = UInt32(clamping: record.start)
        // Equal ports, or none, are used again and again: what has no end of its own is cut by the clock.
        if key.lowerPort == key.upperPort || key.lowerPort == 0 || key.upperPort == 0 {
            key = key.with(kind: UInt8(truncatingIfNeeded: start / Self.pairingTime))
        }
        let print = print(record, isForward, isAccepted)
        guard let index = place(key, start, print, into: &ledger) else {
            copies &+= 1
            return
        }
        if isAccepted, isRestart(index, isForward, record, start) { end(index, into: &ledger) }
        if isAccepted, !table[index].forward.exists, !table[index].backward.exists { ledger.noteAccepted(key) }
        table[index].remember(print)
        note(index, start, input)
        if record.firewall != nil { noteFirewall(index, record, isForward) }
        if isAccepted {
            let recordEnd = max(start, UInt32(clamping: record.end))
            if isForward {
                table[index].forward.add(record, start, recordEnd, input: input)
            } else {
                table[index].backward.add(record, start, recordEnd, input: input)
            }
        } else {
            if table[index].rejects < 0 {
                table[index].rejects = makePair()
                if hasPorts, !record.isFromAsker, record.tcpFlags == nil || number != IPProtocol.tcp {
                    ledger.noteRefused(key, lowerSent: isForward)
                }
            }
            let pair = Int(table[index].rejects)
            if isForward {
                pairs[pair].forward.add(record, start, isIPv6: key.isIPv6, input: input)
            } else {
                pairs[pair].backward.add(record, start, isIPv6: key.isIPv6, input: input)
            }
        }
    }

    /// The place of a five-tuple, `nil` for a record that it has already; what came more than the pairing time before or
    /// after is another conversation.
    @inline(__always)
    private mutating func place(
        _ key: FlowTuple,
        _ start: UInt32,
        _ print: UInt32,
        into ledger: inout FlowLedger
    ) -> Int? {
        var found = -1
        var isCopy = false
        var twins = 0
        var twin = -1
        table.each(key) { index in
            let (first, last) = (table[index].first, table[index].last)
            let distance = start > last ? start &- last : first > start ? first &- start : 0
            if distance <= Self.pairingTime {
                if found < 0 { found = index }
                isCopy = isCopy || table[index].knows(print)
                return !table[index].hasTwins
            }
            twins += 1
            if twin < 0 || table[index].last < table[twin].last { twin = index }
            return false
        }
        if isCopy { return nil }
        if found >= 0 { return found }
        if twins >= Self.twinLimit {
            end(twin, into: &ledger)
            return twin
        }
        if table.count >= limit {
            makeRoom(into: &ledger)
            twin = -1
        }
        var conversation = FlowConversation(key: key, first: start, last: start)
        if twins > 0 {
            conversation.hasTwins = true
            if twin >= 0 { table[twin].hasTwins = true }
        }
        return table.append(conversation)
    }

    private mutating func noteFirewall(_ index: Int, _ record: borrowing FlowRecord, _ isForward: Bool) {
        table[index].firewall = record.firewall
        if record.isFromAsker, table[index].asker == .untold { table[index].asker = isForward ? .lower : .upper }
    }

    private mutating func note(_ index: Int, _ start: UInt32, _ input: Int) {
        table[index].first = min(table[index].first, start)
        table[index].last = max(table[index].last, start)
        table[index].input = UInt16(truncatingIfNeeded: input)
        arrivals &+= 1
        table[index].arrival = arrivals
        while newest.count <= input { newest.append(0) }
        if start > newest[input] {
            newest[input] = start
        } else if newest[input] - start > Self.orderSlack {
            isDisordered = true
        }
    }

    /// True for the begin of a new conversation under the same five-tuple: what an interface refused is accepted there
    /// again, or somebody asks anew after both directions were recorded.
    @inline(__always)
    private func isRestart(_ index: Int, _ isForward: Bool, _ record: borrowing FlowRecord, _ start: UInt32) -> Bool {
        if table[index].rejects >= 0 { return isAcceptedAgain(index, isForward, record, start) }
        let flags = record.tcpFlags
        let mayAsk = flags == nil ? record.assumedProtocol == IPProtocol.tcp : (flags ?? 0) & 18 == 2
        return mayAsk ? isAskedAgain(index, record, start) : false
    }

    private func isAskedAgain(_ index: Int, _ record: borrowing FlowRecord, _ start: UInt32) -> Bool {
        let (forward, backward) = (table[index].forward, table[index].backward)
        let end = max(forward.end, backward.end)
        guard forward.exists, backward.exists else {
            // Retries of a SYN are over by then; where records come in no order, its answer may be still to come.
            let asked = forward.exists ? forward : backward
            guard !isDisordered, asked.flags == 2, record.tcpFlags != nil, start > end else { return false }
            return start - end > Self.retryTime
        }
        if record.tcpFlags != nil { return start > end }
        guard start > end, start - end >= Self.askedAgainTime, let packets = record.packets, let bytes = record.bytes
        else {
            return false
        }
        let shape = PacketShape(
            packets: UInt32(clamping: packets),
            bytes: UInt32(clamping: bytes),
            isIPv6: table[index].key.isIPv6
        )
        return shape == .synSized
    }

    private func isAcceptedAgain(
        _ index: Int,
        _ isForward: Bool,
        _ record: borrowing FlowRecord,
        _ start: UInt32
    ) -> Bool {
        let pair = pairs[Int(table[index].rejects)]
        let refused = isForward ? pair.forward : pair.backward
        guard refused.exists, refused.interface == record.interface, start > refused.last else { return false }
        return record.tcpFlags.map { $0 & 2 != 0 } ?? (start - refused.last >= 30)
    }

    /// Judges a conversation and starts it anew in its place.
    private mutating func end(_ index: Int, into ledger: inout FlowLedger) {
        judge(index, .ended, into: &ledger)
        release(index)
        let hasTwins = table[index].hasTwins
        table[index] = FlowConversation(key: table[index].key, first: .max, last: 0)
        table[index].hasTwins = hasTwins
    }

    private mutating func judge(_ index: Int, _ ending: FlowEnding, into ledger: inout FlowLedger) {
        let pair = table[index].rejects
        ledger.take(table[index], pair < 0 ? nil : pairs[Int(pair)], ending)
    }

    private mutating func release(_ index: Int) {
        guard table[index].rejects >= 0 else { return }
        freePairs.append(table[index].rejects)
        table[index].rejects = -1
    }

    private mutating func makePair() -> Int32 {
        guard let free = freePairs.popLast() else {
            pairs.append(RejectedPair())
            return Int32(pairs.count - 1)
        }
        pairs[Int(free)] = RejectedPair()
        return free
    }

    /// Lets go what nothing can be paired with any more, and if that is little, the older half of the rest.
    private mutating func makeRoom(into ledger: inout FlowLedger) {
        let before = table.count
        release(into: &ledger, .ended) { [newest] in $0.last &+ Self.pairingTime < newest[Int($0.input)] }
        guard table.count > before / 4 * 3 else { return }
        // By arrival: several inputs that are read one after the other have no time in common.
        let arrivals = table.entries.map(\.arrival).sorted()
        let cut = arrivals[arrivals.count / 2]
        release(into: &ledger, .early) { $0.arrival <= cut }
    }

    /// Judges everything that is left.
    mutating func endAll(into ledger: inout FlowLedger) {
        release(into: &ledger, .atEnd) { _ in true }
        pairs = []
        freePairs = []
    }

    private mutating func release(
        into ledger: inout FlowLedger,
        _ ending: FlowEnding,
        where isGone: (FlowConversation) -> Bool
    ) {
        joinTwins(where: isGone)
        // In the order of time, so that pauses and the busiest minute can be told from what came last.
        var order: [(time: UInt32, index: Int32)] = []
        for index in table.entries.indices where isGone(table[index]) && !table[index].isAbsorbed {
            if table[index].rejects >= 0 || ending == .atEnd {
                order.append((table[index].first, Int32(index)))
            } else {
                judge(index, ending, into: &ledger)
            }
        }
        order.sort { ($0.time, $0.index) < ($1.time, $1.index) }
        for (_, index) in order {
            judge(Int(index), ending, into: &ledger)
            release(Int(index))
        }
        table.removeAll(where: isGone)
    }

    /// Puts together conversations of one five-tuple that turned out to be parts of one, since records came out of order.
    private mutating func joinTwins(where isGone: (FlowConversation) -> Bool) {
        var twins = table.entries.indices.filter { table[$0].hasTwins && isGone(table[$0]) }
        guard twins.count > 1 else { return }
        twins.sort {
            let (a, b) = (table[$0], table[$1])
            return a.key != b.key ? a.key < b.key : (a.first, $0) < (b.first, $1)
        }
        var whole = twins[0]
        for part in twins.dropFirst() {
            let (key, first, last) = (table[part].key, table[part].first, table[part].last)
            guard key == table[whole].key, first <= table[whole].last || first - table[whole].last <= Self.pairingTime
            else {
                whole = part
                continue
            }
            let (forward, backward) = (table[part].forward, table[part].backward)
            table[whole].forward.merge(forward)
            table[whole].backward.merge(backward)
            table[whole].last = max(table[whole].last, last)
            if table[whole].asker == .untold { table[whole].asker = table[part].asker }
            table[part].isAbsorbed = true
            guard table[part].rejects >= 0 else { continue }
            if table[whole].rejects < 0 {
                table[whole].rejects = table[part].rejects
                table[part].rejects = -1
            } else {
                let pair = pairs[Int(table[part].rejects)]
                pairs[Int(table[whole].rejects)].forward.merge(pair.forward)
                pairs[Int(table[whole].rejects)].backward.merge(pair.backward)
                release(part)
            }
        }
    }

    /// A hash of what makes two records copies of one: the same window of the same flow at the same interface.
    @inline(__always)
    private func print(_ record: borrowing FlowRecord, _ isForward: Bool, _ isAccepted: Bool) -> UInt32 {
        var hash = UInt64(bitPattern: record.start) &* 0x9E37_79B9_7F4A_7C15
        hash ^= UInt64(bitPattern: record.end) &* 0xC2B2_AE3D_27D4_EB4F
        hash = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
        hash ^= UInt64(truncatingIfNeeded: record.packets ?? -1) &* 0x1656_67B1_9E37_79F9
        hash ^= UInt64(truncatingIfNeeded: record.bytes ?? -1) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= UInt64(UInt32(bitPattern: record.interface)) << 8 | UInt64(isForward ? 2 : 0) | (isAccepted ? 1 : 0)
        hash ^= UInt64(record.direction?.rawValue ?? 2) << 2
        // A firewall's lines are of single packets and connections: two may be alike.
        if record.firewall != nil { hash ^= UInt64(truncatingIfNeeded: record.line) &* 0xD6E8_FEB8_6659_FD93 }
        hash = (hash ^ hash >> 32) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: hash >> 32) | 1
    }
}

/// How a conversation came to its judgement.
enum FlowEnding: Sendable {
    /// Nothing more was recorded of it for the pairing time.
    case ended
    /// Room was needed before that.
    case early
    /// The log ended.
    case atEnd
}

extension FlowRecord {
    /// The protocol; TCP where the format has no such column and the record has ports.
    @inline(__always)
    var assumedProtocol: UInt8 { protocolNumber ?? (sourcePort == nil && destinationPort == nil ? 0 : 6) }
}
