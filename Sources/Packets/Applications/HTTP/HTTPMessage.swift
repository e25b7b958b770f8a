import RoadblockCore

/// Reads HTTP/1 messages (RFC 9112).
enum HTTPMessage {
    /// Where the bytes come from.
    struct Place {
        let time: Instant
        let frame: Int
        let kind: ApplicationProtocol
        /// True where more bytes may come.
        let canWait: Bool
        /// True where the stream ends behind the bytes.
        let isLast: Bool
        let showsRequestOfResponse: Bool
    }

    static func looksLikeHTTP(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        guard let line = HTTPLines.end(bytes, start, end) else { return false }
        switch HTTPStartLine.kind(bytes, start, line.end) {
        case .response: return HTTPLines.matches(bytes, start, min(line.end, start + 5), "HTTP/")
        case .request:
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
        _ conversation: HTTPConversation,
        _ place: Place,
        into items: inout ApplicationItems
    ) -> MessageOutcome {
        guard !conversation.isHandedOver else { return .done }
        var offset = start
        while offset < end, !conversation.isHandedOver {
            // Empty lines between messages.
            if offset > start, bytes.byte(offset) == 10 || bytes.byte(offset) == 13 {
                offset += 1
                continue
            }
            let outcome = message(bytes, offset, end, conversation, place, into: &items)
            switch outcome {
            case .whole(let next): offset = max(next, offset + 1)
            case .waits(let need): return .waits(at: offset, need)
            }
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
        _ conversation: HTTPConversation,
        _ place: Place,
        into items: inout ApplicationItems
    ) -> Outcome {
        let line = HTTPLines.end(bytes, start, end)
        let kind = HTTPStartLine.kind(bytes, start, line?.end ?? end)
        guard kind != .neither else {
            // Bytes of a body whose head was not seen, or of something else.
            let isText = (32...126).contains(bytes.byte(start))
            if conversation.newest != nil, !isText || line != nil {
                items.enter(place.kind)
                if place.kind != .ssdp { items.add(.http, bytes, start, end) }
                items.enter(.data)
                items.add(text: .httpFileBytes, bytes, start, end)
                return .whole(end)
            }
            guard isText else { return .whole(end) }
            guard let line else { return place.canWait ? .waits(.segment) : .whole(end) }
            if HTTPLines.matches(bytes, start, line.end, "PRI * HTTP/2.0") {
                // The preface of HTTP/2 (RFC 9113 section 3.4).
                conversation.isHandedOver = true
                items.enter(place.kind)
                return .whole(end)
            }
            guard HTTPStartLine.looksLikeHeader(bytes, start, line.end) else { return .whole(end) }
            items.enter(place.kind)
            if place.kind != .ssdp { items.add(.http, bytes, start, end) }
            var headers = HTTPHeaders()
            let body = headers.read(bytes, start, end, .neither, into: &items)
            if body < end { items.add(text: .httpFileBytes, bytes, body, end) }
            return .whole(end)
        }
        guard let line else {
            if place.canWait { return .waits(.segment) }
            return head(HTTPStartLine(kind: kind, end: end, next: end), bytes, start, end, conversation, place, &items)
        }
        return head(
            HTTPStartLine(kind: kind, end: line.end, next: line.next),
            bytes,
            start,
            end,
            conversation,
            place,
            &items
        )
    }

    /// Reads a message whose first line is there.
    private static func head(
        _ line: HTTPStartLine,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ conversation: HTTPConversation,
        _ place: Place,
        _ items: inout ApplicationItems
    ) -> Outcome {
        // First without keeping anything: whether the message is whole decides if it is shown.
        var nothing = ApplicationItems()
        var headers = HTTPHeaders()
        let isWholeHead = headEnds(bytes, line.next, end)
        if !isWholeHead, place.canWait { return .waits(.segment) }
        let body = headers.read(bytes, line.next, end, line.kind, into: &nothing)
        let status = line.kind == .response ? HTTPMessage.status(bytes, start, line.end) : nil
        var content: [Range<Int>] = []
        var next = end
        let hasNoBody = hasNoBody(line.kind, status, conversation, headers)
        if hasNoBody {
            next = body
        } else if headers.isChunked {
            switch HTTPBody.chunks(bytes, body, end, message: start) {
            case .whole(let last, let ranges): (next, content) = (last, ranges)
            case .broken(let ranges): (next, content) = (end, ranges.isEmpty ? [body..<end] : ranges)
            case .waits(let need):
                if place.canWait { return .waits(need) }
                content = [body..<end]
            }
        } else if let length = headers.contentLength {
            if body + length > end, place.canWait { return .waits(.bytes(body + length - start)) }
            next = min(end, body + length)
            content = [body..<next]
        } else if line.kind == .request {
            next = body
        } else {
            if !headers.isKeptAlive, place.canWait, !place.isLast { return .waits(.end) }
            content = [body..<end]
        }
        items.enter(place.kind)
        if place.kind != .ssdp { items.add(.http, bytes, start, next) }
        items.mark(.httpChat)
        var shown = HTTPHeaders()
        switch line.kind {
        case .request:
            let request = requestLine(bytes, start, line.end, into: &items)
            _ = shown.read(bytes, line.next, end, line.kind, into: &items)
            finishRequest(request, shown, bytes, conversation, place, into: &items)
        default:
            responseLine(bytes, start, line.end, status, into: &items)
            _ = shown.read(bytes, line.next, end, line.kind, into: &items)
            finishResponse(status, headers, conversation, place, into: &items)
        }
        addBody(content, headers, bytes, into: &items)
        return .whole(next)
    }

    private static func headEnds(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        var place = start
        while let line = HTTPLines.end(bytes, place, end) {
            if line.end == place { return true }
            place = line.next
        }
        return false
    }

    /// Responses that never have a body (RFC 9112 section 6.3).
    private static func hasNoBody(
        _ kind: HTTPStartLine.Kind,
        _ status: Int?,
        _ conversation: HTTPConversation,
        _ headers: HTTPHeaders
    ) -> Bool {
        guard kind == .response, let status else { return false }
        if status / 100 == 1 || status == 204 || status == 304 { return true }
        guard let request = conversation.newest, !conversation.isAnswered else { return false }
        if request.method == Array("HEAD".utf8) { return true }
        return request.method == Array("CONNECT".utf8) && status / 100 == 2
    }

    private static func addBody(
        _ content: [Range<Int>],
        _ headers: HTTPHeaders,
        _ bytes: borrowing RawSpan,
        into items: inout ApplicationItems
    ) {
        let count = content.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        items.enter(.data)
        guard items.wants(.httpFileBytes) else { return }
        if content.count == 1, headers.encoding.isEmpty {
            return items.add(text: .httpFileBytes, bytes, content[0].lowerBound, content[0].upperBound)
        }
        var joined: [UInt8] = []
        joined.reserveCapacity(count)
        for range in content { joined += bytes.copy(range.lowerBound, range.upperBound) }
        let plain = HTTPBody.decode(joined, headers.encoding) ?? joined
        plain.withRawBytes { items.add(copied: .httpFileBytes, $0, 0, plain.count) }
    }
}
