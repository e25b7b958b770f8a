/// Commands of other languages.
enum CommandHabit {
    /// What to write for a word, in lower case, that is a command elsewhere.
    static func hint(for word: String) -> String? { hints[word] }

    private static let hints: [String: String] = {
        let hints: [(words: [String], hint: String)] = [
            (["select"], "columns come behind `fields`, conditions behind `filter`"),
            (["count", "sum", "avg", "min", "max", "aggregate"], "write `stats count(*)`"),
            (["group", "by", "groupby"], "write `stats count(*) by field`"),
            (["summarize", "summarise", "chart"], "write `stats count(*) by field`"),
            (["timechart", "timeseries", "timeslice"], "write `stats count(*) by bin(5m)`"),
            (["eval", "extend", "let", "set", "compute", "with"], "write `fields expression as name`"),
            (["table", "project", "keep", "cut", "print"], "write `display` and the columns"),
            (["search", "grep", "find", "match", "contains", "like"], "write `filter @message like \"text\"`"),
            (["top", "rare", "topk"], "write `stats count(*) as n by field | sort n desc | limit 10`"),
            (["rename"], "write `fields old as new`"), (["take", "first"], "write `limit` and a number"),
            (["distinct", "uniq", "unique"], "write `stats count(*) by field` or `dedup field`"),
            (["having", "and", "or", "not", "if"], "write `filter` and a condition"),
            (["rex", "extract", "regex", "grok", "dissect"], "write `parse @message /(?<name>…)/`"),
            (["from", "index", "logs"], "where the rows come from is named on the command line"),
            (["mvexpand", "explode", "flatten"], "write `unnest list into name`"),
            (["fillnull"], "write `fields coalesce(field, \"none\") as name`"), (["orderby"], "write `sort`"),
            (["spath"], "fields of JSON have dotted names: `fields user.id`"),
            (["union", "append", "multisearch"], "all sources that the command line names are read as one"),
            (["remove", "drop"], "write `display` and the columns to keep"),
            (["streamstats"], "write `accum field` for a running sum, `autoregress field` for the rows before"),
            (["eventstats"], "groups take the place of their rows: `stats count(*) by field`"),
            (["transaction"], "`sessionize field as session` tells rows apart by the pauses between them"),
            (["render"], "-o chart draws the rows"), (["sample"], "write `limit any` and a number"),
            (["make", "bin", "bucket"], "write `stats count(*) by bin(5m)`"),
            (["unroll"], "write `unnest list into name`"),
            (["inputlookup"], "--lookup NAME=FILE names a table, and `lookup` takes columns of it"),
            (["reverse"], "write `sort @timestamp asc`"),
            (["nomv", "makemv"], "write `unnest split(field, \",\") into name`"),
            (["serialize"], "rows have an order already: that of `sort`, else the newest first"),
        ]
        let pairs = hints.flatMap { entry in entry.words.map { ($0, entry.hint) } }
        return Dictionary(pairs) { first, _ in first }
    }()
}
