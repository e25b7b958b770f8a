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
    func acceptsAnswer(_ segment: SegmentFields, _ time: Instant) -> Bool {
        let tcp = segment.tcp
        return marks.isSuperset(of: .open) && !marks.contains(.isAnswered) && time.nanoseconds >= lastTime.nanoseconds
            && tcp.flags == [.syn, .ack] && tcp.acknowledgment == client.next && tcp.payloadLength == 0
            && tcp.window != 0 && tcp.sequence != .max && segment.timeToLive != 0
    }

    /// Takes the answer that it accepts.
    mutating func takeAnswer(
        _ segment: SegmentFields,
        _ sighting: PlainSighting,
        scale: UInt8?,
        _ pool: inout SegmentPool
    ) {
        marks.insert(.isAnswered)
        lastTime = sighting.time
        answerTime = sighting.time
        completeness |= 2
        letters.add(UInt8(ascii: "h"))
        server.begin(segment, sighting, &pool)
        server.acknowledged = segment.tcp.acknowledgment
        client.acknowledged = segment.tcp.sequence
        if let scale {
            server.scale = client.scale == -2 ? -2 : Int8(min(scale, 14))
        } else {
            server.scale = -2
            client.scale = -2
        }
        _ = pool.acknowledge(segment.tcp.acknowledgment, reportsPartial: false, in: &client.unacknowledged)
    }

    /// Takes a segment that goes on where the flow is, as most do; `isClient` tells who sent it.
    ///
    /// - Returns: false, with nothing done, for any other one.
    @inline(__always)
    mutating func receive(
        _ sight: SightedSegment,
        _ bytes: borrowing RawSpan,
        number: Int,
        isClient: Bool,
        _ copies: inout CopyFilter,
        _ pool: inout SegmentPool
    ) -> Bool {
        guard marks.isSuperset(of: .answered), sight.time.nanoseconds >= lastTime.nanoseconds else { return false }
        let isEstablished = marks.contains(.isEstablished)
        let accepts =
            isClient
            ? Self.accepts(sight.fields, client, server, moves: !isEstablished)
            : isEstablished && Self.accepts(sight.fields, server, client, moves: false)
        guard accepts, copies.isNew(sight) else { return false }
        let sighting = PlainSighting(time: sight.time, number: number, length: sight.wireLength)
        take(sight.fields, bytes, sighting, isClient: isClient, &pool)
        return true
    }

    /// True for a segment that begins with the next number, and acknowledges nothing that was not sent.
    ///
    /// The analysis takes the number 0 for "unknown": flows that come across it are left to it, and so are repeated
    /// acknowledgments, closed windows and whatever comes behind a FIN. With `moves`, it has to acknowledge something new.
    @inline(__always)
    private static func accepts(
        _ segment: SegmentFields,
        _ own: Side,
        _ peer: Side,
        moves: Bool
    ) -> Bool {
        let tcp = segment.tcp
        let ack = tcp.acknowledgment
        guard tcp.flags.subtracting([.psh, .fin]) == .ack, segment.hasUsualOptions, tcp.window != 0,
            tcp.sequence == own.next, ack != 0, Int32(bitPattern: peer.next &- ack) >= 0
        else { return false }
        let ahead = Int32(bitPattern: ack &- own.acknowledged)
        guard tcp.payloadLength > 0 || tcp.flags.contains(.fin) else { return ahead > 0 }
        return (moves ? ahead > 0 : ahead >= 0) && !own.hasFIN && own.unacknowledged.count < SegmentList.limit
            && tcp.sequence &+ tcp.sequenceLength != 0
    }

    @inline(__always)
    private mutating func take(
        _ segment: SegmentFields,
        _ bytes: borrowing RawSpan,
        _ sighting: PlainSighting,
        isClient: Bool,
        _ pool: inout SegmentPool
    ) {
        let tcp = segment.tcp
        let before = lastTime
        lastTime = sighting.time
        if !marks.isSuperset(of: .established) { noteHandshake(sighting.time) }
        completeness |= (tcp.payloadLength == 0 ? 4 : 8) | (tcp.flags.contains(.fin) ? 16 : 0)
        if isClient, tcp.payloadLength > 0, !client.hasData {
            client.firstDataKind = PayloadKind(bytes, segment.payloadOffset, segment.payloadEnd)
        }
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
        _ segment: SegmentFields,
        _ sighting: PlainSighting,
        _ own: inout Side,
        _ peer: inout Side,
        _ letters: inout PlainLetters,
        _ pool: inout SegmentPool,
        small: UInt8
    ) -> Bool {
        let tcp = segment.tcp
        let ack = tcp.acknowledgment
        if tcp.payloadLength > 0 {
            if !own.hasDataLetter {
                own.hasDataLetter = true
                letters.add(UInt8(ascii: "D") | small)
            }
            if !own.hasData {
                own.hasData = true
                own.firstDataLength = UInt16(truncatingIfNeeded: tcp.payloadLength)
            }
        } else if !own.hasAcknowledgedAlone, !tcp.flags.contains(.fin) {
            own.hasAcknowledgedAlone = true
            letters.add(UInt8(ascii: "A") | small)
        }
        own.count(segment, sighting)
        if ack != own.acknowledged {
            own.acknowledged = ack
            peer.progress(to: ack, &pool)
        }
        guard tcp.payloadLength > 0 || tcp.flags.contains(.fin) else { return false }
        if tcp.flags.contains(.fin) {
            own.hasFIN = true
            own.finTime = sighting.time
            letters.add(UInt8(ascii: "F") | small)
        }
        return own.add(segment, sighting, acknowledged: peer.acknowledged, &pool)
    }
}

extension PlainFlow.Side {
    /// Takes the segment that begins its numbers.
    mutating func begin(_ segment: SegmentFields, _ sighting: PlainSighting, _ pool: inout SegmentPool) {
        initial = segment.tcp.sequence
        timeToLive = segment.timeToLive
        count(segment, sighting)
        next = initial &+ 1
        highTime = sighting.time
        pool.add(initial, next, sighting.time, sighting.number, to: &unacknowledged)
    }

    @inline(__always)
    fileprivate mutating func count(_ segment: SegmentFields, _ sighting: PlainSighting) {
        packets &+= 1
        bytes &+= UInt64(truncatingIfNeeded: sighting.length)
        payloadBytes &+= UInt64(truncatingIfNeeded: segment.tcp.payloadLength)
        lastTime = sighting.time
        window = segment.tcp.window
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
        _ segment: SegmentFields,
        _ sighting: PlainSighting,
        acknowledged: UInt32,
        _ pool: inout SegmentPool
    ) -> Bool {
        let tcp = segment.tcp
        let length = UInt16(truncatingIfNeeded: tcp.payloadLength)
        let waits = length > 0 && tcp.sequence == acknowledged
        if waits {
            pendingLength = length
        }
        newestLength = length
        highHadPayload = length > 0
        highTime = sighting.time
        next = tcp.sequence &+ tcp.sequenceLength
        if length > 0 {
            dataTime = sighting.time
        }
        pool.add(tcp.sequence, next, sighting.time, sighting.number, to: &unacknowledged)
        return waits
    }
}
