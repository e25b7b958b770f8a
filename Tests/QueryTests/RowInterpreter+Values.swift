extension RowInterpreter {
    /// The number that a value is; text counts where all of it is digits, a sign, a point or an exponent.
    static func number(_ value: Value) -> Double? {
        switch value {
        case .number(let number): return number
        case .text(let text):
            guard let first = text.utf8.first, first == 45 || first == 46 || (48...57).contains(first),
                text.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) })
            else { return nil }
            return Double(text)
        }
    }

    static func text(_ value: Value) -> String {
        switch value {
        case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
        case .text(let text): text
        }
    }

    static func equal(_ a: Value, _ b: Value) -> Bool {
        if case .text(let first) = a, case .text(let second) = b { return first == second }
        guard let x = number(a), let y = number(b) else { return false }
        return x == y
    }

    /// The order of a comparison; `nil` for a number against text that is none.
    static func comparison(_ a: Value, _ b: Value) -> Int? {
        if case .text(let first) = a, case .text(let second) = b {
            return first == second ? 0 : first.utf8.lexicographicallyPrecedes(second.utf8) ? -1 : 1
        }
        guard let x = number(a), let y = number(b) else { return nil }
        return x < y ? -1 : x > y ? 1 : 0
    }

    /// The order of `sort`: nothing, then what is no number, then numbers.
    static func order(_ a: Value?, _ b: Value?) -> Int {
        func rank(_ value: Value?) -> Int { value.map { number($0) == nil ? 1 : 2 } ?? 0 }
        if rank(a) != rank(b) { return rank(a) - rank(b) }
        guard let a, let b else { return 0 }
        if let x = number(a), let y = number(b) { return x < y ? -1 : x > y ? 1 : 0 }
        return natural(chunks(text(a)), chunks(text(b)))
    }

    /// Digits by themselves, other characters one by one.
    private static func chunks(_ text: String) -> [String] {
        var parts: [String] = []
        for character in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(character)
            if isDigit, let last = parts.last?.unicodeScalars.first, ("0"..."9").contains(last) {
                parts[parts.count - 1].unicodeScalars.append(character)
            } else {
                parts.append(String(character))
            }
        }
        return parts
    }

    private static func natural(_ a: [String], _ b: [String]) -> Int {
        for (x, y) in zip(a, b) where x != y {
            if let m = Int(x), let n = Int(y), x.count != y.count || m != n {
                return x.count != y.count ? x.count - y.count : m - n
            }
            return x.unicodeScalars.lexicographicallyPrecedes(y.unicodeScalars) ? -1 : 1
        }
        return a.count - b.count
    }
}

extension Sequence<UInt8> {
    /// True when the bytes occur somewhere.
    func contains(sequence part: some Sequence<UInt8>) -> Bool {
        let (all, wanted) = (Array(self), Array(part))
        guard wanted.count <= all.count else { return false }
        return (0...(all.count - wanted.count)).contains { Array(all[$0..<($0 + wanted.count)]) == wanted }
    }
}
