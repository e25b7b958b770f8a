import RoadblockCore

/// When a packet was seen, and how long it was.
struct PlainSighting {
    var time: Instant
    /// Ordinal of the packet.
    var number: Int
    /// Bytes on the wire.
    var length: Int
}

extension PlainFlow {
    /// True for the answer to the SYN, as usual: nothing but an acknowledgment of it.
    ///
    /// Its options have been looked at.
    func acceptsAnswer(_ segment: SegmentNumbers, _ time: Instant) -> Bool {
        marks.isSuperset(of: .open) && !marks.contains(.isAnswered) && time.nanoseconds >= lastTime.nanoseconds
            && segment.flags == [.syn, .ack] && segment.acknowledgment == client.next && segment.payloadLength == 0
            && segment.window != 0 && segment.sequence != .max
    }

    /// Takes the answer that it accepts.
    mutating func takeAnswer(
        _ segment: SegmentNumbers,
        timeToLive: UInt8,
        _ sighting: PlainSighting,
        scale: UInt8?,
        _ pool: inout SegmentPool
    ) {
        marks.insert(.isAnswered)
        lastTime = sighting.time
        answerTime = sighting.time
        completeness |= 2
        letters.add(UInt8(ascii: "h"))
        server.begin(segment, timeToLive: timeToLive, sighting, &pool)
        server.acknowledged = segment.acknowledgment
        client.acknowledged = segment.sequence
        if let scale {
            server.scale = client.scale == -2 ? -2 : Int8(min(scale, 14))
        } else {
            server.scale = -2
            client.scale = -2
        }
        _ = pool.acknowledge(segment.acknowledgment, reportsPartial: false, in: &client.unacknowledged)
    }

    /// Takes a segment that goes on where the flow is.
    ///
    /// - Returns: false, with nothing done, for any other one.
    @inline(__always)
    mutating func receive(
        _ plain: PlainSegment,
        _ bytes: borrowing RawSpan,
        _ end: Int,
        _ segment: SegmentNumbers,
        _ sighting: PlainSighting,
        fromLower: Bool,
        streamCount: Int,
        _ pool: inout SegmentPool,
        _ recent: inout RecentSegments
    ) -> Bool {
        let isClient = isFromClient(fromLower: fromLower)
        guard accepts(segment, sighting.time, isClient: isClient), plain.hasUsualOptions(bytes, end, segment),
            streamCount &- Int(stream) <= ConversationList.streamLimit,
            note(plain.checksum(bytes, end), isClient: isClient)
        else { return false }
        if isClient, segment.payloadLength > 0, !client.hasData {
            client.firstDataKind = plain.payloadKind(bytes, end)
        }
        take(segment, sighting, isClient: isClient, &pool)
        remember(plain, bytes, segment, sighting.time, fromLower: fromLower, &recent)
        return true
    }

    /// Remembers a segment that was taken: a later packet may be a copy of it.
    @inline(__always)
    mutating func remember(
        _ plain: PlainSegment,
        _ bytes: borrowing RawSpan,
        _ segment: SegmentNumbers,
        _ time: Instant,
        fromLower: Bool,
        _ recent: inout RecentSegments
    ) {
        newest = recent.add(
            RecentSegments.Entry(
                time: time,
                numbers: segment,
                older: newest,
                identification: plain.identification(bytes),
                timeToLive: plain.timeToLive(bytes),
                fromLower: fromLower
            )
        )
    }

    /// True for a segment that goes on where the flow is, as most do; `isClient` tells who sent it.
    ///
    /// What moves a flow on is never a copy of a packet before it.
    @inline(__always)
    func accepts(_ segment: SegmentNumbers, _ time: Instant, isClient: Bool) -> Bool {
        guard marks.isSuperset(of: .answered), time.nanoseconds >= lastTime.nanoseconds else { return false }
        let isEstablished = marks.contains(.isEstablished)
        return isClient
            ? Self.accepts(segment, client, server, moves: !isEstablished)
            : isEstablished && Self.accepts(segment, server, client, moves: false)
    }

    /// True for a segment that begins with the next number, and acknowledges nothing that was not sent.
    ///
    /// The analysis takes the number 0 for "unknown": flows that come across it are left to it, and so are repeated
    /// acknowledgments, closed windows and whatever comes behind a FIN. With `moves`, it has to acknowledge something new.
    @inline(__always)
    private static func accepts(
        _ segment: SegmentNumbers,
        _ own: Side,
        _ peer: Side,
        moves: Bool
    ) -> Bool {
        let ack = segment.acknowledgment
        guard segment.flags.subtracting([.psh, .fin]) == .ack, segment.window != 0, segment.sequence == own.next,
            ack != 0, Int32(bitPattern: peer.next &- ack) >= 0
        else { return false }
        let ahead = Int32(bitPattern: ack &- own.acknowledged)
        guard segment.payloadLength > 0 || segment.flags.contains(.fin) else { return ahead > 0 }
        return (moves ? ahead > 0 : ahead >= 0) && !own.hasFIN && own.unacknowledged.count < SegmentList.limit
            && segment.sequence &+ segment.sequenceLength != 0
    }

