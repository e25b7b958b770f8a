package import RoadblockCore

/// How long an answer is waited for: 10 milliseconds to 10 minutes.
package struct TimeLimit: Hashable, Sendable {
    package let milliseconds: Int

    package static let range = 10...600_000

    /// A time in milliseconds; `nil` outside of the range.
    package init?(milliseconds: Int) {
        guard TimeLimit.range.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// `5s`, `500ms`, `1m`, or a number of seconds; fractions such as `0.5` are fine.
    ///
    /// - Throws: `Failure` of kind `usage`.
    package init(parsing text: String) throws(Failure) {
        let digits = text.prefix { "0123456789.".contains($0) }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        let factors: [String: Double] = ["": 1000, "s": 1000, "ms": 1, "m": 60_000, "min": 60_000]
        guard !digits.isEmpty, digits.utf8.count <= 16, let number = Double(digits), let factor = factors[String(unit)]
        else {
            throw Failure(
                .usage,
                "--timeout is no length of time",
                code: "bad-timeout",
                place: Failure.Place(of: text),
                suggestion: "write 5s, 500ms, 1m, or a number of seconds"
            )
        }
        let value = number * factor
        guard value <= Double(TimeLimit.range.upperBound), let limit = TimeLimit(milliseconds: Int(value.rounded()))
        else {
            throw Failure(
                .usage,
                "--timeout is from 10ms to 10m",
                code: "bad-timeout",
                place: Failure.Place(of: text)
            )
        }
        self = limit
    }

    package var duration: Duration { .milliseconds(milliseconds) }
}

extension TimeLimit: CustomStringConvertible {
    /// `500 ms`, `5 s`, `1.25 s`.
    package var description: String {
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000) s" }
        var text = fixed(Double(milliseconds) / 1000, 3)
        while text.last == "0" { text.removeLast() }
        return text + " s"
    }
}
