package import Columns
import RoadblockCore

/// How values are read and compared: the coercions of the language, over the texts of one pool.
package struct CellText {
    package let pool: TextPool

    package init(_ pool: TextPool) { self.pool = pool }

    // MARK: numbers

    /// The number that a value is where one is wanted: numeric text counts, and a time is its milliseconds.
    @inline(__always)
    package func number(_ cell: Cell) -> Double? {
        if cell.isNumber { return cell.number }
        if cell.isText { return numericText(cell) }
        return cell.isTime ? Double(cell.milliseconds) : nil
    }

    /// The number that a text is from its first to its last character.
    package func numericText(_ cell: Cell) -> Double? {
        pool.withBytes(of: cell) { bytes in CellText.number(bytes) }
    }

    static func number(_ bytes: borrowing Span<UInt8>) -> Double? {
        guard bytes.count > 0, bytes.count <= 64 else { return nil }
        var index = 0
        let isNegative = bytes[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var digits = 0
        var whole: UInt64 = 0
        var isPlain = true
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte &- 48 < 10 {
                digits += 1
                if index - start < 18 { whole = whole &* 10 &+ UInt64(byte &- 48) } else { isPlain = false }
            } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
                || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            {
                isPlain = false
            } else {
                return nil
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if isPlain { return isNegative ? -Double(whole) : Double(whole) }
        let text = String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// What a value is told apart by: a text that is written as a number is printed is that number.
    func identity(_ cell: Cell) -> Cell {
        guard cell.isText, let number = numericText(cell) else { return cell }
        let text = CellText.render(number)
        let isSame = pool.withBytes(of: cell) { bytes in
            bytes.count == text.utf8.count && zip(text.utf8, bytes.indices).allSatisfy { $0 == bytes[$1] }
        }
        return isSame ? Cell(number: number) : cell
    }

    // MARK: texts

    /// The value as it is printed: as `text`, and maps and lists as JSON.
    package func shown(_ cell: Cell) -> String? { text(cell.unwrapped) }

    /// The value as text, as functions see it: nothing for maps and lists.
    package func text(_ cell: Cell) -> String? {
        switch cell.kind {
        case .number: CellText.render(cell.number)
        case .missing, .structure: nil
        case .address: IPAddress(ipv4: cell.ipv4).description
        case .time: CellText.time(cell.milliseconds)
        case .text: pool.string(cell)
        }
    }

    /// Whole numbers in plain digits, others in their shortest form without an exponent.
    package static func render(_ number: Double) -> String {
        if let whole = Int(exactly: number) { return String(whole) }
        let text = String(number)
        guard let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }),
            let exponent = Int(text[text.index(after: mark)...])
        else { return text }
        return plain(String(text[..<mark]), exponent)
    }

    /// The digits of a number with its point moved, so that no exponent is left.
    private static func plain(_ mantissa: String, _ exponent: Int) -> String {
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        let digits = mantissa.drop { $0 == "-" }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        let all = String(parts[0]) + fraction
        let point = parts[0].count + exponent
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + all }
        if point >= all.count { return sign + all + String(repeating: "0", count: point - all.count) }
        return sign + all.prefix(point) + "." + all.dropFirst(point)
    }

    /// `YYYY-MM-DD HH:MM:SS.mmm` in UTC.
    package static func time(_ milliseconds: Int64, offsetSeconds: Int = 0) -> String {
        let seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
        let rest = Int(milliseconds - seconds * 1000)
        let civil = Instant.civil(seconds: Int(seconds) + offsetSeconds, nanosecond: 0)
        return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2)) "
            + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)).\(padded(rest, 3))"
    }

    // MARK: truth

    /// Whether a value counts as true; `nil` for nothing.
    @inline(__always)
    package func truth(_ cell: Cell) -> Bool? {
        if cell.isNumber { return cell.number != 0 }
        if cell.isMissing { return nil }
        guard cell.isText else { return true }
        if let number = numericText(cell) { return number != 0 }
        return pool.withBytes(of: cell) { $0.count > 0 }
    }

    // MARK: comparisons

    /// Whether two values are equal; `nil` where one is nothing.
    package func areEqual(_ a: Cell, _ b: Cell) -> Bool? {
        if a.isMissing || b.isMissing { return nil }
        if a.isText && b.isText { return pool.areEqual(a, b) }
        if a.isStructure || b.isStructure { return false }
        if a.bits == b.bits { return true }
        if a.isAddress || b.isAddress { return false }
        guard let first = number(a), let second = number(b) else { return false }
        return first == second
    }

    /// The order of two values: negative, zero or positive; `nil` where they cannot be compared.
    package func order(_ a: Cell, _ b: Cell) -> Int? {
        if a.isMissing || b.isMissing { return nil }
        let bothTexts = (a.isText || a.isAddress) && (b.isText || b.isAddress)
        if bothTexts { return plainOrder(a, b) }
        guard let first = number(a), let second = number(b) else { return nil }
        return first < second ? -1 : first > second ? 1 : 0
    }

    /// The order of two texts by their bytes, which is that of their code points.
    private func plainOrder(_ a: Cell, _ b: Cell) -> Int {
        if a.isText && b.isText {
            return pool.withBytes(of: a) { first in
                pool.withBytes(of: b) { second in
                    for index in 0..<min(first.count, second.count) where first[index] != second[index] {
                        return first[index] < second[index] ? -1 : 1
                    }
                    return first.count - second.count
                }
            }
        }
        let first = text(a) ?? ""
        let second = text(b) ?? ""
        return first == second ? 0 : first < second ? -1 : 1
    }
}
