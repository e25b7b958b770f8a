package import RoadblockCore

/// A Logs Insights query as it was written: commands in their order, nothing resolved yet.
package struct QuerySyntax: Sendable {
    /// The whole text that spans point into.
    package var text: String
    package var commands: [CommandSyntax]
    /// What works, but perhaps not as its writer thinks; in the order of the text.
    package var notices: [QueryNotice]
    /// The queries inside of this one, wherever they stand.
    package var subqueries: [SubquerySyntax]
}

/// One command of the pipeline.
package struct CommandSyntax: Sendable {
    package var kind: Kind
    /// The command's word alone, for messages about the whole command.
    package var word: SourceSpan
    /// From the command word to the end of its last argument.
    package var span: SourceSpan

    package enum Kind: Sendable {
        case fields([NamedExpression])
        case display([NamedExpression])
        /// `filter`, `where` and `filterIndex`.
        case filter(ExpressionSyntax)
        case stats(aggregates: [NamedExpression], groups: [NamedExpression], offset: PeriodSyntax?)
        case sort([SortKeySyntax])
        case limit(LimitSyntax)
        case parse(ParseSyntax)
        case dedup([NameSyntax])
        /// `unnest list into name`: a row for each item.
        case unnest(ExpressionSyntax, into: NameSyntax)
        /// `expand field`: the same for a list among the fields, under its own name.
        case expand(NameSyntax)
        case rows(RowCommandSyntax)
        case analysis(AnalysisSyntax)
        /// `lookup` and `cidrlookup`.
        case lookup(LookupSyntax)
        case source(SourceSyntax)
        case join(JoinSyntax)
        /// `appendcols`: columns of another query, row by row.
        case appendcols(SubquerySyntax)
        /// A command of the language that this version does not run, by its canonical name.
        case unsupported(String)
    }
}

extension CommandSyntax.Kind {
    var isStats: Bool { if case .stats = self { true } else { false } }
    /// True for what works on all rows at once, in their order.
    var isRows: Bool {
        switch self {
        case .rows, .appendcols: true
        default: false
        }
    }
}

/// An expression with the name that `as` gives it.
package struct NamedExpression: Sendable {
    package var expression: ExpressionSyntax
    package var alias: NameSyntax?
    /// The text of the expression as typed, which names the column without an alias: trimmed, runs of blanks as one.
    package var text: String

    /// The column's name: a lone field's is without its backticks.
    package var name: String {
        if let alias { return alias.name }
        if case .field(let field) = expression { return field.name }
        return text
    }
}

/// A field name or an alias, backticks removed.
package struct NameSyntax: Hashable, Sendable {
    /// The dotted parts joined.
    package var name: String
    package var span: SourceSpan
    /// The parts between dots, of which one in backticks may hold dots of its own.
    package var parts: [String]

    package init(name: String, span: SourceSpan) {
        self.init(parts: name.split(separator: ".", omittingEmptySubsequences: false).map(String.init), span: span)
    }

    package init(parts: [String], span: SourceSpan) {
        name = parts.joined(separator: ".")
        self.span = span
        self.parts = parts
    }
}

package struct SortKeySyntax: Sendable {
    package var expression: ExpressionSyntax
    /// The key's text as typed, which may be the name of a column.
    package var text: String
    /// `nil` where neither `asc` nor `desc` was written.
    package var isDescending: Bool?
}

package struct LimitSyntax: Sendable {
    package enum Word: Sendable { case limit, limitAny, head, tail }

    package var word: Word
    /// From 1 to 100,000.
    package var count: Int
    /// The number's place.
    package var span: SourceSpan
}

/// Columns of a table that are taken where its keys match.
package struct LookupSyntax: Sendable {
    package var table: NameSyntax
    /// A column of the table, and the field that has to be the same; of `cidrlookup`, the field and the table's column of
    /// blocks.
    package var keys: [(column: NameSyntax, field: NameSyntax)]
    /// A column of the table, and its name here.
    package var outputs: [(column: NameSyntax, name: NameSyntax)]
    /// Values that are there stay: `OUTPUTNEW`.
    package var keepsValues: Bool
    /// Keys are addresses, and blocks of them.
    package var isOfBlocks: Bool
}

