import RoadblockCore

extension ConversationTable {
    /// Ends what is over or has been silent for long.
    mutating func sweep() {
        packetsSinceSweep = 0
        nextSweep = now.adding(nanoseconds: 5_000_000_000)
        retire(over: 10, unanswered: 140, established: 7200, datagrams: 60, looksAtAll: false)
    }

    /// Ends ever younger conversations until there is room.
    mutating func makeRoom() {
        let before = openCount + datagramIndex.count
        var limit = 64.0
        while openCount >= openLimit * 3 / 4 || datagramIndex.count >= openLimit * 3 / 4 {
            retire(
                over: min(limit, 5),
                unanswered: limit,
                established: limit,
                datagrams: limit,
                looksAtAll: true
            )
            guard limit >= 0 else { break }
            limit = limit < 0.01 ? -1 : limit / 2
        }
        facts.evictedConversations += before - openCount - datagramIndex.count
    }

    /// Ends what has been silent for longer than so many seconds.
    ///
    /// With `looksAtAll` false, a plain flow is looked at again when it can be due, by the same limits as before.
    private mutating func retire(
        over: Double,
        unanswered: Double,
        established: Double,
        datagrams idle: Double,
        looksAtAll: Bool
    ) {
        for slot in slots.indices {
            if let place = slots[slot].place {
                let silence = now.seconds(since: tcp[place].lastTime)
                let limit = tcp[place].isOver ? over : tcp[place].isEstablished ? established : unanswered
                if silence > limit { endTCP(slot) }
            } else if looksAtAll || slotDue[slot] <= now, let place = slots[slot].plainPlace {
                let silence = now.seconds(since: plain[place].lastTime)
                let isEstablished = plain[place].marks.contains(.isEstablished)
                let limit = plain[place].isOver ? over : isEstablished ? established : unanswered
                if silence > limit {
                    endTCP(slot)
                } else if !looksAtAll {
                    // A little early: seconds are rounded.
                    slotDue[slot] = plain[place].lastTime.adding(nanoseconds: Int64((limit - 0.001) * 1e9))
                }
            }
        }
        for slot in datagrams.indices where datagrams[slot].input != .max {
            if now.seconds(since: datagrams[slot].lastTime) > idle { endDatagrams(slot) }
        }
    }

    /// Ends some thousand conversations, whatever their state: the input is over.
    ///
    /// - Returns: false once there are none left.
    package mutating func endSome() -> Bool {
        var left = 4096
        for slot in slots.indices where !slots[slot].isEmpty {
            guard left > 0 else { return true }
            endTCP(slot)
            left -= 1
        }
        for slot in datagrams.indices where datagrams[slot].input != .max {
            guard left > 0 else { return true }
            endDatagrams(slot)
            left -= 1
        }
        return left < 4096
    }

    /// Ends the conversations of some rows, which the owner is about to give up: those not heard after a time.
    mutating func end(silentAfter time: Instant, _ isLeaving: (RowReference) -> Bool) {
        for slot in slots.indices {
            if let place = slots[slot].place {
                if isLeaving(tcp[place].row) { endTCP(slot) }
            } else if let place = slots[slot].plainPlace, plain[place].lastTime <= time {
                endTCP(slot)
            }
        }
        for slot in datagrams.indices where datagrams[slot].input != .max && isLeaving(datagrams[slot].row) {
            endDatagrams(slot)
        }
    }

    /// Forgets the ended conversations that the owner has taken.
    package mutating func drain() {
        endedTCP.removeAll(keepingCapacity: true)
        endedPlain.removeAll(keepingCapacity: true)
        endedDatagrams.removeAll(keepingCapacity: true)
    }

    /// Lets go the memory of conversations, all of which have ended and were taken.
    package mutating func release() {
        tcp = []
        slots = []
        slotDue = []
        datagrams = []
        endedTCP = []
        endedPlain = []
        endedDatagrams = []
    }

    /// True when there is something to take.
    @inline(__always)
    package var hasEnded: Bool { !endedTCP.isEmpty || !endedPlain.isEmpty || !endedDatagrams.isEmpty }
}
