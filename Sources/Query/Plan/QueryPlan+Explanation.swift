import RoadblockCore

extension QueryPlan {
    /// The parts of the query in the order in which they act, one line each.
    package var explanation: [String] {
        var lines: [String] = []
        for stage in stages {
            for command in stage.steps { lines.append(source(command)) }
            if let stats = stage.stats { lines.append(source(stats)) }
            for command in [stage.analysis, stage.follower] { if let command { lines.append(source(command)) } }
            let keys = stage.sorts.flatMap { $0 }.map { key in
                "\(key.text) \(key.isDescending ?? false ? "desc" : "asc")"
            }
            if !keys.isEmpty { lines.append("sort \(keys.joined(separator: ", "))") }
            if let names = stage.dedup { lines.append("dedup \(names.map(\.name).joined(separator: ", "))") }
        }
        if stages.count == 1, stages[0].sorts.isEmpty, limit?.word != .limitAny {
            lines.append("sort @timestamp desc (nothing else is asked for)")
        }
        switch limit {
        case let limit?: lines.append("limit \(limit.count)")
        case nil: lines.append("limit \(QueryPlan.defaultLimit) (nothing else is asked for)")
        }
        return lines.enumerated().map { "\($0 + 1). \($1)" }
    }

    /// A command as it was written, on one line.
    private func source(_ command: CommandSyntax) -> String {
        let bytes = Array(text.utf8)
        guard command.span.start >= 0, command.span.end <= bytes.count else { return "" }
        let part = String(decoding: bytes[command.span.start..<command.span.end], as: UTF8.self)
        return part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
