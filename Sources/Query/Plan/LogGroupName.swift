package import RoadblockCore

/// The name of a log group, with its account where that is known.
package struct LogGroupName: Hashable, Sendable {
    package var account: String?
    package var name: String

    /// `NAME` or `ACCOUNT:NAME`, as `@log` has it.
    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (48...57).contains($0) }) {
            account = String(parts[0])
            name = String(parts[1])
        } else {
            name = text
        }
    }

    /// What `@log` has.
    package var text: String { account.map { "\($0):\(name)" } ?? name }

    /// True where a name in a query means this group: the name, `ACCOUNT:NAME`, or the ARN.
    func isMeant(by text: String) -> Bool {
        if text == name || text == self.text { return true }
        // arn:aws:logs:REGION:ACCOUNT:log-group:NAME, with `:*` at its end in places.
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 7, parts[0] == "arn", parts[2] == "logs", parts[5] == "log-group" else { return false }
        return parts[6] == name && (account == nil || account.map { $0[...] } == parts[4])
    }
}

/// The log groups that the `SOURCE`s of a query select, and when.
struct SourceSelection {
    /// A time range in milliseconds since 1970, both ends included.
    typealias Times = ClosedRange<Int64>

    /// By group, the ranges in which its rows count.
    private(set) var groups: [(name: LogGroupName, times: [Times])] = []

    /// Finds the groups among those that are known.
    ///
    /// - Throws: `QueryError` at what is not there, or cannot be known.
    init(_ sources: [SourceSyntax], among names: [LogGroupName], _ settings: QuerySettings) throws(QueryError) {
        for source in sources {
            let times = try SourceSelection.times(source, settings)
            for item in source.items {
                for name in try SourceSelection.groups(item, names) {
                    if let index = groups.firstIndex(where: { $0.name == name }) {
                        if !groups[index].times.contains(times) { groups[index].times.append(times) }
                    } else {
                        groups.append((name, [times]))
                    }
                }
            }
        }
    }

    /// The times of a source: those of the run where it says nothing.
    private static func times(_ source: SourceSyntax, _ settings: QuerySettings) throws(QueryError) -> Times {
        let start = source.start?.milliseconds(now: settings.now) ?? settings.start ?? .min
        let end = source.end?.milliseconds(now: settings.now) ?? settings.end ?? .max
        guard start <= end else {
            throw QueryError(
                .semantic,
                "the source's time range ends before it begins",
                source.start?.span ?? source.end?.span ?? source.span
            )
        }
        return start...end
    }

    /// The groups that an item selects; those whose account is not known where none is of the wanted accounts.
    private static func groups(
        _ item: SourceSyntax.Item,
        _ names: [LogGroupName]
    ) throws(QueryError) -> [LogGroupName] {
        switch item {
        case .name(let text):
            let found = names.filter { $0.isMeant(by: text.text) }
            guard found.isEmpty else { return found }
            throw QueryError(
                .semantic,
                "there is no log group `\(text.text)`",
                text.span,
                suggestion: nearest(to: text.text, among: names.map(\.name)).map { "did you mean `\($0)`?" }
                    ?? "--log-group '\(text.text)=FILE' names its files"
            )
        case .groups(let prefixes, let accounts, let classes, let span):
            if let first = classes.first, !classes.contains(where: { $0.text.uppercased() == "STANDARD" }) {
                throw QueryError(
                    .unsupported,
                    "which class a log group is of cannot be known of files",
                    first.span,
                    suggestion: "leave `class` out"
                )
            }
            let named = names.filter { name in
                prefixes.isEmpty || prefixes.contains { name.name.hasPrefix($0.text) }
            }
            var found = named.filter { name in accounts.isEmpty || accounts.contains { $0.text == name.account } }
            if found.isEmpty { found = named.filter { $0.account == nil } }
            guard found.isEmpty else { return found }
            let known = names.map { "`\($0.text)`" }.joined(separator: ", ")
            throw QueryError(
                .semantic,
                names.isEmpty ? "no log group has a name here" : "no log group is like that",
                span,
                suggestion: names.isEmpty ? "--log-group NAME=FILE names one" : "there are \(known)"
            )
        case .unknowable(let word, let span):
            throw QueryError(
                .unsupported,
                "`\(word)` selects by what cannot be known of files",
                span,
                suggestion: "name the groups, `SOURCE 'name'`, or begin their names: "
                    + "`SOURCE logGroups(namePrefix: ['/aws/'])`"
            )
        }
    }
}

extension QueryPlan {
    /// The log groups that the query names with `SOURCE`; `nil` where it names none.
    ///
    /// - Throws: `Failure` with the place of a group that is not there.
    package func groups(among names: [LogGroupName], _ settings: QuerySettings) throws(Failure) -> [LogGroupName]? {
        guard !sources.isEmpty else { return nil }
        do {
            return try SourceSelection(sources, among: names, settings).groups.map(\.name)
        } catch {
            throw error.failure(in: text)
        }
    }
}
