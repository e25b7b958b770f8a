/// The commands that choose rows and columns, and those that group.
extension LanguageEntry {
    static let choosing: [LanguageEntry] = [
        .init(
            "filter",
            .choosing,
            also: ["where"],
            ["filter CONDITION"],
            "Keeps the rows for which a condition is true.",
            """
            Rows for which it is false are dropped, and so are those where it is neither, because a field is missing: \
            `filter user != "ana"` drops rows without a user too; `filter not ispresent(user) or user != "ana"` keeps them.
            Several `filter` commands mean that all have to hold. A field alone is true unless it is 0, empty or missing.
            A condition on fields of events behind the only `stats` acts before it, as in CloudWatch; one on its columns \
            chooses among the groups.
            """,
            try: "filter action = \"REJECT\" and dstPort in [22, 8088] | fields srcAddr, dstPort"
        ),
        .init(
            "filterIndex",
            .choosing,
            ["filterIndex FIELD = VALUE [and …]", "filterIndex FIELD in [VALUE, …]"],
            "Keeps rows as filter does.",
            """
            CloudWatch searches only log groups that have an index of the field, and only what came in after the index \
            was made. Files have no index: here every row is looked at.
            """,
            try: "filterIndex action = \"REJECT\" | stats count(*) as refused"
        ),
        .init(
            "sort",
            .choosing,
            also: ["order"],
            ["sort [by] EXPRESSION [asc|desc], …"],
            "Puts the rows in an order.",
            """
            Texts come before numbers, both in natural order: 10.0.9.1 before 10.0.10.1. Missing values are first when \
            ascending and last when descending. Without `asc` or `desc` it is ascending; CloudWatch does not document its \
            own default, so write one.
            Without any `sort`, events come newest first. A `sort` before `stats` orders nothing.
            """,
            try: "filter bytes > 0 | fields srcAddr, bytes | sort bytes desc, srcAddr asc | limit 3"
        ),
        .init(
            "limit",
            .choosing,
            also: ["head", "tail"],
            ["limit N", "limit any N"],
            "Sets how many rows are returned, at most.",
            """
            N is a whole number from 1 to 100,000; without `limit` it is 10,000. It acts last, after every `filter` and \
            `sort`, wherever it stands.
            `limit any` stops as soon as there are N rows, whichever they are. Two old words: `head N` is `limit N`, and \
            `tail N` returns the last N rows of the order, in that order.
            """,
            try: "fields srcAddr, action | limit 2"
        ),
        .init(
            "dedup",
            .choosing,
            ["dedup FIELD, …"],
            "Keeps the first row of each combination of values.",
            """
            First means first in the order of the rows: the newest, unless there is a `sort`. Rows in which one of the \
            fields is missing are all kept. Only `limit` may follow.
            """,
            try: "fields srcAddr, dstPort | filter ispresent(protocol) | dedup srcAddr"
        ),
    ]

