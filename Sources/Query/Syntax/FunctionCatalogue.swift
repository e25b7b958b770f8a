import RoadblockCore

/// A function of the query language: its name, its parameters, and what it may be used for.
package struct QueryFunction: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case scalar
        /// Over the rows of a group; only in `stats`.
        case aggregate
    }

    /// The spelling of the documentation.
    package let name: String
    package let kind: Kind
    /// Other spellings that mean the same.
    package let spellings: [String]
    /// The parameters as in `pct(value, percent)`; optional ones in brackets.
    package let parameters: [String]
    package let minimumArity: Int
    package let maximumArity: Int

    /// A function from the text of its parameters.
    ///
    /// A parameter named `period` takes a number with a unit and one named `regex` may be a regular expression between
    /// slashes. `?` marks an optional one, `…` one or more, `…?` none or more.
    fileprivate init(
        _ name: String,
        _ parameters: String,
        _ kind: Kind = .scalar,
        also spellings: [String] = [],
        atMost limit: Int = .max
    ) {
        self.name = name
        self.kind = kind
        self.spellings = spellings
        let list = parameters.split(separator: " ").map(String.init)
        minimumArity = list.count { !$0.hasSuffix("?") }
        maximumArity = list.contains { $0.contains("…") } ? limit : list.count
        self.parameters = list.map { $0.hasSuffix("?") ? "[\($0.dropLast())]" : $0 }
    }

    package var signature: String { "\(name)(\(parameters.joined(separator: ", ")))" }

    /// The argument that is a period, such as `5m`.
    package var periodArgument: Int? { parameters.firstIndex { $0 == "period" || $0 == "[period]" } }

    /// The argument that may be a regular expression between slashes.
    package var regexArgument: Int? { parameters.firstIndex(of: "regex") }

    /// The argument that is a block of addresses.
    package var prefixArgument: Int? { parameters.firstIndex(of: "cidr") }
}

