import RoadblockCore

extension HTTPMessage {
    /// What the first line of a request says.
    struct RequestLine {
        var method: [UInt8] = []
        var target: [UInt8] = []
    }

    static func requestLine(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) -> RequestLine {
        var line = RequestLine()
        let method = HTTPLines.wordEnd(bytes, start, end)
        items.add(text: .httpMethod, bytes, start, method)
        line.method = bytes.copy(start, min(method, start + 32))
        guard method < end else { return line }
        let target = method + 1
        let targetEnd = HTTPLines.wordEnd(bytes, target, end)
        items.add(text: .httpURI, bytes, target, targetEnd)
        line.target = bytes.copy(target, targetEnd)
        var question = target
        while question < targetEnd, bytes.byte(question) != 63 { question += 1 }
        if question + 1 < targetEnd {
            items.add(text: .httpPath, bytes, target, question)
            items.add(text: .httpQuery, bytes, question + 1, targetEnd)
        }
        if targetEnd < end { items.add(text: .httpRequestVersion, bytes, targetEnd + 1, end) }
        return line
    }

    /// The status code, as C reads the first three characters of its word; `nil` where that is shorter.
    static func status(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Int? {
        let word = statusWord(bytes, start, end)
        guard word.count >= 3 else { return nil }
        let first = HTTPLines.skipSpaces(bytes, word.lowerBound, word.lowerBound + 3)
        var last = first
        while last < word.lowerBound + 3, (48...57).contains(bytes.byte(last)) { last += 1 }
        return HTTPLines.number(bytes, first, last) ?? 0
    }

    private static func statusWord(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Range<Int> {
        var place = HTTPLines.wordEnd(bytes, start, end)
        while place < end, bytes.byte(place) == 32 { place += 1 }
        return place..<HTTPLines.wordEnd(bytes, place, end)
    }

    static func responseLine(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ status: Int?,
        into items: inout ApplicationItems
    ) {
        items.mark(.httpIsResponse)
        let version = HTTPLines.wordEnd(bytes, start, end)
        items.add(text: .httpResponseVersion, bytes, start, version)
        guard let status else { return }
        items.add(.httpStatus, status)
        items.add(.httpStatusText, made: Array((statusTexts[status] ?? "Unknown (\(status))").utf8))
        let phrase = HTTPLines.skipSpaces(bytes, statusWord(bytes, start, end).upperBound, end)
        if phrase < end { items.add(text: .httpPhrase, bytes, phrase, end) }
    }

    static func finishRequest(
        _ line: RequestLine,
        _ headers: HTTPHeaders,
        _ kind: HTTPStartLine.Kind,
        _ place: Place,
        into items: inout ApplicationItems
    ) {
        var full: [UInt8] = []
        if !headers.host.isEmpty, !line.target.isEmpty {
            let isWhole = line.target.starts(with: "http".utf8) || line.method == Array("CONNECT".utf8)
            full = isWhole ? line.target : Array("http://".utf8) + headers.host + line.target
            items.add(.httpFullURI, made: full)
        }
        if line.method == Array("CONNECT".utf8) { place.conversation.connectTarget = line.target }
        guard kind == .request else { return place.conversation.noteNotification() }
        let request = place.conversation.ask(line, fullURI: full, time: place.time, frame: place.frame)
        if request.previous > 0 { items.add(.httpPreviousRequest, request.previous) }
    }

    /// Host and port that a proxy has connected to.
    static func addConnectTarget(_ target: [UInt8], into items: inout ApplicationItems) {
        let parts = connectTarget(target)
        items.add(.httpConnectHost, made: Array(parts.host))
        if let port = parts.port { items.add(.httpConnectPort, Int(port)) }
    }

    /// Host and port at the first colon, as Wireshark has them: a port that is no number is 0.
    static func connectTarget(_ target: [UInt8]) -> (host: ArraySlice<UInt8>, port: UInt16?) {
        guard let colon = target.firstIndex(of: 58) else { return (target[...], nil) }
        let digits = target[(colon + 1)...].prefix { (48...57).contains($0) }
        return (target[..<colon], UInt16(String(decoding: digits, as: UTF8.self)) ?? 0)
    }

    static func finishResponse(
        _ status: Int?,
        _ headers: HTTPHeaders,
        _ place: Place,
        into items: inout ApplicationItems
    ) {
        let isInterim = status.map { $0 / 100 == 1 && $0 != 101 } ?? false
        let (answered, previous) = place.conversation.answer(isInterim: isInterim)
        if previous > 0 { items.add(.httpPreviousRequest, previous) }
        guard let request = answered else { return }
        items.add(.httpTime, Int(place.time.nanoseconds(since: request.time)))
        items.add(.httpRequestIn, request.frame)
        if place.showsRequestOfResponse {
            if !request.target.isEmpty { items.add(.httpURI, made: request.target) }
            if !request.fullURI.isEmpty { items.add(.httpFullURI, made: request.fullURI) }
        }
        let isTunnel = request.method == Array("CONNECT".utf8) && status.map { $0 / 100 == 2 } ?? false
        if isTunnel { place.conversation.successor = .tunnel }
        guard status == 101, !headers.upgrade.isEmpty else { return }
        switch String(decoding: headers.upgrade, as: UTF8.self) {
        case "h2c", "h2": place.conversation.successor = .other(.http2)
        case "websocket": place.conversation.successor = .other(.webSocket)
        default: place.conversation.successor = .other(.data)
        }
    }

    /// The words for status codes (IANA "HTTP Status Code Registry").
    private static let statusTexts: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
        199: "Informational - Others", 200: "OK", 201: "Created", 202: "Accepted",
        203: "Non-authoritative Information", 204: "No Content", 205: "Reset Content", 206: "Partial Content",
        207: "Multi-Status", 208: "Already Reported", 226: "IM Used", 299: "Success - Others", 300: "Multiple Choices",
        301: "Moved Permanently", 302: "Found", 303: "See Other",
        304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
        399: "Redirection - Others",
        400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
        408: "Request Time-out", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
        413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type",
        416: "Requested Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a teapot",
        421: "Misdirected Request", 425: "Too Early", 451: "Unavailable For Legal Reasons",
        499: "Client Error - Others",
        422: "Unprocessable Entity", 423: "Locked", 424: "Failed Dependency", 426: "Upgrade Required",
        428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected", 510: "Not Extended",
        599: "Server Error - Others", 504: "Gateway Time-out", 505: "HTTP Version not supported",
        511: "Network Authentication Required",
    ]
}
