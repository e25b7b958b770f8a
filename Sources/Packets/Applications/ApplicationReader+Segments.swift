import RoadblockCore

/// The bytes of connections, in their order.
extension ApplicationReader {
    mutating func readSegment(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        let tcp = packet.tcp
        let captured = packet.payloadEnd - packet.payloadOffset
        if tcp.flags.contains(.syn) {
            streams.stream(facts.segment.stream).serverPort =
                tcp.flags.contains(.ack) ? packet.sourcePort : packet.destinationPort
        }
        let isLast = tcp.flags.contains(.fin)
        // The text of a reset is no payload.
        guard captured > 0 || isLast, !tcp.flags.contains(.rst) else { return }
        let (key, fromLower) = FlowKey.make(
            packet.ip.source,
            packet.sourcePort,
            packet.ip.destination,
            packet.destinationPort,
            context: 2
        )
        // Bytes that come late or again would be read out of their order.
        let flags = facts.segment.flags
        let stream = streams.stream(facts.segment.stream)
        facts.applications.serverPort = stream.serverPort
        guard flags.isDisjoint(with: [.retransmission, .outOfOrder, .spuriousRetransmission]) else {
            let end = tcp.sequence &+ UInt32(truncatingIfNeeded: tcp.payloadLength)
            if captured > 0, captured >= tcp.payloadLength,
                stream.spanned[fromLower ? 0 : 1].shows(tcp.sequence, end, flags)
            {
                facts.applications.add(.tcpSegmentBytes, bytes, packet.payloadOffset, packet.payloadEnd)
            }
            return
        }
        if !stream.isDecided, captured > 0 {
            stream.kind = choose(stream, packet, bytes)
            stream.isDecided = true
        }
        guard let kind = stream.kind else { return }
        let before = stream.heldBytes
        let segment = StreamSegment(
            sequence: tcp.sequence &+ (tcp.flags.contains(.syn) ? 1 : 0),
            side: fromLower ? 0 : 1,
            isWhole: captured >= tcp.payloadLength,
            isLast: isLast,
            ports: (packet.sourcePort, packet.destinationPort),
            key: key
        )
        deliver(segment, kind, stream, bytes, packet.payloadOffset, packet.payloadEnd, facts)
        streams.account(for: stream, before: before)
    }

    /// What a connection carries: by the server's port, then the lower and the higher one, then by the first bytes.
    private func choose(_ stream: ApplicationStream, _ packet: Packet, _ bytes: borrowing RawSpan)
        -> ApplicationProtocol?
    {
        let low = min(packet.sourcePort, packet.destinationPort)
        let high = max(packet.sourcePort, packet.destinationPort)
        for port in [stream.serverPort, low, high] {
            switch ApplicationPorts.registration(port) {
            case .protocolRead(.tls) where HTTPMessage.looksLikeHTTP(bytes, packet.payloadOffset, packet.payloadEnd):
                return .http
            // Facebook's encryption of 2017, which its bytes tell.
            case .protocolRead(.tls)
            where bytes.copy(packet.payloadOffset, packet.payloadEnd).starts(with: "1QTV".utf8):
                return .facebookZero
            case .protocolRead(let kind): return kind
            case .other: return nil
            case .none: continue
            }
        }
        // Nothing is registered for the ports.
        if TLSRecords.looksLikeTLS(bytes, packet.payloadOffset, packet.payloadEnd) { return .tls }
        if HTTPMessage.looksLikeHTTP(bytes, packet.payloadOffset, packet.payloadEnd) { return .http }
        return nil
    }

