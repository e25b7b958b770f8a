import RoadblockCore

/// A filter as it was written: names are not looked up yet.
indirect enum TestSyntax: Sendable {
    case or([TestSyntax])
    case xor([TestSyntax])
    case and([TestSyntax])
    case not(TestSyntax)
    /// A chain `a < b < c`: one operator fewer than operands.
    case comparison(Quantifier?, [OperandSyntax], [ComparisonSyntax])
    case search(Quantifier?, OperandSyntax, SearchOperator, OperandSyntax)
    case membership(Quantifier?, OperandSyntax, isNegated: Bool, [SetElementSyntax])
    /// An operand that stands alone.
    case value(OperandSyntax)
}

/// `any` or `all` in front of a comparison.
enum Quantifier: Sendable { case any, all }

/// How two values are compared.
enum Relation: UInt8, Sendable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }

/// A comparison operator: the relation of two values, and whether all pairs must hold or one is enough.
struct ComparisonSyntax: Sendable {
    var relation: Relation
    var needsAll: Bool
    var span: SourceSpan
}

/// Operators whose right side is a part of the left.
enum SearchOperator: String, Sendable { case contains, matches }

/// An element of a set: a value, or a range with both ends.
struct SetElementSyntax: Sendable {
    var low: OperandSyntax
    var high: OperandSyntax?
}

/// Arithmetic of two operands.
enum ArithmeticOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case bitAnd = "&"
}

/// A value to compare: a field, a literal, or something computed of them.
indirect enum OperandSyntax: Sendable {
    /// An unquoted word: a field where one has that name, else a literal.
    case word(WordSyntax)
    case string([UInt8], SourceSpan)
    case character(UInt8, SourceSpan)
    case slice(OperandSyntax, [IndexRange], SourceSpan)
    case negated(OperandSyntax, isNegative: Bool, SourceSpan)
    case arithmetic(ArithmeticOperator, OperandSyntax, OperandSyntax)
    case call(String, SourceSpan, [OperandSyntax], SourceSpan)

    var span: SourceSpan {
        switch self {
        case .word(let word): word.span
        case .string(_, let span), .character(_, let span), .slice(_, _, let span), .negated(_, _, let span),
            .call(_, _, _, let span):
            span
        case .arithmetic(_, let left, let right): left.span.joined(right.span)
        }
    }
}

/// A word with what may stand around a field's name.
struct WordSyntax: Sendable {
    /// Without the leading dot.
    var text: String
    /// Of the text, without `@` and layer.
    var span: SourceSpan
    /// `@`: the raw bytes.
    var isRaw = false
    /// A leading dot, or a layer: nothing but a field can be meant.
    var isField = false
    /// `#2`, `#[1-3]`.
    var layers: [IndexRange]?
    /// The leading dot is written.
    var hasDot = false
}

/// A part of a slice or of a choice of layers; negative numbers count from the end.
enum IndexRange: Hashable, Sendable {
    /// Some from a start on; all up to the end where there is no count.
    case from(Int, count: Int?)
    /// Both ends included.
    case through(Int, Int)
}
