package import RoadblockCore

/// A name or an address to probe, as it was typed; holding one means that it can be handed to the resolver.
package struct HostName: Hashable, Sendable {
    /// Without the brackets that an IPv6 address may have.
    package let text: String

    /// A host name, an IPv4 address, or an IPv6 address with or without brackets.
    ///
    /// - Throws: `Failure` of kind `usage` for what cannot be a host.
    package init(parsing word: String) throws(Failure) {
        var text = word
        if text.hasPrefix("["), text.hasSuffix("]"), text.contains(":") { text = String(text.dropFirst().dropLast()) }
        try HostName.check(text)
        self.text = text
    }

    /// The host and the ports of the arguments: `HOST PORT...`, or one word such as `HOST:PORT` or `[IPV6]:PORT`.
    ///
    /// - Throws: `Failure` of kind `usage`.
    package static func parse(_ word: String, ports: [String]) throws(Failure) -> (host: HostName, ports: PortList) {
        if ports.isEmpty, let colon = word.lastIndex(of: ":"), !word.contains("://") {
            let host = word[..<colon]
            // Several colons without brackets are an address alone.
            if !host.contains(":") || host.hasSuffix("]") {
                let name = try HostName(parsing: String(host))
                return (name, try PortList(parsing: [String(word[word.index(after: colon)...])]))
            }
        }
        return (try HostName(parsing: word), try PortList(parsing: ports))
    }

    /// Bytes of a name in DNS text form (RFC 1035 section 2.3.4), the last dot included.
    private static let longest = 254

    private static func check(_ text: String) throws(Failure) {
        guard !text.isEmpty else { throw bad("the host is empty") }
        guard text.utf8.count <= longest else {
            throw bad("the host has \(text.utf8.count) bytes, and no name has more than \(longest)")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw bad("the host holds a control character")
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw bad("the host has letters beyond ASCII", "write the name in its xn-- form")
        }
        if let (scheme, rest) = splitURL(text) {
            let host = rest.prefix { !"/:?#".contains($0) }
            let typed = rest.dropFirst(host.count).prefix { !"/?#".contains($0) }.dropFirst()
            let isPort = !typed.isEmpty && typed.allSatisfy { $0.isASCII && $0.isNumber }
            let port = isPort ? String(typed) : ["http": "80", "https": "443"][scheme] ?? "PORT"
            throw bad("`\(text)` is an address of the web, and no host", "roadblock probe \(host) \(port)")
        }
        let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || ".-_:%".contains($0) }
        guard isPlain else { throw bad("`\(text)` is no host name and no address") }
        if text.contains(":"), IPAddress(parsing: text.prefix { $0 != "%" }) == nil {
            throw bad(
                "`\(text)` is no host name and no address",
                "the port stands behind the host once: HOST PORT, HOST:PORT or [IPV6]:PORT"
            )
        }
    }

    private static func splitURL(_ text: String) -> (scheme: String, rest: Substring)? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        return (text[..<colon].lowercased(), text[colon...].dropFirst(3))
    }

    private static func bad(_ message: String, _ suggestion: String? = nil) -> Failure {
        Failure(.usage, message, code: "bad-host", suggestion: suggestion)
    }
}
