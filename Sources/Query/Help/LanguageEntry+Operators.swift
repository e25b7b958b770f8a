/// The operators, and what holds of names and values everywhere.
extension LanguageEntry {
    static let operators: [LanguageEntry] = [
        .init(
            "=",
            .operators,
            also: ["==", "!=", "<", "<=", ">", ">=", "comparisons"],
            ["A = B   A != B   A < B   A <= B   A > B   A >= B"],
            "Compares two values.",
            """
            Numbers compare as numbers, and so does a text that is one: `dstPort = '443'`. Two texts compare as wholes, \
            with their case; no character is a wildcard. Where a side is missing the outcome is neither true nor false, \
            and `filter` drops the row, with `!=` too. Comparisons do not chain: `1 < a and a < 5`.
            """,
            try: "fields dstPort, dstPort = '8088' as isText, dstPort != 22 as other | limit 3"
        ),
        .init(
            "like",
            .operators,
            also: ["=~", "not like"],
            ["A like \"TEXT\"", "A like /REGEX/", "A =~ /REGEX/", "A not like …"],
            "True where a text holds another one, or matches.",
            """
            The text is searched anywhere, with its case; `%`, `_`, `*` and `.` are ordinary characters. A regular \
            expression is searched anywhere as well: `^` and `$` bind it to the ends, `(?i)` at its start ignores case.
            `like '10.0.'` also finds 210.0.1.1: for addresses there is `isIpv4InSubnet`.
            """,
            try: "filter level like \"R\" and text like /took \\d{4}/ | fields level, text",
            on: .events
        ),
        .init(
            "in",
            .operators,
            also: ["not in"],
            ["A in [VALUE, …]", "A not in [VALUE, …]", "A in ( QUERY )"],
            "True where a value is one of a list.",
            "Each is compared as with `=`. Values are texts and numbers, no fields; a missing A gives neither true nor false.",
            try: "filter dstPort in [22, \"53\"] | fields srcAddr, dstPort"
        ),
        .init(
            "and",
            .operators,
            also: ["or", "not", "!"],
            ["A and B   A or B   not A   !A"],
            "Join conditions; not binds tightest, then and, then or.",
            """
            With something missing, `and` is false where the other side is, `or` true where the other side is, and \
            otherwise neither; `not` makes true of what is missing. --explain prints the parentheses.
            """,
            try: "filter not action = \"ACCEPT\" and (dstPort = 22 or dstPort = 8088) | fields action, dstPort"
        ),
        .init(
            "+",
            .operators,
            also: ["-", "*", "/", "%", "^", "arithmetic"],
            ["A + B   A - B   A * B   A / B   A % B   A ^ B   -A"],
            "Computes with numbers.",
            """
            `^` binds tightest and from the right, then `*` `/` `%`, then `+` `-`. Division is never one of whole numbers. \
            A condition counts as 1 or 0. The result is missing where a side is no number, and where the divisor is 0.
            A hyphen is a minus everywhere: `foo-bar` is foo minus bar; a field of that name stands in backticks.
            """,
            try: "fields 7 / 2 as half, 2 ^ 3 ^ 2 as power, 1 / 0 as none, bytes / packets as size | limit 1"
        ),
        .init(
            "as",
            .operators,
            also: ["alias"],
            ["EXPRESSION as NAME"],
            "Gives a column a name.",
            """
            In `fields`, `display`, `stats` and others. A name with other characters than letters, digits, `_`, `@` and `.` \
            stands in backticks.
            """,
            try: "stats sum(bytes) as total, total / 1024 as `kilo-bytes` by action as verdict"
        ),
    ]

    static let notions: [LanguageEntry] = [
        .init(
            "names",
            .notions,
            also: ["field", "backticks", "@timestamp", "@message", "@log", "@logStream", "@ingestionTime", "@ptr"],
            ["name   @name   a.b.0.c   `odd-name`   list[0].key"],
            "What fields are called.",
            """
            Commands and functions ignore case, names of fields do not. Fields of JSON have dotted names, items of a list \
            numbers: `request.path`, `tags.0`. A JSON key that begins with `@` has one more: `@@user`.
            Names with `@` come with every event: `@timestamp`, `@message`, `@logStream`, `@log`, `@ingestionTime`.
            """,
            try: "fields @timestamp, request.path, tags.0 | limit 2",
            on: .events
        ),
        .init(
            "text",
            .notions,
            also: ["string", "quotes", "number", "literals", "true", "false"],
            ["\"text\"   'text'   12   0.5   true   false"],
            "How values are written.",
            """
            Texts stand in either kind of quotes; a backslash escapes a quote in them. A word without quotes is a field, \
            not a text. `true` and `false` are 1 and 0, and so are they in JSON.
            """,
            try: "fields \"it's\" as a, 'say \"hi\"' as b, 0.5 + 1 as c, ok = true as d | limit 1",
            on: .events
        ),
        .init(
            "regex",
            .notions,
            also: ["regular expression", "glob", "wildcard"],
            ["/REGEX/"],
            "Regular expressions, behind like, =~ and parse.",
            """
            A slash inside is written `\\/`. There are no flags behind the last slash: `(?i)` inside ignores case. `.` \
            matches line breaks too. A pattern that costs too much is given up for that row, which counts as no match; in a \
            tenth of all rows, or a hundred, that is an error.
            """,
            try: "parse text /user=(?<who>\\w+)/ | stats count(*) as n by who",
            on: .events
        ),
        .init(
            "period",
            .notions,
            also: ["duration", "periods", "units"],
            ["5m   30 min   1h   1 day"],
            "A number with a unit, as bin and others take it.",
            """
            Units are ms, s, m, h, d, w, mo, q and y, and their long names. Above a cap the number is reduced to it, as \
            CloudWatch does without a word: 1000 ms, 60 s, 60 m, 24 h. `bin(300s)` is a minute; write `bin(5m)`.
            Days and weeks count from 1 January 1970, months, quarters and years follow the calendar; all in UTC.
            """,
            try: "stats count(*) as n by bin(10m)"
        ),
        .init(
            "null",
            .notions,
            also: ["missing", "is null", "none"],
            ["ispresent(FIELD)   coalesce(FIELD, VALUE)"],
            "What is missing.",
            """
            A field that a row does not have is missing, and so is null in JSON; there is no word for it. Functions and \
            arithmetic give nothing of it, comparisons neither true nor false, `count(field)` and `sum` leave it out.
            """,
            try:
                "fields user, user != \"ana\" as other, not ispresent(user) as isMissing, coalesce(user, \"-\") as shown",
            on: .events
        ),
        .init(
            "#",
            .notions,
            also: ["comment", "comments"],
            ["# text up to the end of the line"],
            "A comment.",
            try: "filter action = \"REJECT\" # what was refused\n| stats count(*) as n"
        ),
        .init(
            "|",
            .notions,
            also: ["pipe", "$", "saved query", "{{"],
            ["COMMAND | COMMAND | …", "$NAME(PARAMETER = VALUE, …) | …"],
            "Joins commands.",
            """
            Commands act from left to right, with three exceptions: `limit` acts last and `sort` right before it, wherever \
            they stand, and a filter on fields of events acts before the only `stats`. --explain prints what acts when. A \
            query has at most 10,000 characters.
            `$NAME(…)` is replaced by the text of NAME.cwli in the directory of --saved-queries, with values in the places \
            of its `{{parameters}}`.
            """,
            try: "limit 2 | fields srcAddr, bytes | sort bytes desc | filter action = \"REJECT\""
        ),
    ]
}
