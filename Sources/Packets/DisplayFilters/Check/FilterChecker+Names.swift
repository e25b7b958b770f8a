import RoadblockCore

extension WordSyntax {
    /// True for what can only be a name: a number, an address or bytes begin with a digit or hold a colon.
    var isNameLike: Bool {
        if isField { return true }
        guard let first = text.first, first.isLetter || first == "_" else { return false }
        return !text.contains(":")
    }
}

extension FilterChecker {
    /// The error for a name that no field has, with the one that was probably meant.
    func unknownField(_ word: WordSyntax) -> FilterError {
        FilterChecker.unknownField(word.text, word.span)
    }

    static func unknownField(_ name: String, _ span: SourceSpan) -> FilterError {
        FilterError(.unknownField, "there is no field `\(name)`", span, suggestion: hint(for: name))
    }

    private static func hint(for name: String) -> String? {
        let replaced = ["tcp.flags.ecn": "tcp.flags.ece", "tcp.flags.ns": "tcp.flags.ae"]
        if let newer = replaced[name] { return "since version 4.0 the field is called `\(newer)`" }
        let captureWords: [String: String] = [
            "host": "ip.addr == …", "net": "ip.addr == …/24", "port": "tcp.port == … or udp.port == …",
            "portrange": "tcp.port in {1..9}", "src": "ip.src == …", "dst": "ip.dst == …", "ether": "eth.addr == …",
            "broadcast": "eth.dst == ff:ff:ff:ff:ff:ff", "multicast": "eth.dst[0] & 1",
        ]
        if let filter = captureWords[name] {
            return "this looks like a capture filter; as a display filter: `\(filter)`"
        }
        let lower = name.lowercased()
        if lower != name, FieldCatalogue.isKnown(lower) { return "names are lower case: `\(lower)`" }
        if let keyword = FilterToken.Keyword(rawValue: lower) {
            return "keywords are lower case: `\(keyword.rawValue)`"
        }
        if let minus = name.firstIndex(of: "-"), FieldCatalogue.isKnown(String(name[..<minus])) {
            return "put blanks around the minus: `\(name[..<minus]) - \(name[name.index(after: minus)...])`"
        }
        return relatives(of: name)
    }

    /// What is called alike: the field elsewhere in its protocol, a slip of the hand, fields of other protocols.
    private static func relatives(of name: String) -> String? {
        let near = nearest(to: name, among: FieldCatalogue.allNames).map { "did you mean `\($0)`?" }
        let parts = name.split(separator: ".")
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return near }
        let own = FieldCatalogue.allNames.filter { $0.hasPrefix("\(first).") }
        let namesakes = FieldCatalogue.allNames.filter { $0.hasSuffix(".\(last)") }
        let ownNamesakes = own.filter(namesakes.contains)
        if let shortest = ownNamesakes.min(by: { $0.count < $1.count }) {
            return "did you mean `\(nearest(to: name, among: ownNamesakes) ?? shortest)`?"
        }
        if let near { return near }
        if !namesakes.isEmpty {
            let listed = namesakes.sorted { ($0.count, $0) < ($1.count, $1) }.prefix(3).map { "`\($0)`" }
            return "did you mean \(listed.joined(separator: " or "))?"
        }
        guard own.isEmpty else { return nil }
        return nearest(to: String(first), among: FieldCatalogue.protocolNames)
            .map { "did you mean the protocol `\($0)`?" }
            ?? "no protocol is called `\(first)`; those that are read: "
            + FieldCatalogue.protocolNames.joined(separator: ", ")
    }
}
