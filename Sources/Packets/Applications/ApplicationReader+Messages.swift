import RoadblockCore

/// What the bytes of a connection say, by the protocol that it carries.
extension ApplicationReader {
    mutating func dissect(
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
        case .facebookZero:
            facts.applications.enter(.facebookZero)
            return .done
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
            switch conversation.successor {
            case nil: break
            case .tunnel:
                guard let inner = openTunnel(conversation, stream, bytes, start, end, facts) else { return .done }
                return dissect(inner, stream, segment, bytes, start, end, isLast: isLast, facts)
            case .other(let successor):
                let count = facts.applications.protocols.count
                let outcome = read(successor, stream, segment, bytes, start, end, canWait: segment.isWhole, facts)
                if facts.applications.protocols.count > count { facts.applications.enter(.http, at: count) }
                return outcome
            }
            let place = HTTPMessage.Place(
                conversation: conversation,
                time: facts.frame.time,
                frame: facts.number,
                kind: kind,
                canWait: segment.isWhole && !isLast,
                isLast: isLast,
                showsRequestOfResponse: profile >= .v44,
                side: segment.side
            )
            let outcome = HTTPMessage.read(bytes, start, end, place, into: &facts.applications)
            for message in conversation.takeEmbedded() { readEmbedded(message, 0, segment, facts) }
            guard case .changes(let next, let canWait) = outcome, case .other(let successor) = conversation.successor
            else { return outcome }
            return read(successor, stream, segment, bytes, next, end, canWait: canWait && segment.isWhole, facts)
        }
    }

    /// What an upgrade leads to.
    private mutating func read(
        _ successor: ApplicationProtocol,
        _ stream: ApplicationStream,
        _ segment: StreamSegment,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        canWait: Bool,
        _ facts: PacketFacts
    ) -> MessageOutcome {
        guard start < end else { return .done }
        switch successor {
        case .http2:
            let session = stream.http2 ?? HTTP2Session()
            stream.http2 = session
            let frames = HTTP2Frames(session: session, side: segment.side, canWait: canWait)
            let outcome = frames.read(bytes, start, end, into: &facts.applications)
            for message in session.takeMessages() { readEmbedded(message.bytes, message.stream, segment, facts) }
            return outcome
        case .webSocket:
            return WebSocketFrames.read(bytes, start, end, canWait: canWait, into: &facts.applications)
        default:
            facts.applications.enter(.data)
            return .done
        }
    }

    /// A DNS message that is the body of an HTTP message; `number` is the stream's of HTTP/2 (RFC 8484).
    private mutating func readEmbedded(
        _ message: [UInt8],
        _ number: UInt32,
        _ segment: StreamSegment,
        _ facts: PacketFacts
    ) {
        let wasInFrame = facts.applications.isInFrame
        facts.applications.isInFrame = false
        message.withRawBytes { bytes in
            facts.applications.enter(.dns)
            if message.count >= 4 { facts.applications.add(.dns, bytes, 0, message.count) }
            guard let read = DNSMessage.read(bytes, 0, message.count, .dns, into: &facts.applications) else {
                return noteBroken(facts)
            }
            if !read.isWhole { noteBroken(facts) }
            exchanges.note(
                read,
                segment.key,
                stream: number,
                time: facts.frame.time,
                number: facts.number,
                into: &facts.applications
            )
        }
        facts.applications.isInFrame = wasInFrame
    }

    /// The protocol of what a proxy passes on, by the port that it was asked to connect to.
    private func openTunnel(
        _ conversation: HTTPConversation,
        _ stream: ApplicationStream,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ facts: PacketFacts
    ) -> ApplicationProtocol? {
        guard let port = HTTPMessage.connectTarget(conversation.connectTarget).port else { return nil }
        facts.applications.enter(.http)
        facts.applications.add(.http, bytes, start, end)
        HTTPMessage.addConnectTarget(conversation.connectTarget, into: &facts.applications)
        let kind: ApplicationProtocol
        switch ApplicationPorts.registration(port) {
        case .protocolRead(.tls): kind = .tls
        case .protocolRead(.dns): kind = .dns
        case .protocolRead: return nil
        case .other, .none:
            guard stream.tls != nil || TLSRecords.looksLikeTLS(bytes, start, end) else { return nil }
            kind = .tls
        }
        stream.tunnelPort = port
        return kind
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
            facts.applications.add(.tcpMessageSize, 2 + length)
            // One protocol, however many messages.
            if place == start { facts.applications.enter(.dns) }
            facts.applications.add(.dns, bytes, place, min(end, place + 2 + length))
            facts.applications.add(.dnsLength, length)
            let message = DNSMessage.read(
                bytes,
                place + 2,
                min(end, place + 2 + length),
                .dns,
                into: &facts.applications
            )
            if message?.isWhole != true { noteBroken(facts) }
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
