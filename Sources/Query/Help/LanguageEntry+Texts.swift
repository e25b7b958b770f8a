/// The functions of texts and encodings.
extension LanguageEntry {
    static let texts: [LanguageEntry] = [
        .init(
            "isempty",
            .texts,
            "1 for a missing or an empty text.",
            try: "fields isempty(\"\") as a, isempty(\" \") as b, isempty(nosuch) as c | limit 1",
            on: .events
        ),
        .init(
            "isblank",
            .texts,
            "1 for a missing text, or one of nothing but blanks.",
            try: "fields isblank(\"\") as a, isblank(\" \") as b, isblank(\"x\") as c | limit 1"
        ),
        .init(
            "concat",
            .texts,
            "The arguments as one text.",
            "Numbers are written out, what is missing is left out.",
            try: "fields concat(dstAddr, \":\", dstPort) as target | limit 2"
        ),
        .init(
            "trim",
            .texts,
            "The text without blanks at its ends, or without certain characters.",
            try: "fields trim(\"  a b \") as a, trim(\"xxaxx\", \"x\") as b | limit 1"
        ),
        .init(
            "ltrim",
            .texts,
            "The text without blanks at its begin, or without certain characters.",
            "Characters, in any order, and not a word: given, they take the place of blanks.",
            try: "fields ltrim(\"xyZxyfooxyZ\", \"xyZ\") as a | limit 1"
        ),
        .init(
            "rtrim",
            .texts,
            "The text without blanks at its end, or without certain characters.",
            try: "fields rtrim(\"xyZfooxyxyZ\", \"xyZ\") as a | limit 1"
        ),
        .init(
            "strlen",
            .texts,
            "The number of characters.",
            "Unicode code points; `messageSize` counts bytes.",
            try: "fields strlen(\"naïve\") as n | limit 1"
        ),
        .init("toupper", .texts, "The text in capitals.", try: "fields toupper(user) as u | limit 2", on: .events),
        .init(
            "tolower",
            .texts,
            "The text in small letters.",
            "For comparisons whatever the case: `tolower(user) = \"ana\"`.",
            try: "stats count(*) as n by tolower(user) as who",
            on: .events
        ),
        .init(
            "substr",
            .texts,
            "A part of the text, from a place on.",
            "Places count from 0. Without a length up to the end; behind the end it is an empty text.",
            try: "fields substr(\"xyZfooxyZ\", 3, 3) as a, substr(\"xyZfooxyZ\", 6) as b | limit 1"
        ),
        .init(
            "replace",
            .texts,
            "The text with every occurrence of one part replaced.",
            "Plain text; for regular expressions there is `regexReplace`.",
            try: "fields replace(request.path, \"/\", \">\") as p | limit 2",
            on: .events
        ),
        .init(
            "regexReplace",
            .texts,
            "The text with every match of a regular expression replaced.",
            try: "fields regexReplace(text, /\\d+/, \"N\") as shape | limit 2",
            on: .events
        ),
        .init(
            "strcontains",
            .texts,
            "1 where a text holds another one.",
            "With 1 as third argument whatever the case.",
            try: "fields user, strcontains(user, \"ana\") as a, strcontains(user, \"ana\", 1) as b | limit 3",
            on: .events
        ),
        .init(
            "startsWith",
            .texts,
            "1 where a text begins with another one.",
            try: "filter startsWith(request.path, \"/find\") | fields request.path",
            on: .events
        ),
        .init(
            "endsWith",
            .texts,
            "1 where a text ends with another one.",
            try: "filter endsWith(text, \"182 ms\") | fields text",
            on: .events
        ),
        .init(
            "split",
            .texts,
            "The list of a text's parts.",
            try: "fields split(\"a,b,c\", \",\") as list, split(\"a,b,c\", \",\")[1] as second | limit 1"
        ),
    ]

    static let encodings: [LanguageEntry] = [
        .init(
            "urlencode",
            .encodings,
            "The text with %-escapes, as it stands in an address.",
            "A blank becomes `%20`.",
            try: "fields urlencode(\"red shoes & hats\") as a | limit 1"
        ),
        .init(
            "urldecode",
            .encodings,
            "The text without its %-escapes.",
            try: "fields urldecode(request.path) as path | limit 3",
            on: .events
        ),
        .init("base64encode", .encodings, "The text in Base64.", try: "fields base64encode(action) as a | limit 1"),
        .init(
            "base64decode",
            .encodings,
            "The text that a Base64 text stands for.",
            try: "fields base64decode(\"QUNDRVBU\") as a | limit 1"
        ),
        .init(
            "hexToAscii",
            .encodings,
            "The text whose bytes are given in hexadecimal.",
            try: "fields hexToAscii(\"4f4b\") as a | limit 1"
        ),
        .init(
            "hexToDec",
            .encodings,
            "The number that is written in hexadecimal.",
            try: "fields hexToDec(\"0xff\") as a | limit 1"
        ),
        .init(
            "decToHex",
            .encodings,
            "The number in hexadecimal.",
            try: "fields decToHex(255) as a, decToHex(-255) as b | limit 1"
        ),
        .init(
            "md5",
            .encodings,
            "The MD5 hash of a text, in hexadecimal.",
            try: "fields md5(action) as hash | limit 1"
        ),
        .init(
            "sha256",
            .encodings,
            "The SHA-256 hash of a text, in hexadecimal.",
            try: "fields sha256(action) as hash | limit 1"
        ),
    ]

