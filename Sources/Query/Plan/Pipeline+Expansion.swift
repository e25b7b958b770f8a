import Columns
import Patterns
import RoadblockCore

/// What takes values out of texts and lists.
extension Pipeline {
    func parse(_ syntax: ParseSyntax, _ builder: NodeBuilder) throws(QueryError) -> [(NameSyntax, Node)] {
        let message = ExpressionSyntax.field(NameSyntax(name: "@message", span: syntax.patternSpan))
        let source = try builder.node(syntax.source ?? message)
        switch syntax.pattern {
        case .glob(let glob, let names):
            let literals = glob.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
                Array.init
            )
            guard literals.count == names.count + 1 else {
                throw QueryError(
                    .semantic,
                    "the pattern has \(literals.count - 1) `*` for \(names.count) names",
                    syntax.patternSpan
                )
            }
            let parse = ParseNode(source, .glob(literals), parts: names.count)
            return names.enumerated().map { ($1, PartNode(parse, $0)) }
        case .expression(let pattern, let names, _):
            let (regex, groups, found) = try self.groups(pattern, names, syntax.patternSpan, builder)
            let parse = ParseNode(source, .regex(regex, groups: groups), parts: groups.count)
            return found.enumerated().map { ($1, PartNode(parse, $0)) }
        case .logfmt(let name):
            return [(name, CallNode(TextFormats.logfmt, [source], Prepared()))]
        case .csv(let names):
            let list = CallNode(TextFormats.csv, [source], Prepared())
            return names.enumerated().map { ($1, PathNode(list, [.index($0)])) }
        }
    }

    /// A regular expression with the groups to take and their names.
    private func groups(
        _ pattern: String,
        _ names: [NameSyntax],
        _ span: SourceSpan,
        _ builder: NodeBuilder
    ) throws(QueryError) -> (RegularExpression, groups: [Int], names: [NameSyntax]) {
        let regex = try builder.regex(pattern, span)
        let groups =
            names.isEmpty
            ? regex.groupNames.indices.filter { !regex.groupNames[$0].isEmpty }
            : Array(1..<max(1, regex.groupNames.count))
        let found = names.isEmpty ? groups.map { NameSyntax(name: regex.groupNames[$0], span: span) } : names
        guard !groups.isEmpty, groups.count == found.count else {
            throw QueryError(
                .semantic,
                groups.isEmpty
                    ? "the pattern has no groups to take"
                    : "the pattern has \(groups.count) groups for \(found.count) names",
                span,
                suggestion: groups.isEmpty ? "name one as in `/user=(?<user>\\w+)/`" : nil
            )
        }
        return (regex, groups, found)
    }

    /// What makes several rows of one, and the names of what is new in them.
    func expansion(
        _ command: CommandSyntax,
        _ builder: NodeBuilder,
        _ order: RowOrder
    ) throws(QueryError) -> (rows: Expansion, names: [NameSyntax]) {
        let isNewestFirst = order == .newestFirst
        switch command.kind {
        case .unnest(let list, let name):
            return (Expansion(.items(try builder.node(list)), parts: 1, isNewestFirst: isNewestFirst), [name])
        case .expand(let name):
            // A list among the fields of an event is known by its items; the message has it whole.
            let (message, parts) = builder.scope.message(with: name)
            let call = ExpressionSyntax.call(
                NameSyntax(name: "jsonParse", span: name.span),
                [.field(message)],
                isStar: false,
                name.span
            )
            let isColumn = builder.scope.isColumn(name.name)
            let list =
                try isColumn
                ? builder.scope.node(name) : PathNode(try builder.node(call), parts.map { .key($0) })
            return (Expansion(.items(list), parts: 1, isNewestFirst: isNewestFirst), [name])
        case .parse(let syntax):
            guard case .expression(let pattern, let names, _) = syntax.pattern else { break }
            let message = ExpressionSyntax.field(NameSyntax(name: "@message", span: syntax.patternSpan))
            let source = try builder.node(syntax.source ?? message)
            let (regex, groups, found) = try self.groups(pattern, names, syntax.patternSpan, builder)
            return (
                Expansion(.matches(source, regex, groups: groups), parts: groups.count, isNewestFirst: isNewestFirst),
                found
            )
        default: break
        }
        throw QueryError(.unsupported, "this makes no rows", command.span)
    }
}