/// The functions of the query language, and the names that people of other languages try.
package enum FunctionCatalogue {
    /// The function of a name in any case.
    package static func function(named name: String) -> QueryFunction? { byName[name.lowercased()] }

    /// The function that a call names.
    static func function(of name: NameSyntax) throws(QueryError) -> QueryFunction {
        guard let function = Self.function(named: name.name) else {
            throw QueryError(
                .semantic,
                "there is no function `\(name.name)`",
                name.span,
                suggestion: suggestion(for: name.name)
            )
        }
        return function
    }

    package static let all: [QueryFunction] =
        numeric + time + general + structures + addresses + strings + aggregates

    /// True for a function whose value is true or false.
    package static func isTest(_ name: String) -> Bool { tests.contains(name.lowercased()) }

    private static let tests: Set = [
        "ispresent", "isnumeric", "isvalidip", "isvalidipv4", "isvalidipv6", "isipinsubnet", "isipv4insubnet",
        "isipv6insubnet", "isprivateip", "ispublicip", "isreservedip", "isempty", "isblank", "strcontains",
        "startswith",
        "endswith", "jsonarraycontains",
    ]

    private static let byName: [String: QueryFunction] = {
        let pairs = all.flatMap { function in
            ([function.name] + function.spellings).map { ($0.lowercased(), function) }
        }
        return Dictionary(pairs) { first, _ in first }
    }()

    /// What to write instead of a function that does not exist.
    package static func suggestion(for name: String) -> String? {
        if let habit = habit(name) { return habit }
        guard let near = nearest(to: name, among: all.map(\.name) + habits.keys.sorted()) else { return nil }
        return function(named: near) == nil ? habit(near) : "did you mean `\(near)`?"
    }

    /// The function that takes the same arguments under another name elsewhere.
    static func equivalent(of name: String) -> String? {
        habits[name].flatMap { function(named: $0) != nil && !["cidrmatch", "date_trunc"].contains(name) ? $0 : nil }
    }

    static func habit(_ name: String) -> String? {
        habits[name.lowercased()].map { hint in
            function(named: hint).map { "write `\($0.signature)`" } ?? hint
        }
    }

    private static let numeric: [QueryFunction] = [
        .init("abs", "number"), .init("ceil", "number"), .init("floor", "number"), .init("greatest", "number…"),
        .init("least", "number…"), .init("log", "number"), .init("sqrt", "number"), .init("round", "number digits?"),
        .init("haversine", "latitude1 longitude1 latitude2 longitude2"), .init("toNumber", "value"),
        .init("toInt", "value"), .init("toLong", "value"), .init("toDouble", "value"),
    ]

    private static let time: [QueryFunction] = [
        .init("bin", "period"), .init("datefloor", "time period", also: ["date_floor"]),
        .init("dateceil", "time period", also: ["date_ceil"]), .init("fromMillis", "number"), .init("toMillis", "time"),
        .init("now", ""), .init("queryStartTime", ""), .init("queryEndTime", ""), .init("queryTimeRange", ""),
        .init("parseDate", "text format zone?"), .init("formatDate", "time format zone?", also: ["strftime"]),
    ]

    private static let general: [QueryFunction] = [
        .init("ispresent", "field"), .init("coalesce", "value…"), .init("if", "condition then else"),
        .init("case", "condition value more…?", atMost: 21), .init("isNumeric", "value"), .init("messageSize", "text"),
        .init("unmask", "field"),
    ]

    private static let structures: [QueryFunction] = [
        .init("jsonParse", "text"), .init("jsonStringify", "value"), .init("jsonArraySize", "text"),
        .init("jsonArrayContains", "text value"),
    ]

    private static let addresses: [QueryFunction] = [
        .init("isValidIp", "text"), .init("isValidIpV4", "text"), .init("isValidIpV6", "text"),
        .init("isIpInSubnet", "address cidr"), .init("isIpv4InSubnet", "address cidr"),
        .init("isIpv6InSubnet", "address cidr"), .init("ipv4ToNumber", "address"), .init("isPrivateIP", "address"),
        .init("isPublicIP", "address"), .init("isReservedIP", "address"),
    ]

    private static let strings: [QueryFunction] = [
        .init("isempty", "text"), .init("isblank", "text"), .init("concat", "text…"),
        .init("ltrim", "text characters?"), .init("rtrim", "text characters?"), .init("trim", "text characters?"),
        .init("strlen", "text"), .init("toupper", "text"), .init("tolower", "text"),
        .init("substr", "text start length?"), .init("replace", "text old new"),
        .init("regexReplace", "text regex new"), .init("strcontains", "text part ignoreCase?"),
        .init("startsWith", "text prefix"), .init("endsWith", "text suffix"), .init("split", "text separator"),
        .init("urlencode", "text"), .init("urldecode", "text"), .init("base64encode", "text"),
        .init("base64decode", "text"), .init("hexToAscii", "text"), .init("hexToDec", "text"),
        .init("decToHex", "number"), .init("md5", "text"), .init("sha256", "text"),
    ]

    private static let aggregates: [QueryFunction] = [
        .init("count", "field?", .aggregate), .init("count_distinct", "field", .aggregate, also: ["countDistinct"]),
        .init("sum", "number", .aggregate), .init("avg", "number", .aggregate), .init("min", "value", .aggregate),
        .init("max", "value", .aggregate), .init("pct", "value percent", .aggregate),
        .init("stddev", "number", .aggregate), .init("variance", "number", .aggregate),
        .init("earliest", "field", .aggregate), .init("latest", "field", .aggregate),
        .init("sortsFirst", "field", .aggregate), .init("sortsLast", "field", .aggregate),
        .init("values", "field", .aggregate, also: ["collect_values"]), .init("topk", "count field", .aggregate),
        .init("rate", "number period", .aggregate),
        .init("countOverTime", "value period?", .aggregate, also: ["count_over_time"]),
        .init("sumOverTime", "number period?", .aggregate, also: ["sum_over_time"]),
        .init("histogram", "number buckets", .aggregate),
    ]

    /// Names from other query languages: the function here, or what to write.
    private static let habits: [String: String] = [
        "sha1": "sha256", "sha": "sha256", "hash": "sha256", "len": "strlen", "length": "strlen",
        "char_length": "strlen", "lower": "tolower", "lcase": "tolower",
        "upper": "toupper", "ucase": "toupper", "substring": "substr", "mid": "substr", "contains": "strcontains",
        "instr": "strcontains", "cidr": "isIpInSubnet", "cidrmatch": "isIpInSubnet", "ip_in_range": "isIpInSubnet",
        "ipv4_is_in_range": "isIpInSubnet", "ipv4_is_match": "isIpInSubnet", "inet_aton": "ipv4ToNumber",
        "isip": "isValidIp", "isipv4": "isValidIpV4", "isipv6": "isValidIpV6", "is_ipv4": "isValidIpV4",
        "is_ipv6": "isValidIpV6", "isnotnull": "ispresent", "exists": "ispresent", "exist": "ispresent",
        "ifnull": "coalesce",
        "nvl": "coalesce", "iif": "if", "iff": "if", "switch": "case", "mean": "avg", "average": "avg",
        "distinct": "count_distinct", "dcount": "count_distinct", "dc": "count_distinct", "uniq": "count_distinct",
        "count_unique": "count_distinct", "approx_count_distinct": "count_distinct", "first": "earliest",
        "last": "latest", "percentile": "pct", "percentile_cont": "pct", "percentile_approx": "pct", "perc": "pct",
        "quantile": "pct", "std": "stddev", "stdev": "stddev", "var": "variance", "list": "values",
        "make_set": "values", "array_agg": "values", "collect_set": "values", "date_trunc": "datefloor",
        "to_number": "toNumber", "tonum": "toNumber", "todecimal": "toNumber",
        "unix_timestamp": "toMillis", "from_unixtime": "fromMillis", "regexp_replace": "regexReplace",
        "cast": "numbers in text count as numbers; `toNumber(value)` converts explicitly",
        "median": "write `pct(value, 50)`", "p50": "write `pct(value, 50)`", "p90": "write `pct(value, 90)`",
        "p95": "write `pct(value, 95)`", "p99": "write `pct(value, 99)`",
        "count_if": "write `sum(condition)`: a condition counts as 1 or 0",
        "countif": "write `sum(condition)`: a condition counts as 1 or 0",
        "isnull": "write `not ispresent(field)`", "is_null": "write `not ispresent(field)`",
        "regex_extract": "write `parse field /(?<name>…)/` as a command",
        "regexp_extract": "write `parse field /(?<name>…)/` as a command",
        "extract": "write `parse field /(?<name>…)/` as a command",
        "regex_match": "write `field like /…/`", "match": "write `field like /…/`", "matches": "write `field like /…/`",
        "like": "write `field like \"text\"` without parentheses",
        "pow": "write `a ^ b`", "power": "write `a ^ b`", "mod": "write `a % b`",
        "tostring": "a number in text needs no conversion: `concat(\"\", value)`",
        "time_bucket": "write `bin(5m)`", "timechart": "write `stats … by bin(5m)`", "span": "write `bin(5m)`",
        "ago": "the time range is given on the command line: `--start -1h`",
    ]
}
