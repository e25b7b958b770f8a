import RoadblockCore

/// Reads HTTP/1 messages (RFC 9112).
enum HTTPMessage {
    /// Where the bytes come from.
    struct Place {
        let conversation: HTTPConversation
        let time: Instant
        let frame: Int
        let kind: ApplicationProtocol
        /// True where more bytes may come.
        let canWait: Bool
        /// True where the stream ends behind the bytes.
        let isLast: Bool
        let showsRequestOfResponse: Bool
        /// 0 from the lower endpoint, 1 from the upper one.
        let side: Int
    }

    static func looksLikeHTTP(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        guard let line = HTTPLines.end(bytes, start, end) else { return false }
        switch HTTPStartLine.kind(bytes, start, line.end) {
        case .response: return HTTPLines.matches(bytes, start, min(line.end, start + 5), "HTTP/")
        case .request, .notification:
            guard line.end - 8 > start else { return false }
            return HTTPLines.matches(bytes, line.end - 8, line.end - 3, "HTTP/")
        case .neither: return false
        }
    }

    /// Adds the values of the messages from `start` to `end`.
    static func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ place: Place,
        into items: inout ApplicationItems
    ) -> MessageOutcome {
        var offset = start
        while offset < end {
            // One empty line before a message.
            if offset + 2 < end, bytes.byte(offset) == 13, bytes.byte(offset + 1) == 10 { offset += 2 }
            if HTTP2Frames.hasPreface(bytes, offset, end) {
                // Where requests came before, it is shown as what goes on with them.
                if place.conversation.hasSeenRequest { rest(bytes, offset, end, place, into: &items) }
                place.conversation.successor = .other(.http2)
                if !place.conversation.hasSeenRequest { items.enter(place.kind) }
                return .changes(at: offset, canWait: false)
            }
            let outcome = message(bytes, offset, end, place, into: &items)
            switch outcome {
            case .whole(let next): offset = max(next, offset + 1)
            case .waits(let need): return .waits(at: offset, need)
            }
            if place.conversation.successor != nil { return .changes(at: offset, canWait: true) }
        }
        return .done
    }

    private enum Outcome {
        case whole(Int)
        case waits(MessageNeed)
    }

    private static func message(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ place: Place,
        into items: inout ApplicationItems
    ) -> Outcome {
        let line = HTTPLines.end(bytes, start, end)
        let kind = HTTPStartLine.kind(bytes, start, line?.end ?? end)
        guard kind != .neither else {
            let isText = (32...126).contains(bytes.byte(start))
            if place.conversation.hasSeenRequest, !isText || line != nil || place.kind == .ssdp {
                rest(bytes, start, end, place, into: &items)
                items.enter(.data)
                return .whole(end)
            }
            guard isText else { return .whole(end) }
            guard let line else { return place.canWait ? .waits(.line) : .whole(end) }
            guard HTTPStartLine.looksLikeHeader(bytes, start, line.end) else { return .whole(end) }
            items.enter(place.kind)
            if place.kind != .ssdp { items.add(.http, bytes, start, end) }
            var headers = HTTPHeaders()
            let body = headers.read(bytes, start, end, .neither, into: &items)
            if body < end { items.add(text: .httpFileBytes, bytes, body, end) }
            return .whole(end)
        }
        guard let line else {
            if place.canWait { return .waits(.line) }
            return head(HTTPStartLine(kind: kind, end: end, next: end), bytes, start, end, place, &items)
        }
        return head(
            HTTPStartLine(kind: kind, end: line.end, next: line.next),
            bytes,
            start,
            end,
            place,
            &items
        )
    }

    /// Bytes of a body whose head was not seen, or of something else, behind a request.
    private static func rest(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ place: Place,
        into items: inout ApplicationItems
    ) {
        items.enter(place.kind)
        if place.kind != .ssdp { items.add(.http, bytes, start, end) }
        if place.conversation.connectTarget.isEmpty, (32...126).contains(bytes.byte(start)) {
            items.add(text: .httpFileBytes, bytes, start, end)
        }
    }

    /// Reads a message whose first line is there.
    private static func head(
        _ line: HTTPStartLine,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ place: Place,
        _ items: inout ApplicationItems
    ) -> Outcome {
        let status = line.kind == .response ? HTTPMessage.status(bytes, start, line.end) : nil
        let framing: HTTPFraming
        if let known = place.conversation.progress[place.side] {
            framing = known.framing
        } else if let found = HTTPFraming(bytes, line.next, end, message: start) {
            framing = found
        } else if place.canWait {
            return .waits(.emptyLine)
        } else {
            framing = HTTPFraming(cutAt: end - start)
        }
        let body: Body
        switch HTTPMessage.body(line, status, framing, bytes, start, end, place) {
        case .waits(let need): return .waits(need)
        case .whole(let found): body = found
        }
        place.conversation.progress[place.side] = nil
        items.enter(place.kind)
        if place.kind != .ssdp { items.add(.http, bytes, start, body.next) }
        items.mark(.httpChat)
        var headers = HTTPHeaders()
        let shownEnd: Int
        switch line.kind {
        case .request, .notification:
            if line.kind == .request { items.mark(.httpIsRequest) }
            let request = requestLine(bytes, start, line.end, into: &items)
            shownEnd = headers.read(bytes, line.next, end, line.kind, into: &items)
            finishRequest(request, headers, line.kind, place, into: &items)
        default:
            responseLine(bytes, start, line.end, status, into: &items)
            shownEnd = headers.read(bytes, line.next, end, line.kind, into: &items)
            finishResponse(status, headers, place, into: &items)
        }
        addBody(body, headers, bytes, shownEnd: shownEnd, place.conversation, into: &items)
        return .whole(body.next)
    }

    /// What belongs to a message behind its head.
    private struct Body {
        /// Where the next message begins.
        var next: Int
        var content: [Range<Int>] = []
        /// True where the content is that of chunks.
        var isChunked = false
    }

    private enum BodyOutcome {
        case whole(Body)
        case waits(MessageNeed)
    }

    private static func body(
        _ line: HTTPStartLine,
        _ status: Int?,
        _ framing: HTTPFraming,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ place: Place
    ) -> BodyOutcome {
        let first = min(end, start + framing.bodyStart)
        if hasNoBody(line.kind, status, place.conversation) { return .whole(Body(next: first)) }
        if framing.isChunked {
            var progress =
                place.conversation.takeProgress(place.side) ?? HTTPProgress(framing: framing, place: framing.bodyStart)
            let chunks = HTTPBody.chunks(bytes, end, message: start, &progress)
            switch chunks {
            case .whole(let next):
                let content = progress.content.map { start + $0.lowerBound..<start + $0.upperBound }
                return .whole(Body(next: next, content: content, isChunked: true))
            case .waits(let need):
                guard place.canWait else { return .whole(Body(next: end, content: [first..<end])) }
                place.conversation.progress[place.side] = progress
                return .waits(need)
            }
        }
        if let length = framing.contentLength, !isEndless(bytes, start, line) {
            if first + length > end, place.canWait { return .waits(.bytes(framing.bodyStart + length)) }
            let next = min(end, first + length)
            return .whole(Body(next: next, content: [first..<next]))
        }
        if line.kind != .response { return .whole(Body(next: first)) }
        if !framing.isKeptAlive, place.canWait, !place.isLast { return .waits(.end) }
        return .whole(Body(next: end, content: [first..<end]))
    }

    /// RPC over HTTP announces a length that stands for a channel without end.
    private static func isEndless(_ bytes: borrowing RawSpan, _ start: Int, _ line: HTTPStartLine) -> Bool {
        line.kind == .request && bytes.copy(start, min(line.end, start + 4)) == Array("RPC_".utf8)
    }

    /// Responses that never have a body (RFC 9112 section 6.3).
    private static func hasNoBody(
        _ kind: HTTPStartLine.Kind,
        _ status: Int?,
        _ conversation: HTTPConversation
    ) -> Bool {
        guard kind == .response, let status else { return false }
        if status / 100 == 1 || status == 204 || status == 304 { return true }
        guard let request = conversation.waiting else { return false }
        if request.method == Array("HEAD".utf8) { return true }
        return request.method == Array("CONNECT".utf8) && status / 100 == 2
    }

    private static func addBody(
        _ body: Body,
        _ headers: HTTPHeaders,
        _ bytes: borrowing RawSpan,
        shownEnd: Int,
        _ conversation: HTTPConversation,
        into items: inout ApplicationItems
    ) {
        var content = body.content
        // Wireshark takes the letters of the coding's name as they are, and what follows the headers for the body.
        if body.isChunked, !headers.isChunked { content = [shownEnd..<body.next] }
        if !body.isChunked, content.count == 1, shownEnd < content[0].lowerBound {
            content = [shownEnd..<content[0].upperBound]
        }
        let count = content.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        items.enter(.data)
        let isDNS = HTTPHeaders.mediaType(headers.contentType) == HTTPHeaders.dnsMessage
        guard isDNS || items.wants(.httpFileBytes) else { return }
        if !isDNS, content.count == 1, headers.encoding == nil {
            return items.add(text: .httpFileBytes, bytes, content[0].lowerBound, content[0].upperBound)
        }
        var joined: [UInt8] = []
        joined.reserveCapacity(count)
        for range in content { joined += bytes.copy(range.lowerBound, range.upperBound) }
        if let encoding = headers.encoding {
            guard let plain = HTTPBody.decode(joined, encoding) else { return }
            joined = plain
        }
        if isDNS { conversation.embed(joined) }
        joined.withRawBytes { items.add(copied: .httpFileBytes, $0, 0, joined.count) }
    }
}
