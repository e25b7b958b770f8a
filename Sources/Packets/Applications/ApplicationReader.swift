import RoadblockCore

/// Reads the protocols above the transport: DNS, TLS and HTTP, from datagrams and from the bytes of connections.
///
/// A message that spans segments is read in the packet that completes it, in one pass, as tshark shows it. What waits is
/// bounded by connection and in all; `notices` tells when something was given up.
package struct ApplicationReader: ~Copyable {
    private let profile: WiresharkProfile
    private let isNeeded: Bool
    private var streams = StreamTable()
    private var exchanges = DNSExchanges()

    package init(wanted: ApplicationFieldSet, profile: WiresharkProfile) {
        self.profile = profile
        isNeeded = wanted.needsMessages
    }

    /// What had to be left out so far.
    package var notices: [String] {
        var notices: [String] = []
        if streams.droppedMessages > 0 {
            notices.append(
                "\(streams.droppedMessages) messages were longer than can be held back and were not put together"
            )
        }
        if streams.droppedStreams > 0 {
            notices.append("\(streams.droppedStreams) connections with messages not yet whole made room for newer ones")
        }
        return notices
    }

    /// Writes what the packet's payload says to its facts; for TCP, the analysis of the segment must stand there.
    @inline(__always)
    package mutating func read(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        guard isNeeded else { return }
        readPayload(packet, bytes, facts)
    }

    private mutating func readPayload(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        facts.applications.isInFrame = true
        switch packet.transport {
        case .udp where !packet.ip.isFragment: readDatagram(packet, bytes, facts)
        case .tcp where facts.hasSegment: readSegment(packet, bytes, facts)
        case .icmp, .icmpv6: readQuote(packet, bytes, facts)
        default: break
        }
        guard facts.applications.wants(.protocolNames) else { return }
        let names = ProtocolChain.text(bytes, packet, facts)
        facts.applications.add(.protocolNames, made: names)
    }

    private mutating func readDatagram(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        guard packet.payloadOffset < packet.payloadEnd else { return }
        let ports = (packet.sourcePort, packet.destinationPort)
        guard
            let kind = ApplicationPorts.datagrams(min(ports.0, ports.1))
                ?? ApplicationPorts.datagrams(max(ports.0, ports.1))
        else { return }
        let (key, _) = FlowKey.make(packet.ip.source, ports.0, packet.ip.destination, ports.1, context: 1)
        readMessage(kind, key, bytes, packet.payloadOffset, packet.payloadEnd, facts)
    }

    /// Reads the datagram that an ICMP error quotes.
    private mutating func readQuote(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        guard packet.hasQuote, packet.quote.hasPorts, packet.quote.ip.protocolNumber == IPProtocol.udp,
            facts.layerCount > 0
        else { return }
        let layer = packet.layers[facts.layerCount - 1]
        guard layer.kind == .udp, layer.payload < Int(layer.end) else { return }
        let ports = (packet.quote.sourcePort, packet.quote.destinationPort)
        guard
            let kind = ApplicationPorts.datagrams(min(ports.0, ports.1))
                ?? ApplicationPorts.datagrams(max(ports.0, ports.1))
        else { return }
        readMessage(kind, nil, bytes, layer.payload, Int(layer.end), facts)
    }

    /// Reads one message; `flow` is `nil` where it is quoted, and so no part of a conversation.
    private mutating func readMessage(
        _ kind: ApplicationProtocol,
        _ flow: FlowKey?,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ facts: PacketFacts
    ) {
        facts.applications.enter(kind)
        let variant: DNSMessage.Variant
        switch kind {
        case .dns: variant = .dns
        case .mdns: variant = .mdns
        case .llmnr: variant = .llmnr
        default:
            let place = HTTPMessage.Place(
                time: facts.frame.time,
                frame: facts.number,
                kind: kind,
                canWait: false,
                isLast: true,
                showsRequestOfResponse: false,
                side: 0
            )
            _ = HTTPMessage.read(bytes, start, end, HTTPConversation(), place, into: &facts.applications)
            return
        }
        if kind == .dns, start + 4 <= end { facts.applications.add(.dns, bytes, start, end) }
        guard let message = DNSMessage.read(bytes, start, end, variant, into: &facts.applications) else { return }
        guard let flow else {
            if message.isResponse, message.isWhole { facts.applications.mark(.dnsUnsolicited) }
            return
        }
        exchanges.note(
            message,
            flow,
            time: facts.frame.time,
            number: facts.number,
            into: &facts.applications
        )
    }
}

