/// The functions of numbers, times, conditions, lists and addresses.
extension LanguageEntry {
    static let numbers: [LanguageEntry] = [
        .init("abs", .numbers, "The number without its sign.", try: "fields abs(3 - 10) as n | limit 1"),
        .init(
            "ceil",
            .numbers,
            "The smallest whole number that is not below the number.",
            try: "fields ceil(7.2) as up, ceil(-7.5) as negative, ceil(7) as whole | limit 1"
        ),
        .init(
            "floor",
            .numbers,
            "The largest whole number that is not above the number.",
            try: "fields floor(7.8) as down, floor(-7.5) as negative | limit 1"
        ),
        .init(
            "greatest",
            .numbers,
            "The largest of the numbers.",
            "Arguments that are missing are left out.",
            try: "fields greatest(srcPort, dstPort) as port | limit 2"
        ),
        .init(
            "least",
            .numbers,
            "The smallest of the numbers.",
            "Arguments that are missing are left out.",
            try: "fields least(srcPort, dstPort) as service | limit 3"
        ),
        .init(
            "log",
            .numbers,
            "The natural logarithm.",
            "Missing for 0 and below.",
            try: "fields log(2.718281828) as e, log(0) as none | limit 1"
        ),
        .init(
            "sqrt",
            .numbers,
            "The square root.",
            "Missing for negative numbers.",
            try: "fields sqrt(2) as root | limit 1"
        ),
        .init(
            "round",
            .numbers,
            "The number rounded to a whole one, or to some digits behind the point.",
            "A half is rounded away from zero.",
            try: "fields round(2.5) as whole, round(3.14159, 2) as two | limit 1"
        ),
        .init(
            "haversine",
            .numbers,
            "The distance of two places on the earth, in kilometres.",
            "Latitudes and longitudes are in degrees.",
            try: "fields round(haversine(48.2, 16.37, 52.52, 13.4)) as viennaToBerlin | limit 1"
        ),
        .init(
            "toNumber",
            .numbers,
            "The number that a text is.",
            "Missing for any other text. Numeric text counts as a number without it.",
            try: "fields toNumber(\"12.5\") as n, toNumber(action) as none | limit 1"
        ),
        .init(
            "toInt",
            .numbers,
            "The number without what stands behind its point.",
            try: "fields toInt(\"-12.9\") as n | limit 1"
        ),
        .init("toLong", .numbers, "The same as `toInt`.", try: "fields toLong(12.9) as n | limit 1"),
        .init("toDouble", .numbers, "The same as `toNumber`.", try: "fields toDouble(\"1e3\") as n | limit 1"),
    ]

    static let times: [LanguageEntry] = [
        .init(
            "bin",
            .times,
            "The event's time, rounded down to a period.",
            """
            Always of `@timestamp`; for other times, and behind a `stats`, there is `datefloor`. See `period` for units and \
            caps. The event time of a flow record is the start of its window. There are no rows for empty bins.
            """,
            try: "stats sum(bytes) as total by bin(5m) as t | sort t asc"
        ),
        .init(
            "datefloor",
            .times,
            "A time, rounded down to a period.",
            try: "fields datefloor(@timestamp, 1h) as hour, ms | limit 2",
            on: .events
        ),
        .init(
            "dateceil",
            .times,
            "A time, rounded up to a period.",
            "A time at the start of a period stays.",
            try: "fields dateceil(@timestamp, 1h) as hour, ms | limit 2",
            on: .events
        ),
        .init(
            "fromMillis",
            .times,
            "The time of a number of milliseconds since 1970.",
            try: "fields fromMillis(end * 1000) as until | limit 2"
        ),
        .init(
            "toMillis",
            .times,
            "The milliseconds since 1970 of a time.",
            "Missing for what is no time.",
            try: "fields toMillis(@timestamp) as ms | limit 1"
        ),
        .init(
            "now",
            .times,
            "The time of the query, in seconds since 1970.",
            "Seconds, where `toMillis` has milliseconds. --as-of sets it.",
            try: "fields now() - toMillis(@timestamp) / 1000 as age | limit 2"
        ),
        .init(
            "queryStartTime",
            .times,
            "The begin of the range that was asked for, in milliseconds.",
            "--start sets it; missing without.",
            try: "fields fromMillis(queryStartTime()) as t | limit 1"
        ),
        .init(
            "queryEndTime",
            .times,
            "The end of the range that was asked for, in milliseconds.",
            "--end sets it; otherwise it is the time of the query.",
            try: "fields fromMillis(queryEndTime()) as t | limit 1"
        ),
        .init(
            "queryTimeRange",
            .times,
            "The length of the range that was asked for, in milliseconds.",
            "Missing without --start.",
            try: "stats count(*) / (queryTimeRange() / 60000) as perMinute"
        ),
        .init(
            "parseDate",
            .times,
            "The milliseconds since 1970 of a text in a pattern.",
            "The pattern has Java's letters, `yyyy-MM-dd HH:mm:ss`; the zone is UTC, an offset such as `+02:00`, or a name such as `Europe/Berlin`, written out in the query.",
            try: "fields parseDate(\"27/11/2026 14:30\", \"dd/MM/yyyy HH:mm\") as ms | limit 1"
        ),
        .init(
            "formatDate",
            .times,
            "A time as text in a format.",
            "The format has the letters of `strftime`, as in `%Y-%m-%d %H:%M`; the zone is UTC, an offset such as `-05:00`, or a name such as `America/New_York`, written out in the query.",
            try: "fields formatDate(@timestamp, \"%a %H:%M\", \"+01:00\") as local | limit 2"
        ),
    ]

