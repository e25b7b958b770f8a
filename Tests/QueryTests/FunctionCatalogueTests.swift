import Query
import Testing

struct FunctionCatalogueTests {
    @Test(arguments: [
        ("STRLEN", "strlen(text)"), ("date_floor", "datefloor(time, period)"),
        ("countDistinct", "count_distinct(field)"),
        ("COLLECT_VALUES", "values(field)"), ("count_over_time", "countOverTime(value, [period])"),
        ("strftime", "formatDate(time, format, [zone])"), ("case", "case(condition, value, [more…])"), ("now", "now()"),
        ("count", "count([field])"), ("isipv4insubnet", "isIpv4InSubnet(address, cidr)"), ("len", nil), ("", nil),
    ])
    func `finds functions by every spelling`(_ name: String, _ signature: String?) {
        #expect(FunctionCatalogue.function(named: name)?.signature == signature)
    }

    @Test(arguments: [
        ("if", 3, 3), ("case", 2, 21), ("coalesce", 1, .max), ("round", 1, 2), ("now", 0, 0), ("count", 0, 1),
        ("pct", 2, 2), ("substr", 2, 3), ("haversine", 4, 4),
    ])
    func `knows how many arguments they take`(_ name: String, _ minimum: Int, _ maximum: Int) throws {
        let function = try #require(FunctionCatalogue.function(named: name))
        #expect((function.minimumArity, function.maximumArity) == (minimum, maximum))
    }

    @Test
    func `every name means one function`() {
        let names = FunctionCatalogue.all.flatMap { [$0.name] + $0.spellings }.map { $0.lowercased() }
        #expect(Set(names).count == names.count)
        #expect(FunctionCatalogue.all.count { $0.kind == .aggregate } == 19)
        #expect(FunctionCatalogue.all.count == 89)
    }

    @Test(arguments: [
        ("len", "write `strlen(text)`"), ("LENGTH", "write `strlen(text)`"), ("lenght", "write `strlen(text)`"),
        ("lower", "write `tolower(text)`"), ("upper", "write `toupper(text)`"), ("median", "write `pct(value, 50)`"),
        ("percentile", "write `pct(value, percent)`"), ("cidr", "write `isIpInSubnet(address, cidr)`"),
        ("isIpInSubnets", "did you mean `isIpInSubnet`?"), ("sunm", "did you mean `sum`?"), ("qqqqqq", nil),
    ])
    func `suggests a function for one that does not exist`(_ name: String, _ suggestion: String?) {
        #expect(FunctionCatalogue.suggestion(for: name) == suggestion)
    }

    @Test
    func `no habit hides a function`() {
        let suggestions = FunctionCatalogue.all.compactMap { FunctionCatalogue.suggestion(for: $0.name) }
        #expect(suggestions.allSatisfy { $0.hasPrefix("did you mean") })
    }
}