extension ApplicationReader {
    private mutating func readSegment(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        let tcp = packet.tcp
        let captured = packet.payloadEnd - packet.payloadOffset
        if tcp.flags.contains(.syn) {
            streams.stream(facts.segment.stream).serverPort =
                tcp.flags.contains(.ack) ? packet.sourcePort : packet.destinationPort
        }
        let isLast = tcp.flags.contains(.fin)
        // The text of a reset is no payload.
        guard captured > 0 || isLast, !tcp.flags.contains(.rst) else { return }
        // Bytes that come late or again would be read out of their order.
        let flags = facts.segment.flags
        guard flags.isDisjoint(with: [.retransmission, .outOfOrder, .spuriousRetransmission]) else {
            if captured > 0, captured >= tcp.payloadLength, !flags.contains(.spuriousRetransmission) {
                facts.applications.add(.tcpSegmentBytes, bytes, packet.payloadOffset, packet.payloadEnd)
            }
            return
        }
        let stream = streams.stream(facts.segment.stream)
        if !stream.isDecided, captured > 0 {
            stream.kind = choose(stream, packet, bytes)
            stream.isDecided = true
        }
        guard let kind = stream.kind else { return }
        let (key, fromLower) = FlowKey.make(
            packet.ip.source,
            packet.sourcePort,
            packet.ip.destination,
            packet.destinationPort,
            context: 2
        )
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
        while true {
            let sequence = segment.sequence &+ UInt32(truncatingIfNeeded: place - start)
            let waiting = segment.isWhole ? stream.pending[side]?.offset(of: sequence) : nil
            if let offset = waiting, stream.pending[side]?.covers(offset) == true,
                var pending = stream.takePending(side)
            {
                let taken = pending.share(of: end - place, at: offset)
                if taken > 0 {
                    facts.applications.add(.tcpSegmentBytes, bytes, place, place + taken)
                    pending.add(bytes.copy(place, place + taken), at: offset, frame: facts.number)
                }
                place += taken
                let isLast = segment.isLast && place == end
                stream.pending[side] = pending
                let isComplete = taken > 0 && pending.isComplete
                guard isComplete || (isLast && pending.need == MessageNeed.end) else { return }
                if taken == 0 { pending.add([], at: offset, frame: facts.number) }
                finish(pending, segment, kind, stream, isLast: isLast, facts)
                guard place < end else { return }
                continue
            }
            guard place < end else { return }
            stream.http?.progress[side] = nil
            let outcome = dissect(kind, stream, segment, bytes, place, end, isLast: segment.isLast, facts)
            // Of a segment that was cut nothing is kept for what follows.
            guard case .waits(let from, let need) = outcome, from < end, segment.isWhole else { return }
            facts.applications.add(.tcpSegmentBytes, bytes, from, end)
            stream.pending[side] = PendingMessage(
                start: segment.sequence &+ UInt32(truncatingIfNeeded: from - start),
                need: need,
                bytes: bytes.copy(from, end),
                frames: [facts.number]
            )
            return
        }
    }

