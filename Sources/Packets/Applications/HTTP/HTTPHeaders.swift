import RoadblockCore

/// The header fields of a message (RFC 9110 section 6.3), as they are shown.
struct HTTPHeaders {
    var isChunked = false
    var upgrade: [UInt8] = []
    var contentType: [UInt8] = []
    /// The body's coding; `nil` where it has none, which "identity" means too.
    var encoding: [UInt8]?
    var host: [UInt8] = []

    private static let fields: [String: ApplicationField] = [
        "host": .httpHost, "user-agent": .httpUserAgent, "server": .httpServer, "location": .httpLocation,
        "content-type": .httpContentType, "content-length": .httpContentLengthText,
        "content-encoding": .httpContentEncoding, "transfer-encoding": .httpTransferEncoding,
        "connection": .httpConnection, "referer": .httpReferer, "cookie": .httpCookie, "set-cookie": .httpSetCookie,
        "authorization": .httpAuthorization, "proxy-authenticate": .httpProxyAuthenticate,
        "proxy-authorization": .httpProxyAuthorization, "www-authenticate": .httpWWWAuthenticate,
        "x-forwarded-for": .httpForwardedFor, "accept": .httpAccept, "accept-language": .httpAcceptLanguage,
        "accept-encoding": .httpAcceptEncoding, "date": .httpDate, "last-modified": .httpLastModified,
    ]

    /// Headers that Wireshark has fields for that are not read here.
    private static let otherNames: Set<String> = [
        "upgrade", "cache-control", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-key",
        "sec-websocket-protocol", "sec-websocket-version", "http2-settings",
    ]

    /// Reads the lines from `start` up to the empty one, and adds their values.
    ///
    /// - Returns: the place behind the empty line, or of the line that is no header.
    mutating func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ kind: HTTPStartLine.Kind,
        into items: inout ApplicationItems
    ) -> Int {
        var place = start
        while place < end {
            let line = HTTPLines.end(bytes, place, end) ?? (end, end)
            if line.end == place { return line.next }
            // What is no header ends them, a line that goes on with the one before included.
            guard HTTPStartLine.looksLikeHeader(bytes, place, line.end) else { return place }
            add(bytes, place, line.end, line.next, kind, into: &items)
            place = line.next
        }
        return end
    }

    private mutating func add(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ next: Int,
        _ kind: HTTPStartLine.Kind,
        into items: inout ApplicationItems
    ) {
        switch kind {
        case .request: items.add(text: .httpRequestLine, bytes, start, next)
        case .response: items.add(text: .httpResponseLine, bytes, start, next)
        case .notification, .neither: break
        }
        var colon = start
        while colon < end, bytes.byte(colon) != 58 { colon += 1 }
        guard colon < end else { return items.mark(.httpBadHeader) }
        var isToken = colon > start
        for place in start..<colon where !HTTPHeaders.isTokenByte(bytes.byte(place)) { isToken = false }
        if !isToken { items.mark(.httpBadHeader) }
        let name = String(decoding: bytes.copy(start, min(colon, start + 33)).map(HTTPLines.lower), as: UTF8.self)
        let value = HTTPLines.skipSpaces(bytes, colon + 1, end)
        guard let field = HTTPHeaders.fields[name] else {
            if name == "upgrade" { upgrade = bytes.copy(value, min(end, value + 32)).map(HTTPLines.lower) }
            if kind == .notification || kind == .neither, !HTTPHeaders.otherNames.contains(name) {
                items.add(text: .httpUnknownHeader, bytes, start, next)
            }
            return
        }
        take(field, bytes, value, end, into: &items)
        items.add(text: field, bytes, value, end)
    }

    private mutating func take(
        _ field: ApplicationField,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        switch field {
        case .httpContentLengthText:
            var last = end
            while last > start, bytes.byte(last - 1) == 32 { last -= 1 }
            guard let length = HTTPLines.number(bytes, start, last) else { return }
            items.add(.httpContentLength, length)
        case .httpTransferEncoding:
            isChunked = bytes.copy(start, min(end, start + 7)) == Array("chunked".utf8)
        case .httpContentType: contentType = bytes.copy(start, min(end, start + 256))
        case .httpContentEncoding:
            let coding = bytes.copy(start, min(end, start + 16)).map(HTTPLines.lower)
            encoding = coding == Array("identity".utf8) ? nil : coding
        case .httpHost: host = bytes.copy(start, min(end, start + 8192))
        default: break
        }
    }

    /// DNS in the form that it has on the wire (RFC 8484 section 6).
    static let dnsMessage = Array("application/dns-message".utf8)

    /// A content type without its parameters, in small letters.
    static func mediaType(_ value: [UInt8]) -> [UInt8] {
        value.prefix { $0 != 59 && $0 != 32 && $0 != 9 }.map(HTTPLines.lower)
    }

    /// The bytes of a token (RFC 9110 section 5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case 33, 35, 36, 37, 38, 39, 42, 43, 45, 46, 94, 95, 96, 124, 126: true
        default: false
        }
    }
}