    static let columns: [LanguageEntry] = [
        .init(
            "fields",
            .columns,
            ["fields EXPRESSION [as NAME], …"],
            "Adds columns to the result.",
            """
            Several `fields` commands add up. A new name can be used in all that follows, in the same command too. A field \
            that a row does not have is an empty cell. Without any column a result shows `@timestamp` and `@message`.
            Names keep their case: `srcaddr` is not `srcAddr`. CloudWatch shows such a column empty; here it is resolved, \
            with a warning (not with --mode strict). A name that is given twice is refused by CloudWatch; here the later \
            meaning counts, with a warning.
            """,
            try: "fields srcAddr, bytes / packets as size, size > 100 as isLarge | limit 3"
        ),
        .init(
            "display",
            .columns,
            ["display EXPRESSION [as NAME], …"],
            "Shows these columns only, whatever fields said.",
            "Of several `display` commands the last one counts. What is not shown can still be used by later commands.",
            try: "fields srcAddr, dstAddr, bytes | display dstAddr, bytes / 1024 as kilobytes | limit 2"
        ),
        .init(
            "parse",
            .columns,
            [
                "parse [FIELD] \"TEXT * TEXT *\" as NAME, …", "parse [FIELD] /REGEX with (?<name>groups)/",
                "parse [FIELD] /REGEX with (groups)/ as NAME, … [multi]", "parse [FIELD] logfmt as NAME",
                "parse [FIELD] csv as NAME, …",
            ],
            "Takes parts of a text into fields of their own.",
            """
            The text is `@message` where no field is named. Each `*` takes the shortest text up to what follows it, the \
            last one the rest; other characters stand for themselves. A regular expression takes what its groups match, \
            of the first match, or with `multi` one row for each match.
            Rows that do not match are kept, without the new fields. What is taken is text, and counts as a number where \
            one is wanted.
            """,
            try: "parse text \"user=* took * ms\" as who, took | display text, who, took * 2 as doubled | limit 3",
            on: .events
        ),
        .init(
            "json",
            .columns,
            ["json [field=FIELD] \"PATH\" as NAME"],
            "Takes one value out of a field that holds JSON text.",
            "The field is `@message` where none is named; the path has dots between its keys. Missing where it leads nowhere.",
            try: "json field=@message \"request.path\" as path | display path | limit 2",
            on: .events
        ),
        .init(
            "unnest",
            .columns,
            ["unnest EXPRESSION into NAME"],
            "Makes a row for each item of a list.",
            """
            The other fields are copied. What is no list counts as a list of one item, an empty list gives no row, and a \
            missing one gives a row without the new field.
            """,
            try: "unnest jsonParse(@message).tags into tag | display service, tag | limit 3",
            on: .events
        ),
        .init(
            "expand",
            .columns,
            ["expand FIELD"],
            "Makes a row for each item of a list among the fields.",
            "As `unnest`, but the field keeps its name.",
            try: "expand tags | display service, tags | limit 3",
            on: .events
        ),
        .init(
            "lookup",
            .columns,
            ["lookup TABLE COLUMN [as FIELD], … OUTPUT|OUTPUTNEW COLUMN [as NAME], …"],
            "Adds columns from a table where its keys match.",
            """
            Tables are CSV with a header line, up to 10 MB: --lookup NAME=FILE.csv. Keys match exactly, case included; of \
            several rows with the same key the first counts, and without a match the columns are missing. `OUTPUT` \
            replaces fields of the same name, `OUTPUTNEW` only fills in where there is none.
            """,
            try: "lookup hosts address as dstAddr OUTPUT host, team | display dstAddr, host, team | limit 4"
        ),
        .init(
            "cidrlookup",
            .columns,
            ["cidrlookup TABLE FIELD [as COLUMN] OUTPUT|OUTPUTNEW COLUMN [as NAME], …"],
            "Adds columns from a table of address blocks.",
            "As `lookup`, but the key is an address and the table's column holds blocks; the smallest that holds it counts.",
            try: "cidrlookup networks dstAddr as block OUTPUT network | display dstAddr, network | limit 4"
        ),
        .init(
            "unmask",
            .columns,
            ["unmask FIELD, …"],
            "Shows columns that are masked in CloudWatch.",
            "Files hold what was written to them, so nothing is masked here and it does what `fields` does.",
            try: "unmask user, level | limit 2",
            on: .events
        ),
    ]

    static let groups: [LanguageEntry] = [
        .init(
            "stats",
            .groups,
            ["stats AGGREGATE [as NAME], … [by EXPRESSION [as NAME], …] [offset PERIOD]"],
            "Counts and sums, over all rows or for each group.",
            """
            Columns are the keys behind `by`, then the aggregates; without `as` a column is named by its text, `count(*)`. \
            Rows without a key form a group of their own. There are no rows for empty time bins (see `fillmissing`).
            What follows sees these columns only. A query has up to ten `stats`; of several, `sort` and `limit` stand \
            behind the last. Groups come in the order of their keys here; CloudWatch promises none.
            `offset` moves the bins of `bin`.
            """,
            try: "stats count(*) as flows, sum(bytes) as total by action | sort flows desc"
        ),
        .init(
            "countFrequent",
            .groups,
            ["countFrequent FIELD, …"],
            "Counts each combination of values, the most frequent first.",
            "The count is the column `_approxcount`. CloudWatch counts approximately, here it is exact.",
            try: "countFrequent srcAddr, dstPort"
        ),
    ]
}
