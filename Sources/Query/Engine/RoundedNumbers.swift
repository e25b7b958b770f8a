import Columns
import RoadblockCore

/// Whole numbers that a double may not hold to the last digit: those from 2^53 on, which 2^53 + 1 is rounded to, as
/// long as they fit 64 bits.
enum RoundedNumbers {
    static func contain(_ number: Double) -> Bool { number.magnitude >= 0x1p53 && number.magnitude < 0x1p64 }

    /// What is to be said of rows that have such numbers.
    static func note(of rows: [[Cell]]) -> [String] {
        guard rows.contains(where: { row in row.contains { $0.isNumber && contain($0.number) } }) else { return [] }
        return [
            "whole numbers above 2^53 (9007199254740992) are rounded: their last digits may not be those of the log"
        ]
    }
}

extension NodeBuilder {
    /// Notes that a whole number is taken for another one, together with its neighbours.
    func noteRounding(of text: String, to value: Double, _ span: SourceSpan) {
        guard RoundedNumbers.contain(value), Int(exactly: value).map(String.init) != text,
            text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return }
        scope.note(
            "numbers are exact to 2^53: this one is taken as \(CellText.render(value)), and so are those next to it; "
                + "`@message like \"\(text)\"` finds it as a text",
            span
        )
    }
}
