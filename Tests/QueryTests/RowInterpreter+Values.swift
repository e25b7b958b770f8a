import Query
import RoadblockCore

extension RowInterpreter {
    /// The number that a value is; text counts where all of it is digits, a sign, a point or an exponent.
    static func number(_ value: Value) -> Double? {
        switch value {
        case .number(let number): return number
        case .time(let time): return Double(time)
        case .structure: return nil
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
        case .time(let time): clock(time)
        case .structure(let structure): structure.compact
        }
    }

    /// The text that functions see: maps and lists have none.
    static func plainText(_ value: Value) -> String? {
        if case .structure = value { return nil }
        return text(value)
    }

    /// A time of 2024's first days, which is all that the random tables have.
    private static func clock(_ time: Int64) -> String {
        let start: Int64 = 1_704_067_200_000
        func digits(_ value: Int64, _ count: Int) -> String {
            String(repeating: "0", count: count - String(value).count) + String(value)
        }
        let (day, rest) = (time - start).quotientAndRemainder(dividingBy: 86_400_000)
        let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60)
        return "2024-01-\(digits(day + 1, 2)) \(digits(hour, 2)):\(digits(minute, 2)):\(digits(second, 2))."
            + digits(rest % 1000, 3)
    }

    /// The milliseconds of the periods that the random queries have.
    static func milliseconds(_ period: PeriodSyntax) -> Int64? {
        switch period.unit {
        case .second: Int64(period.count) * 1000
        case .minute: Int64(period.count) * 60_000
        case .hour: Int64(period.count) * 3_600_000
        default: nil
        }
    }

    /// The map or the list that a text is.
    static func structure(_ text: String) -> Value? {
        guard let value = try? JSONReader.value(of: Array(text.utf8)) else { return nil }
        switch value {
        case .array, .object: return .structure(value)
        default: return nil
        }
    }

    private static func scalar(_ json: JSONValue) -> Value? {
        switch json {
        case .null: nil
        case .bool(let truth): .number(truth ? 1 : 0)
        case .int(let number): .number(Double(number))
        case .double(let number): .number(number)
        case .string(let text): .text(text)
        case .array, .object: .structure(json)
        }
    }

    /// The items of a list, or of a text that is one.
    static func items(_ value: Value?) -> [Value?]? {
        guard let value, case .structure(.array(let items))? = structure(text(value)) else { return nil }
        return items.map { scalar($0) }
    }

    /// A step into a map or a list.
    static func step(_ found: Value?, _ name: String) -> Value? {
        guard case .structure(let structure)? = found else { return nil }
        switch structure {
        case .array(let items):
            guard let index = Int(name), items.indices.contains(index) else { return nil }
            return scalar(items[index])
        case .object(let members): return members.last { $0.name == name }.flatMap { scalar($0.value) }
        default: return nil
        }
    }

    /// A text cut at every separator; an empty separator cuts nothing.
    static func pieces(_ text: String, _ separator: String) -> [String] {
        var pieces = [""]
        var rest = Substring(text)
        while let character = rest.unicodeScalars.first {
            if !separator.isEmpty, rest.utf8.starts(with: separator.utf8) {
                rest.unicodeScalars.removeFirst(separator.unicodeScalars.count)
                pieces.append("")
            } else {
                pieces[pieces.count - 1].unicodeScalars.append(character)
                rest.unicodeScalars.removeFirst()
            }
        }
        return pieces
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