    /// Reads a segment's bytes, with those that wait for them.
    private mutating func deliver(
        _ segment: StreamSegment,
        _ kind: ApplicationProtocol,
        _ stream: ApplicationStream,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ facts: PacketFacts
    ) {
        var place = start
        let side = segment.side
        // What goes to one message, which may turn out to be longer, is shown as one.
        var share = start..<start
        while true {
            let sequence = segment.sequence &+ UInt32(truncatingIfNeeded: place - start)
            let waiting = segment.isWhole ? stream.pending[side]?.offset(of: sequence) : nil
            if let offset = waiting, stream.pending[side]?.covers(offset) == true,
                var pending = stream.takePending(side)
            {
                let taken = pending.share(of: end - place, at: offset)
                if taken > 0 {
                    share = (share.isEmpty ? place : share.lowerBound)..<place + taken
                    pending.add(bytes.copy(place, place + taken), at: offset, frame: facts.number)
                }
                place += taken
                let isLast = segment.isLast && place == end
                stream.pending[side] = pending
                let isComplete = taken > 0 && pending.isComplete
                guard isComplete || (isLast && pending.need == MessageNeed.end) else {
                    stream.spanned[side].note(pending.start, pending.end, isWhole: false)
                    return show(share, bytes, facts)
                }
                if taken == 0 { pending.add([], at: offset, frame: facts.number) }
                let goesOn = finish(pending, segment, kind, stream, isLast: isLast, facts)
                if place < end, goesOn { continue }
                show(share, bytes, facts)
                share = place..<place
                guard place < end else { return }
                continue
            }
            guard place < end else { return }
            stream.http?.progress[side] = nil
            let outcome = dissect(kind, stream, segment, bytes, place, end, isLast: segment.isLast, facts)
            // Of a segment that was cut nothing is kept for what follows.
            guard case .waits(let from, let need) = outcome, from < end, segment.isWhole else { return }
            facts.applications.add(.tcpSegmentBytes, bytes, from, end)
            let pending = PendingMessage(
                start: segment.sequence &+ UInt32(truncatingIfNeeded: from - start),
                need: need,
                bytes: bytes.copy(from, end),
                frames: [facts.number]
            )
            stream.spanned[side].note(pending.start, pending.end, isWhole: false)
            stream.pending[side] = pending
            return
        }
    }

    private func show(_ share: Range<Int>, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        if !share.isEmpty { facts.applications.add(.tcpSegmentBytes, bytes, share.lowerBound, share.upperBound) }
    }

    /// Reads a message that is whole now, and keeps what follows it.
    ///
    /// - Returns: true where it turned out to need more.
    private mutating func finish(
        _ pending: PendingMessage,
        _ segment: StreamSegment,
        _ kind: ApplicationProtocol,
        _ stream: ApplicationStream,
        isLast: Bool,
        _ facts: PacketFacts
    ) -> Bool {
        stream.pending[segment.side] = nil
        facts.applications.isInFrame = false
        let count = pending.bytes.count
        let outcome = pending.bytes.withRawBytes { own in
            dissect(kind, stream, segment, own, 0, count, isLast: isLast, facts)
        }
        facts.applications.isInFrame = true
        if case .waits(let place, let need) = outcome, place < count {
            if place == 0 {
                var longer = pending
                longer.want(need)
                stream.spanned[segment.side].note(longer.start, longer.end, isWhole: false)
                stream.pending[segment.side] = longer
                return true
            }
            let rest = pending.rest(from: place, need: need, frame: facts.number)
            stream.spanned[segment.side].note(rest.start, rest.end, isWhole: false)
            stream.pending[segment.side] = rest
        }
        stream.spanned[segment.side].note(pending.start, pending.end, isWhole: true)
        facts.applications.mark(.tcpSegments)
        for frame in pending.frames { facts.applications.add(.tcpSegment, frame) }
        facts.applications.add(.tcpSegmentCount, pending.frames.count)
        facts.applications.add(.tcpReassembledLength, count)
        facts.applications.add(.tcpReassembledBytes, made: pending.bytes)
        return false
    }
}

/// Where the bytes of a segment stand in their connection.
struct StreamSegment {
    let sequence: UInt32
    /// 0 from the lower endpoint, 1 from the upper one.
    let side: Int
    /// False where the snap length cut the payload: then nothing waits for more.
    let isWhole: Bool
    let isLast: Bool
    /// Source and destination.
    let ports: (UInt16, UInt16)
    let key: FlowKey
}
