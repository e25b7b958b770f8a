package import RoadblockCore

/// Where rows come from: log groups by name or by what they have in common, and a time range of their own.
package struct SourceSyntax: Sendable {
    package enum Item: Sendable {
        /// A log group: `'name'`.
        case name(TextSyntax)
        /// `logGroups(…)`: what the groups have in common; several texts of one kind are alternatives, and none are all.
        case groups(prefixes: [TextSyntax], accounts: [TextSyntax], classes: [TextSyntax], SourceSpan)
        /// `dataSource(…)` or `logGroupTags(…)`, of which files say nothing.
        case unknowable(String, SourceSpan)
    }

    package var items: [Item] = []
    package var start: MomentSyntax?
    package var end: MomentSyntax?
    package var span: SourceSpan
}

/// A text in quotes and its place.
package struct TextSyntax: Hashable, Sendable {
    package var text: String
    package var span: SourceSpan
}

/// A moment as `start=` and `end=` take it.
package struct MomentSyntax: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// As many milliseconds before now.
        case beforeNow(Int64)
        /// Milliseconds since 1970.
        case at(Int64)
    }

    package var kind: Kind
    package var span: SourceSpan

    /// Milliseconds since 1970, when it is `now` seconds since then.
    package func milliseconds(now: Int64) -> Int64 {
        switch kind {
        case .beforeNow(let milliseconds): now &* 1000 &- milliseconds
        case .at(let milliseconds): milliseconds
        }
    }
}

/// A query inside of another one, in parentheses.
package struct SubquerySyntax: Sendable {
    package enum Purpose: Sendable {
        /// Behind `in`: its values.
        case values
        /// Of `appendcols`: its columns, which may replace values that are there.
        case columns(limit: Int, replaces: Bool)
    }

    package var purpose: Purpose
    package var commands: [CommandSyntax]
    /// From one parenthesis to the other.
    package var span: SourceSpan
}

/// `join`: rows of another source beside those that have the same value in a field.
package struct JoinSyntax: Sendable {
    /// Rows without a partner stay: `type=left`.
    package var keepsAll: Bool
    /// The names of the sides, with which their fields begin.
    package var left: NameSyntax
    package var right: NameSyntax
    /// The fields that have to be equal, without the names of their sides.
    package var leftKey: NameSyntax
    package var rightKey: NameSyntax
    package var source: SourceSyntax
    /// The parentheses around the source.
    package var span: SourceSpan
}
