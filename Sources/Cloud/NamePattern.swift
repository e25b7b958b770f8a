/// A pattern as EC2's filters have it: `*` stands for any text, `?` for one character or none, a backslash takes away
/// the meaning of the character behind it.
///
/// Source: EC2 User Guide, "Find your Amazon EC2 resources".
struct NamePattern {
    private enum Part: Equatable {
        case any, one
        case literal(Unicode.Scalar)
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var isEscaped = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case _ where isEscaped:
                parts.append(.literal(scalar))
                isEscaped = false
            case "\\": isEscaped = true
            // Several stars are one; with fewer parts the search is shorter.
            case "*": if parts.last != .any { parts.append(.any) }
            case "?": parts.append(.one)
            default: parts.append(.literal(scalar))
            }
        }
        if isEscaped { parts.append(.literal("\\")) }
        self.parts = parts
    }

    /// True for a text that fits as a whole.
    func matches(_ text: String) -> Bool {
        // All places in the pattern at which the search can be, moved on together: no text takes more than its length
        // times the pattern's.
        var places = [Bool](repeating: false, count: parts.count + 1)
        places[0] = true
        passOver(&places)
        for scalar in text.unicodeScalars {
            var next = [Bool](repeating: false, count: parts.count + 1)
            for (index, part) in parts.enumerated() where places[index] {
                switch part {
                case .any: next[index] = true
                case .one: next[index + 1] = true
                case .literal(let wanted): if scalar == wanted { next[index + 1] = true }
                }
            }
            passOver(&next)
            guard next.contains(true) else { return false }
            places = next
        }
        return places[parts.count]
    }

    /// `*` and `?` may stand for nothing.
    private func passOver(_ places: inout [Bool]) {
        for (index, part) in parts.enumerated() where places[index] && (part == .any || part == .one) {
            places[index + 1] = true
        }
    }
}