    /// Reads a message that is whole now, and keeps what follows it.
    private mutating func finish(
        _ pending: PendingMessage,
        _ segment: StreamSegment,
        _ kind: ApplicationProtocol,
        _ stream: ApplicationStream,
        isLast: Bool,
        _ facts: PacketFacts
    ) {
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
                stream.pending[segment.side] = longer
                return
            }
            stream.pending[segment.side] = pending.rest(from: place, need: need, frame: facts.number)
        }
        facts.applications.mark(.tcpSegments)
        for frame in pending.frames { facts.applications.add(.tcpSegment, frame) }
        facts.applications.add(.tcpSegmentCount, pending.frames.count)
        facts.applications.add(.tcpReassembledLength, count)
        facts.applications.add(.tcpReassembledBytes, made: pending.bytes)
    }

    private mutating func dissect(
        _ kind: ApplicationProtocol,
        _ stream: ApplicationStream,
        _ segment: StreamSegment,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        isLast: Bool,
        _ facts: PacketFacts
    ) -> MessageOutcome {
        switch kind {
        case .dns, .mdns, .llmnr:
            return readPrefixed(segment, bytes, start, end, facts)
        case .tls:
            let session = stream.tls ?? TLSSession()
            stream.tls = session
            let records = TLSRecords(
                session: session,
                side: segment.side,
                ports: segment.ports,
                tunnelPort: stream.tunnelPort,
                canWait: segment.isWhole
            )
            return records.read(bytes, start, end, into: &facts.applications)
        default:
            let conversation = stream.http ?? HTTPConversation()
            stream.http = conversation
            if conversation.isHandedOver {
                return readTunnel(conversation, stream, segment, bytes, start, end, isLast: isLast, facts)
            }
            let place = HTTPMessage.Place(
                time: facts.frame.time,
                frame: facts.number,
                kind: kind,
                canWait: segment.isWhole && !isLast,
                isLast: isLast,
                showsRequestOfResponse: profile >= .v44,
                side: segment.side
            )
            return HTTPMessage.read(bytes, start, end, conversation, place, into: &facts.applications)
        }
    }

    /// What a proxy passes on, by the port that it was asked to connect to.
    private mutating func readTunnel(
        _ conversation: HTTPConversation,
        _ stream: ApplicationStream,
        _ segment: StreamSegment,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        isLast: Bool,
        _ facts: PacketFacts
    ) -> MessageOutcome {
        facts.applications.enter(.http)
        guard !conversation.connectTarget.isEmpty else { return .done }
        facts.applications.add(.http, bytes, start, end)
        HTTPMessage.addConnectTarget(conversation.connectTarget, into: &facts.applications)
        let digits = conversation.connectTarget.split(separator: UInt8(ascii: ":")).last ?? []
        let port = UInt16(String(decoding: digits, as: UTF8.self)) ?? 0
        guard case .protocolRead(let kind) = ApplicationPorts.registration(port), kind == .tls || kind == .dns else {
            return .done
        }
        stream.tunnelPort = port
        return dissect(kind, stream, segment, bytes, start, end, isLast: isLast, facts)
    }

    /// DNS over TCP: each message behind its length (RFC 1035 section 4.2.2).
    private mutating func readPrefixed(
        _ segment: StreamSegment,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ facts: PacketFacts
    ) -> MessageOutcome {
        var place = start
        while place < end {
            guard place + 2 <= end else { return segment.isWhole ? .waits(at: place, .segment) : .done }
            let length = Int(bytes.big16(place))
            if place + 2 + length > end, segment.isWhole { return .waits(at: place, .bytes(2 + length)) }
            facts.applications.enter(.dns)
            facts.applications.add(.dns, bytes, place, min(end, place + 2 + length))
            facts.applications.add(.dnsLength, length)
            let message = DNSMessage.read(
                bytes,
                place + 2,
                min(end, place + 2 + length),
                .dns,
                into: &facts.applications
            )
            if let message {
                exchanges.note(
                    message,
                    segment.key,
                    time: facts.frame.time,
                    number: facts.number,
                    into: &facts.applications
                )
            }
            place += 2 + length
        }
        return .done
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
