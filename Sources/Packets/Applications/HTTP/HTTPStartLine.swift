import RoadblockCore

/// The first line of a message (RFC 9112 sections 3 and 4).
struct HTTPStartLine {
    enum Kind: Sendable {
        case request, response, neither
        /// A request of UPnP, which Wireshark reads like one but neither marks nor pairs as one.
        case notification
    }

    let kind: Kind
    /// Where the line ends, and where the next begins.
    let end: Int
    let next: Int

    private static let methods: Set<String> = [
        "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "COPY", "LOCK", "MOVE", "MKCOL",
        "PROPFIND", "PROPPATCH", "UNLOCK", "POLL", "BCOPY", "BMOVE", "BDELETE", "BPROPFIND", "BPROPPATCH", "LABEL",
        "MERGE", "REPORT", "UPDATE", "CHECKIN", "CHECKOUT", "UNCHECKOUT", "MKACTIVITY", "MKWORKSPACE",
        "VERSION-CONTROL", "BASELINE-CONTROL", "M-SEARCH", "RPC_CONNECT", "RPC_IN_DATA", "RPC_OUT_DATA", "SEARCH",
        "CCM_POST",
    ]
    private static let notifications: Set<String> = ["NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE"]

    /// True for the first line of something that has headers, if no request or response: it has a colon.
    static func looksLikeHeader(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        for place in start..<end where bytes.byte(place) == 58 { return true }
        return false
    }

    static func kind(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Kind {
        let opening = bytes.copy(start, min(end, start + 5))
        if opening == Array("HTTP/".utf8) || opening.starts(with: "ICY".utf8) { return .response }
        let limit = min(end, start + 20)
        let word = HTTPLines.wordEnd(bytes, start, limit)
        guard word > start, word < start + 20 else { return .neither }
        let method = String(decoding: bytes.copy(start, word), as: UTF8.self)
        if methods.contains(method) { return .request }
        return notifications.contains(method) ? .notification : .neither
    }
}