    /// Takes a segment that it accepts.
    @inline(__always)
    mutating func take(_ segment: SegmentNumbers, _ sighting: PlainSighting, isClient: Bool, _ pool: inout SegmentPool)
    {
        let before = lastTime
        lastTime = sighting.time
        if !marks.isSuperset(of: .established) { noteHandshake(sighting.time) }
        completeness |= (segment.payloadLength == 0 ? 4 : 8) | (segment.flags.contains(.fin) ? 16 : 0)
        let waits =
            isClient
            ? Self.step(segment, sighting, &client, &server, &letters, &pool, small: 0)
            : Self.step(segment, sighting, &server, &client, &letters, &pool, small: 0x20)
        if waits {
            pendingTime = sighting.time
            timeBeforePending = before
        }
    }

    private mutating func noteHandshake(_ time: Instant) {
        if !marks.contains(.isEstablished) {
            // The client's: the server's are accepted only behind it.
            marks.insert(.isEstablished)
            establishedTime = time
        }
        if !marks.contains(.hasRoundTrip), time.nanoseconds != firstTime.nanoseconds {
            marks.insert(.hasRoundTrip)
            roundTrip = time.nanoseconds(since: firstTime)
        }
    }

    /// Moves both sides on; true when the segment is the first that waits for its acknowledgment.
    @inline(__always)
    private static func step(
        _ segment: SegmentNumbers,
        _ sighting: PlainSighting,
        _ own: inout Side,
        _ peer: inout Side,
        _ letters: inout PlainLetters,
        _ pool: inout SegmentPool,
        small: UInt8
    ) -> Bool {
        let ack = segment.acknowledgment
        if segment.payloadLength > 0 {
            if !own.hasDataLetter {
                own.hasDataLetter = true
                letters.add(UInt8(ascii: "D") | small)
            }
            if !own.hasData {
                own.hasData = true
                own.firstDataLength = UInt16(truncatingIfNeeded: segment.payloadLength)
            }
        } else if !own.hasAcknowledgedAlone, !segment.flags.contains(.fin) {
            own.hasAcknowledgedAlone = true
            letters.add(UInt8(ascii: "A") | small)
        }
        own.count(segment, sighting)
        if ack != own.acknowledged {
            own.acknowledged = ack
            peer.progress(to: ack, &pool)
        }
        guard segment.payloadLength > 0 || segment.flags.contains(.fin) else { return false }
        if segment.flags.contains(.fin) {
            own.hasFIN = true
            own.finTime = sighting.time
            letters.add(UInt8(ascii: "F") | small)
        }
        return own.add(segment, sighting, acknowledged: peer.acknowledged, &pool)
    }
}

extension PlainFlow.Side {
    /// Takes the segment that begins its numbers.
    mutating func begin(
        _ segment: SegmentNumbers,
        timeToLive: UInt8,
        _ sighting: PlainSighting,
        _ pool: inout SegmentPool
    ) {
        initial = segment.sequence
        self.timeToLive = timeToLive
        count(segment, sighting)
        next = initial &+ 1
        highTime = sighting.time
        pool.add(initial, next, sighting.time, sighting.number, to: &unacknowledged)
    }

    @inline(__always)
    fileprivate mutating func count(_ segment: SegmentNumbers, _ sighting: PlainSighting) {
        packets &+= 1
        bytes &+= UInt64(truncatingIfNeeded: sighting.length)
        payloadBytes &+= UInt64(truncatingIfNeeded: segment.payloadLength)
        lastTime = sighting.time
        window = segment.window
    }

    /// The peer acknowledged up to a number.
    @inline(__always)
    fileprivate mutating func progress(to number: UInt32, _ pool: inout SegmentPool) {
        largestAcknowledged = max(largestAcknowledged, pendingLength)
        pendingLength = 0
        if number == next, newestLength > largestAcknowledged { largestAcknowledged = newestLength }
        if unacknowledged.newest >= 0 {
            _ = pool.acknowledge(number, reportsPartial: false, in: &unacknowledged)
        }
    }

    /// Takes a segment with payload or FIN; true when it is the first that waits for its acknowledgment.
    @inline(__always)
    fileprivate mutating func add(
        _ segment: SegmentNumbers,
        _ sighting: PlainSighting,
        acknowledged: UInt32,
        _ pool: inout SegmentPool
    ) -> Bool {
        let length = UInt16(truncatingIfNeeded: segment.payloadLength)
        let waits = length > 0 && segment.sequence == acknowledged
        if waits {
            pendingLength = length
        }
        newestLength = length
        highHadPayload = length > 0
        highTime = sighting.time
        next = segment.sequence &+ segment.sequenceLength
        if length > 0 {
            dataTime = sighting.time
        }
        pool.add(segment.sequence, next, sighting.time, sighting.number, to: &unacknowledged)
        return waits
    }
}