    static let general: [LanguageEntry] = [
        .init(
            "ispresent",
            .general,
            "1 where the field is there.",
            "A field that holds an empty text is there; null of JSON is not. `not ispresent(field)` is what SQL calls `is null`.",
            try: "filter not ispresent(user) | fields service, ms",
            on: .events
        ),
        .init(
            "coalesce",
            .general,
            "The first argument that is not missing.",
            try: "fields coalesce(user, \"nobody\") as who | limit 3",
            on: .events
        ),
        .init(
            "if",
            .general,
            "One of two values, as a condition says.",
            "A condition that is neither true nor false counts as false. All three arguments are needed.",
            try: "fields if(dstPort < 1024, \"well known\", \"other\") as kind, dstPort | limit 3"
        ),
        .init(
            "case",
            .general,
            "The value behind the first condition that is true.",
            "Up to ten conditions; a last value without a condition is for all others, which are missing without it.",
            try: "fields ms, case(ms > 1000, \"slow\", ms > 500, \"fair\", \"fast\") as speed",
            on: .events
        ),
        .init(
            "isNumeric",
            .general,
            "1 where the value is a number, or a text that is one.",
            try: "fields isNumeric(\"12\") as yes, isNumeric(action) as no | limit 1"
        ),
        .init(
            "messageSize",
            .general,
            "The length of a text in bytes of UTF-8.",
            try: "fields messageSize(\"naïve\") as bytes, strlen(\"naïve\") as characters | limit 1"
        ),
    ]

    static let structures: [LanguageEntry] = [
        .init(
            "jsonParse",
            .structures,
            "The map or list that a JSON text is.",
            """
            Missing for anything else, JSON numbers and texts too. What is in it: `.key`, `` .`odd.key` `` and `[0]`. Maps \
            and lists cannot be sorted, grouped or compared.
            """,
            try: "fields jsonParse(@message).request.path as path, jsonParse(@message).tags[0] as first | limit 2",
            on: .events
        ),
        .init(
            "jsonStringify",
            .structures,
            "The JSON text of a map or a list.",
            try: "fields jsonStringify(jsonParse(@message).tags) as text | limit 2",
            on: .events
        ),
        .init(
            "jsonArraySize",
            .structures,
            "The number of items in a list.",
            "Of a list, or of a text that is one; missing for anything else.",
            try: "fields jsonArraySize(jsonParse(@message).tags) as n | limit 3",
            on: .events
        ),
        .init(
            "jsonArrayContains",
            .structures,
            "1 where a list holds a value.",
            try: "filter jsonArrayContains(jsonParse(@message).tags, \"eu\") | fields user, ms",
            on: .events
        ),
    ]

    static let addresses: [LanguageEntry] = [
        .init(
            "isValidIp",
            .addresses,
            "1 for an IPv4 or IPv6 address.",
            try: "stats count(*) as n by isValidIp(srcAddr) as isAddress"
        ),
        .init(
            "isValidIpV4",
            .addresses,
            "1 for an IPv4 address.",
            try: "fields isValidIpV4(\"10.0.0.1\") as a, isValidIpV4(\"fe80::1\") as b | limit 1"
        ),
        .init(
            "isValidIpV6",
            .addresses,
            "1 for an IPv6 address.",
            try: "fields isValidIpV6(\"10.0.0.1\") as a, isValidIpV6(\"fe80::1\") as b | limit 1"
        ),
        .init(
            "isIpInSubnet",
            .addresses,
            "1 for an address in a block, IPv4 or IPv6.",
            "0, and never missing, for what is no address, such as `-` of records without data. Bits behind the prefix are ignored.",
            try: "filter isIpInSubnet(dstAddr, \"10.0.0.0/16\") | stats count(*) as n by dstAddr"
        ),
        .init(
            "isIpv4InSubnet",
            .addresses,
            "1 for an IPv4 address in a block.",
            "What `like '10.0.'` is often written for, which also finds 210.0.1.1.",
            try: "filter isIpv4InSubnet(srcAddr, \"198.51.100.0/24\") | fields srcAddr, dstPort"
        ),
        .init(
            "isIpv6InSubnet",
            .addresses,
            "1 for an IPv6 address in a block.",
            try: "fields isIpv6InSubnet(\"2001:db8::7\", \"2001:db8::/32\") as yes | limit 1"
        ),
        .init(
            "ipv4ToNumber",
            .addresses,
            "The number of an IPv4 address.",
            try: "fields ipv4ToNumber(\"10.0.0.1\") as n | limit 1"
        ),
        .init(
            "isPrivateIP",
            .addresses,
            "1 for an address of private networks.",
            "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and fc00::/7. CloudWatch does not publish its list.",
            try: "stats count(*) as n by isPrivateIP(srcAddr) as isInside"
        ),
        .init(
            "isPublicIP",
            .addresses,
            "1 for an address that is neither private nor reserved.",
            try: "fields isPublicIP(\"8.8.8.8\") as a, isPublicIP(\"10.0.0.1\") as b | limit 1"
        ),
        .init(
            "isReservedIP",
            .addresses,
            "1 for an address of a range with a special purpose.",
            "Loopback, link-local, shared, documentation, multicast and such. CloudWatch does not publish its list.",
            try: "filter isReservedIP(srcAddr) | stats count(*) as n by srcAddr"
        ),
    ]
}
