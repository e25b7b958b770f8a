package import RoadblockCore

/// The ports to probe, in the order they were named, each once.
package struct PortList: Hashable, Sendable {
    package let ports: [UInt16]

    /// The most ports of one run.
    package static let limit = 1000

    /// Words such as `443`, `80,443` and `8000-8010`.
    ///
    /// - Throws: `Failure` of kind `usage` for anything else, for no port at all, and for more than the limit.
    package init(parsing words: [String]) throws(Failure) {
        var ports: [UInt16] = []
        var known: Set<UInt16> = []
        for word in words {
            var start = 0
            for part in word.split(separator: ",", omittingEmptySubsequences: false) {
                let span = SourceSpan(start, start + part.utf8.count)
                start = span.end + 1
                for port in try PortList.range(part, Failure.Place(of: word, span))
                where known.insert(port).inserted { ports.append(port) }
                guard ports.count <= PortList.limit else {
                    throw Failure(
                        .usage,
                        "more than \(PortList.limit) ports",
                        code: "too-many-ports",
                        suggestion: "one run takes at most \(PortList.limit) ports: name fewer, or run several times"
                    )
                }
            }
        }
        guard !ports.isEmpty else {
            throw Failure(
                .usage,
                "no port was named",
                code: "no-port",
                suggestion: "roadblock probe HOST PORT, such as: roadblock probe www.example.com 443"
            )
        }
        self.ports = ports
    }

    private static func range(_ part: Substring, _ place: Failure.Place?) throws(Failure) -> ClosedRange<UInt16> {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = ends.first, let last = ends.last else { throw notAPort(place) }
        let (lower, upper) = (try number(first, place), try number(last, place))
        guard lower <= upper else {
            throw Failure(
                .usage,
                "the range of ports goes backwards",
                code: "bad-port",
                place: place,
                suggestion: "write \(upper)-\(lower)"
            )
        }
        return lower...upper
    }

    private static func number(_ text: Substring, _ place: Failure.Place?) throws(Failure) -> UInt16 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { throw notAPort(place) }
        let value = text.utf8.count > 9 ? nil : UInt16(text)
        guard let value, value > 0 else {
            throw Failure(.usage, "ports are numbers from 1 to 65535", code: "bad-port", place: place)
        }
        return value
    }

    private static func notAPort(_ place: Failure.Place?) -> Failure {
        Failure(
            .usage,
            "this is no port",
            code: "bad-port",
            place: place,
            suggestion: "write a number such as 443, a list such as 80,443 or a range such as 8000-8010"
        )
    }
}

extension Failure.Place {
    /// A place in a word of the command line; `nil` for a word that is not fit to be shown.
    init?(of word: String, _ span: SourceSpan? = nil) {
        guard word.utf8.count <= 200, word.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        self.init(text: word, span: span ?? SourceSpan(0, word.utf8.count))
    }
}