package struct ParseSyntax: Sendable {
    package enum Pattern: Sendable {
        /// A glob with one name for each `*`.
        case glob(String, names: [NameSyntax])
        /// A regular expression; its named groups are the fields, or `names` in the order of the groups.
        ///
        /// There are as many names as groups, or none; without names every group that counts has one of its own.
        case expression(String, names: [NameSyntax], isMulti: Bool)
        /// `key=value` pairs as one map.
        case logfmt(NameSyntax)
        /// Values with commas between them.
        case csv([NameSyntax])
    }

    /// What is parsed; `@message` where nothing was written.
    package var source: ExpressionSyntax?
    package var pattern: Pattern
    package var patternSpan: SourceSpan

    /// The names that it gives.
    var names: [NameSyntax] {
        switch pattern {
        case .expression(let regex, let names, _) where names.isEmpty:
            RegexGroups(regex).names.map { NameSyntax(name: $0, span: patternSpan) }
        case .glob(_, let names), .expression(_, let names, _), .csv(let names): names
        case .logfmt(let name): [name]
        }
    }

    /// True where a row comes of each match.
    var isMulti: Bool { if case .expression(_, _, true) = pattern { true } else { false } }
}

/// A number and a unit, as `bin` takes them.
package struct PeriodSyntax: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable, CaseIterable {
        case millisecond, second, minute, hour, day, week, month, quarter, year
    }

    /// As written, before the unit's cap; at least 1, at most a million.
    package var count: Int
    package var unit: Unit
    package var span: SourceSpan
}

/// A step into a map or a list that a function or an index gave.
package enum PathStep: Hashable, Sendable {
    case key(String)
    /// From zero on.
    case index(Int)
}

/// An expression and where it stands; nested at most `QueryParser.heightLimit` deep.
package indirect enum ExpressionSyntax: Sendable {
    case number(Double, SourceSpan)
    case string(String, SourceSpan)
    case boolean(Bool, SourceSpan)
    case field(NameSyntax)
    /// Steps into a call's result, or behind the first index of a field: `jsonParse(a).b`, `users[1].name`.
    case path(ExpressionSyntax, [PathStep], SourceSpan)
    case period(PeriodSyntax)
    case regex(String, SourceSpan)
    /// The name as written; `*` as the only argument is an empty list with `isStar`.
    case call(NameSyntax, [ExpressionSyntax], isStar: Bool, SourceSpan)
    case unary(UnaryOperator, ExpressionSyntax, SourceSpan)
    case binary(BinaryOperator, ExpressionSyntax, ExpressionSyntax, SourceSpan)
    /// `like` with literal text or any other expression, or with a regular expression; `=~` too.
    case like(ExpressionSyntax, ExpressionSyntax, isNegated: Bool, SourceSpan)
    /// Elements are numbers, strings and booleans.
    case inList(ExpressionSyntax, [ExpressionSyntax], isNegated: Bool, SourceSpan)
    /// `in (query)`.
    case inQuery(ExpressionSyntax, SubquerySyntax, isNegated: Bool, SourceSpan)

    package var span: SourceSpan {
        switch self {
        case .number(_, let span), .string(_, let span), .boolean(_, let span), .regex(_, let span),
            .call(_, _, _, let span), .unary(_, _, let span), .binary(_, _, _, let span), .like(_, _, _, let span),
            .inList(_, _, _, let span), .inQuery(_, _, _, let span), .path(_, _, let span):
            span
        case .field(let name): name.span
        case .period(let period): period.span
        }
    }
}

package enum UnaryOperator: String, Sendable {
    case negate = "-"
    case not = "not"
}

package enum BinaryOperator: String, Sendable {
    case or, and
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "^"
}
