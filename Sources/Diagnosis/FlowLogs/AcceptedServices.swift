import RoadblockCore

/// Since when and until when an asker was accepted at a service.
struct AcceptedService: TupleKeyed, Sendable {
    var key: FlowTuple
    /// Starts of the first and of the newest conversation.
    var first: UInt32
    var last: UInt32
    /// Start of the newest record of any of them.
    var active: UInt32
    /// The longest time without a record, between two that were accepted.
    var gapStart: UInt32 = 0
    var gapEnd: UInt32 = 0
    var conversations: UInt32 = 1
    /// The record of `last`.
    var line: UInt32
    var input: UInt16

    var proof: FlowProof { FlowProof(line: line, time: last, input: input) }

    /// Counts another conversation, in any order of time.
    mutating func add(_ begin: FlowProof, until end: UInt32) {
        conversations &+= 1
        let start = begin.time
        if start > active {
            widen(active, start)
        } else if end < first {
            widen(end, first)
        } else if start < gapEnd, end > gapStart {
            let before = start > gapStart ? start - gapStart : 0
            let after = gapEnd > end ? gapEnd - end : 0
            if before >= after { gapEnd = max(gapStart, start) } else { gapStart = min(gapEnd, end) }
        }
        first = min(first, start)
        active = max(active, end)
        guard start >= last else { return }
        last = start
        line = begin.line
        input = begin.input
    }

    private mutating func widen(_ start: UInt32, _ end: UInt32) {
        guard end - start > gapEnd - gapStart else { return }
        gapStart = start
        gapEnd = end
    }
}

/// What was accepted, by asker and service, in bounded memory.
struct AcceptedServices: ~Copyable {
    static let limit = 700_000

    private var table = TupleTable<AcceptedService>()
    private let limit: Int
    /// Services that were forgotten to make room.
    private(set) var forgotten = 0

    init(limit: Int = AcceptedServices.limit) { self.limit = limit }

    var entries: [AcceptedService] { table.entries }

    func find(_ key: FlowTuple) -> AcceptedService? { table.index(of: key).map { table[$0] } }

    /// Counts a conversation from the start of its first record to that of its newest.
    mutating func note(_ key: FlowTuple, _ begin: FlowProof, until end: UInt32, _ book: borrowing AddressBook) {
        if let index = table.index(of: key) {
            table[index].add(begin, until: end)
            return
        }
        if table.count >= limit { makeRoom(book) }
        _ = table.append(
            AcceptedService(
                key: key,
                first: begin.time,
                last: begin.time,
                active: max(end, begin.time),
                line: begin.line,
                input: begin.input
            )
        )
    }

    /// Forgets the older half of what the internet asked for, and if that is little, of all.
    private mutating func makeRoom(_ book: borrowing AddressBook) {
        let before = table.count
        var times: [UInt32] = []
        var outside: [Bool] = []
        outside.reserveCapacity(before)
        for entry in table.entries {
            let isOutside = !AddressSide.isInside(book.address(entry.key.lower))
            outside.append(isOutside)
            if isOutside { times.append(entry.active) }
        }
        if times.count > before / 2 {
            times.sort()
            let cut = times[times.count / 2]
            var index = -1
            table.removeAll {
                index += 1
                return outside[index] && $0.active <= cut
            }
        } else {
            let cut = table.entries.map(\.active).sorted()[before / 2]
            table.removeAll { $0.active <= cut }
        }
        forgotten += before - table.count
    }
}
