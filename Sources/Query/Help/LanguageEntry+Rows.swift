/// The commands that work from row to row, those that find patterns, and those about where rows come from.
extension LanguageEntry {
    static let rowToRow: [LanguageEntry] = [
        .init(
            "accum",
            .rowToRow,
            ["accum FIELD [as NAME]"],
            "Adds up a field, row after row.",
            """
            In the order that the rows have where it stands: `sort` first. Rows without a number get no sum. Like all \
            commands from row to row it works on up to a million rows.
            """,
            try: "filter bytes > 0 | sort @timestamp asc | accum bytes as soFar | display bytes, soFar"
        ),
        .init(
            "autoregress",
            .rowToRow,
            ["autoregress FIELD [as NAME] [p=N]", "autoregress FIELD p=N-M"],
            "Adds the values of the rows before.",
            "The Nth row before, or those from the Nth to the Mth, as `FIELD_pN`; N and M are from 1 to 100.",
            try: "sort @timestamp asc | autoregress ms as before p=1 | display ms, before, ms - before as change",
            on: .events
        ),
        .init(
            "filldown",
            .rowToRow,
            ["filldown [FIELD …]"],
            "Fills empty cells with the last value above them.",
            "Of the named columns, where `*` stands for the rest of a name; of all that are shown where none is named.",
            try: "fields @timestamp, user | sort @timestamp asc | filldown user",
            on: .events
        ),
        .init(
            "fillmissing",
            .rowToRow,
            ["fillmissing [with VALUE for COLUMN, …]"],
            "Adds rows for time bins that have none.",
            "Stands behind `stats … by bin(…)`, and adds them for each group, from the first bin to the last.",
            try: "stats count(*) as n by bin(5m) as t | fillmissing with 0 for n"
        ),
        .init(
            "addtotals",
            .rowToRow,
            ["addtotals [fieldname=NAME] [row=true|false] [col=true|false] [FIELD …]"],
            "Adds sums over columns, over rows, or both.",
            """
            `row=true`, which is what happens without options, adds a column with the sum of each row's numbers, named \
            `Total`; `col=true` adds a last row with the sum of each column.
            """,
            try: "stats sum(packets) as p, sum(bytes) as b by action | addtotals col=true p b"
        ),
        .init(
            "sessionize",
            .rowToRow,
            ["sessionize FIELD, … [maxspan PERIOD] as NAME"],
            "Numbers sessions: runs of rows without a long pause.",
            """
            Rows with the same values belong to one session while no pause between them is longer than `maxspan`, 30 \
            minutes where nothing is said. Rows without one of the values get no number.
            """,
            try: "fields @timestamp, user | sort @timestamp asc | sessionize user maxspan 10m as session",
            on: .events
        ),
        .init(
            "outlier",
            .rowToRow,
            ["outlier [action=transform|remove] [param=2.5] [uselower=false] [mark=false] [FIELD …]"],
            "Cuts values that lie far from the middle.",
            """
            Values above the median by more than `param` times the distance of the quartiles are set to that limit, or \
            their rows removed; `uselower=true` does the same below; `mark=true` puts `000` in front of what was set. \
            CloudWatch does not document its formula: this is Splunk's.
            """,
            try: "fields service, ms | sort ms asc | outlier ms action=remove",
            on: .events
        ),
        .init(
            "appendcols",
            .rowToRow,
            ["appendcols [override] [max=N] ( QUERY )"],
            "Puts the columns of another query beside these, row by row.",
            "N is from 1 to 100,000, and 10,000 where nothing is said. `override` lets the other query's values win.",
            try: "stats count(*) as flows | appendcols ( SOURCE 'example-events' | stats count(*) as events )"
        ),
    ]

    static let patterns: [LanguageEntry] = [
        .init(
            "pattern",
            .patterns,
            ["pattern FIELD"],
            "Groups texts that differ only in numbers, times and names.",
            """
            Columns are `@pattern`, `@ratio`, `@sampleCount` and `@severityLabel`. CloudWatch does not publish its method: \
            the patterns are comparable in spirit, not letter by letter. It may not follow `sort`.
            """,
            try: "pattern @message | sort @sampleCount desc",
            on: .lines
        ),
        .init(
            "anomaly",
            .patterns,
            ["pattern FIELD | anomaly"],
            "Finds what is unusual among patterns.",
            "Stands behind `pattern`. CloudWatch's model is not published; here a published method is used.",
            try: "SOURCE 'example-lines' start='2026-11-27T13:00:00Z' | pattern @message | anomaly",
            on: .lines
        ),
        .init(
            "diff",
            .patterns,
            ["diff [previousDay|previousWeek|previousMonth]"],
            "Compares patterns with those of the time before.",
            "The time before is as long as the range asked for, and lies right before it, or a day, a week or a month earlier.",
            try: "fields @message | diff",
            on: .lines
        ),
        .init(
            "logcompare",
            .patterns,
            ["logcompare timeshift PERIOD"],
            "Compares patterns with those of a shifted range.",
            try: "fields @message | logcompare timeshift 30m",
            on: .lines
        ),
        .init(
            "relevantfields",
            .patterns,
            ["relevantfields [FIELD, …] where CONDITION"],
            "Says which fields tell the rows that match from the others.",
            """
            Columns are `@fieldName`, `@relevanceScore`, `@topRelevanceContributors`, `@conditionalMedian` and \
            `@baselineMedian`.
            """,
            try: "relevantfields service, ms where level = \"ERROR\"",
            on: .events
        ),
    ]

    static let sources: [LanguageEntry] = [
        .init(
            "SOURCE",
            .sources,
            [
                "SOURCE 'LOG-GROUP' [start=TIME] [end=TIME] | …",
                "SOURCE logGroups(namePrefix: ['PREFIX', …]) | …",
            ],
            "Names the log groups that a query reads.",
            """
            Stands first. Log groups are the ones that --log-group NAME=SOURCE names. CloudWatch takes it from programs \
            only; its console has a picker of its own.
            """,
            try: "SOURCE 'example-events' | stats count(*) as n by level"
        ),
        .init(
            "join",
            .sources,
            ["join [type=inner|left] left=A right=B where A.FIELD = B.FIELD ( SOURCE 'LOG-GROUP' )"],
            "Puts together rows of two log groups with an equal value.",
            """
            One `join` a query, by equality, of at most 50,000 different values on the right. Fields that both sides have \
            are `A.FIELD` and `B.FIELD`; `type=left` keeps rows without a partner.
            """,
            try: "join left=a right=b where a.level = b.level (SOURCE 'example-events') | stats count(*) as pairs",
            on: .events
        ),
        .init(
            "estimate",
            .sources,
            ["… | estimate"],
            "Says what a query would read, instead of running it.",
            "Stands last.",
            try: "filter action = \"REJECT\" | estimate"
        ),
    ]
}
