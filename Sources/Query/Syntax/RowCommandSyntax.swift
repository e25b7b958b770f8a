package import RoadblockCore

/// A command that works from row to row, in the order that the rows have where it stands.
package enum RowCommandSyntax: Sendable {
    /// A running sum, under another name or in place of the field.
    case accum(NameSyntax, name: NameSyntax?)
    /// The values of rows before, from the nearest to the farthest.
    case autoregress(NameSyntax, name: NameSyntax?, nearest: Int, farthest: Int)
    /// The last value in place of none; names may end with `*`, and none stand for all.
    case filldown([FieldPattern])
    /// Rows for bins that have none, with a value for some of the columns.
    case fillmissing([(value: ExpressionSyntax, field: NameSyntax)])
    /// Sums over the columns of each row, and over the rows of each column; no fields stand for all columns.
    case addtotals([NameSyntax], name: NameSyntax, ofRows: Bool, ofColumns: Bool)
    /// How often each combination of values occurs, the most frequent first.
    case countFrequent([NameSyntax])
    /// A number for each run of rows without a longer pause.
    case sessionize([NameSyntax], pause: PeriodSyntax?, name: NameSyntax)
    /// Values far from the middle are set to the limit, or their rows removed; no fields stand for all columns.
    case outlier([NameSyntax], removes: Bool, factor: Double, usesLower: Bool, marks: Bool)

    /// The command's word as the documentation spells it.
    package var word: String {
        switch self {
        case .accum: "accum"
        case .autoregress: "autoregress"
        case .filldown: "filldown"
        case .fillmissing: "fillmissing"
        case .addtotals: "addtotals"
        case .countFrequent: "countFrequent"
        case .sessionize: "sessionize"
        case .outlier: "outlier"
        }
    }

    /// The names that stand for numbers behind the command.
    package var given: [NameSyntax] {
        switch self {
        case .accum(let field, let name): [name ?? field]
        case .autoregress(_, let name, _, _): name.map { [$0] } ?? []
        case .addtotals(_, let name, let ofRows, _): ofRows ? [name] : []
        case .sessionize(_, _, let name): [name]
        case .outlier(let fields, _, _, _, _): fields
        case .filldown, .fillmissing, .countFrequent: []
        }
    }

    /// The fields that are named, as text.
    package var dump: String {
        switch self {
        case .accum(let field, let name), .autoregress(let field, let name, _, _):
            field.name + (name.map { " as \($0.name)" } ?? "")
        case .filldown(let patterns): patterns.map(\.text).joined(separator: ", ")
        case .fillmissing(let values): values.map(\.field.name).joined(separator: ", ")
        case .addtotals(let fields, _, _, _), .countFrequent(let fields), .sessionize(let fields, _, _),
            .outlier(let fields, _, _, _, _):
            fields.map(\.name).joined(separator: ", ")
        }
    }
}

/// A field, or with a `*` at the end all whose names begin so.
package struct FieldPattern: Hashable, Sendable {
    package var text: String
    package var span: SourceSpan

    /// The field, where it is one alone.
    var name: NameSyntax? { text.hasSuffix("*") ? nil : NameSyntax(name: text, span: span) }

    func matches(_ name: String) -> Bool { text.hasSuffix("*") ? name.hasPrefix(text.dropLast()) : name == text }
}
