import Query
import RoadblockCore
import Testing

/// Calls of saved queries beside regular expressions and comments.
struct SavedQueryTextTests {
    @Test(arguments: [
        ("$Noted() | stats count(*)", "filter l = 1 # only these\n | stats count(*)"),
        ("filter m like /it's/ | $Errors(n = 1)", #"filter m like /it's/ | filter l = "ERROR" | limit 1"#),
        (
            "parse @message /a#[/'](?<x>.)/ | $Errors(n = 1)",
            #"parse @message /a#[/'](?<x>.)/ | filter l = "ERROR" | limit 1"#
        ),
        (
            #"filter a =~ /"/ and strlen(b)/2 > 1 | $Errors(n=1)"#,
            #"filter a =~ /"/ and strlen(b)/2 > 1 | filter l = "ERROR" | limit 1"#
        ),
        (
            #"fields regexReplace(m, /'/, "") as x | $Errors(n=1)"#,
            #"fields regexReplace(m, /'/, "") as x | filter l = "ERROR" | limit 1"#
        ),
        (
            "fields a / b as c | $Errors(n=1) | fields d / e",
            #"fields a / b as c | filter l = "ERROR" | limit 1 | fields d / e"#
        ),
        (#"$Two(a = "{{b}}", b = x)"#, #"fields "{{b}}", x"#), (#"$Two(b = "{{a}}", a = x)"#, #"fields x, "{{a}}""#),
    ])
    func `a call is told from what stands in regular expressions, comments and values`(
        _ row: (query: String, expanded: String)
    ) throws {
        var saved = SavedQueries()
        try saved.add("Errors", "# param level = ERROR\nfilter l = {{level}} | limit {{n}}")
        try saved.add("Noted", "filter l = 1 # only these")
        try saved.add("Two", "fields {{a}}, {{b}}")
        #expect(try saved.expanded(row.query) == row.expanded)
    }
}