    static let aggregates: [LanguageEntry] = [
        .init(
            "count",
            .aggregates,
            "The number of rows, or of those that have a field.",
            "`count(*)` and `count()` count rows, `count(field)` those where it is not missing; `sum(condition)` counts those for which it is true.",
            try: "stats count(*) as rows, count(user) as withUser, sum(ms > 500) as slow",
            on: .events
        ),
        .init(
            "count_distinct",
            .aggregates,
            "The number of different values.",
            "Exact here; CloudWatch's is approximate when there are many.",
            try: "stats count_distinct(srcAddr) as sources by dstPort"
        ),
        .init(
            "sum",
            .aggregates,
            "The sum of the numbers.",
            "What is missing or no number is left out; missing where none is left.",
            try: "stats sum(bytes) as total, sum(action = \"REJECT\") as refused"
        ),
        .init(
            "avg",
            .aggregates,
            "The mean of the numbers.",
            "What is missing or no number is left out.",
            try: "stats avg(ms) as mean by service",
            on: .events
        ),
        .init(
            "min",
            .aggregates,
            "The smallest value, of numbers, times or texts.",
            "By the order of `sort`: texts are smaller than numbers, so `-` of records without data is smallest of all.",
            try: "filter bytes > 0 | stats min(bytes) as least, min(@timestamp) as since"
        ),
        .init(
            "max",
            .aggregates,
            "The largest value, of numbers, times or texts.",
            try: "stats max(ms) as slowest, max(@timestamp) as until by service",
            on: .events
        ),
        .init(
            "pct",
            .aggregates,
            "The value that a percentage of the numbers does not exceed.",
            "A percentage from 0 to 100: `pct(ms, 50)` is the median. Nearest rank, exact over any number of rows; CloudWatch does not say how it computes it.",
            try: "stats pct(ms, 50) as median, pct(ms, 95) as p95",
            on: .events
        ),
        .init(
            "stddev",
            .aggregates,
            "The standard deviation of the numbers.",
            "Of the whole population, not of a sample.",
            try: "stats stddev(ms) as deviation",
            on: .events
        ),
        .init(
            "variance",
            .aggregates,
            "The variance of the numbers.",
            "Of the whole population, not of a sample.",
            try: "stats variance(ms) as v by service",
            on: .events
        ),
        .init(
            "earliest",
            .aggregates,
            "The value of the oldest row.",
            "Rows without the field are left out.",
            try: "stats earliest(level) as before, latest(level) as after by service",
            on: .events
        ),
        .init(
            "latest",
            .aggregates,
            "The value of the newest row.",
            "Rows without the field are left out.",
            try: "stats latest(user) as user, latest(ms) as ms by service",
            on: .events
        ),
        .init(
            "sortsFirst",
            .aggregates,
            "The value that comes first in the order of sort.",
            try: "stats sortsFirst(srcAddr) as a by action"
        ),
        .init(
            "sortsLast",
            .aggregates,
            "The value that comes last in the order of sort.",
            try: "stats sortsLast(srcAddr) as a by action"
        ),
        .init(
            "values",
            .aggregates,
            "The list of the different values.",
            "In the order of `sort`.",
            try: "stats values(dstPort) as ports by srcAddr"
        ),
        .init(
            "topk",
            .aggregates,
            "The list of the most frequent values.",
            "The number of values is from 1 to 10,000. Exact here, approximate in CloudWatch.",
            try: "stats topk(2, srcAddr) as busiest"
        ),
        .init(
            "rate",
            .aggregates,
            "How much a number changes in each interval.",
            "The change from the earliest to the latest row of a group, by `@timestamp`, divided by the intervals between them: of a counter that grows, its growth. Nothing where all rows are of one moment. How much there is in each period say `sum(f)` and `bin`.",
            try: "stats rate(bytes, 1m) as change"
        ),
        .init(
            "countOverTime",
            .aggregates,
            "Counts rows that have a value, as `count(f)` does.",
            "The periods are those of `by bin(…)`: an interval as the second argument changes nothing, and a warning says so.",
            try: "stats countOverTime(bytes, 5m) as n by bin(5m)"
        ),
        .init(
            "sumOverTime",
            .aggregates,
            "Sums numbers, as `sum(f)` does.",
            "The periods are those of `by bin(…)`: an interval as the second argument changes nothing, and a warning says so.",
            try: "stats sumOverTime(bytes, 5m) as n by bin(5m)"
        ),
        .init(
            "histogram",
            .aggregates,
            "Counts numbers by ranges of the same width.",
            try: "stats histogram(ms, 4) as counts",
            on: .events
        ),
    ]
}
