import Testing

@testable import Query

/// Columns that are known by their texts.
struct ColumnTextTests {
    @Test(arguments: [
        ("sum(v)/count(*)", "SUM( v ) / count ( * )", true), ("bin( 30 min)", "bin(30min)", true),
        ("sum(v)", "sum(V)", false), ("A and (b)", "A and(b)", true), ("A and (b)", "a and (b)", false),
        ("concat(a, ' ')", "concat(a,' ')", true), ("concat(a, ' ')", "concat(a, '')", false),
        ("concat('F(', a)", "concat('f(', a)", false), ("f(`a b`)", "F( `a b` )", true), ("f(`a b`)", "f(`ab`)", false),
    ])
    func `texts are compared without blanks and the case of functions`(_ first: String, _ second: String, _ same: Bool)
    {
        #expect((ColumnText(first.utf8) == ColumnText(second.utf8)) == same)
    }

    @Test
    func `a plain name is no text`() {
        #expect(ColumnText(name: "notv") == nil)
        #expect(ColumnText(name: "@timestamp.a_1") == nil)
        #expect(ColumnText(name: "not v") == ColumnText("notv".utf8))
    }

    @Test(arguments: [
        (#"\1"#, "back-references"), (#"(a)\g1"#, "back-references"), (#"\k<n>"#, "back-references"),
        ("(?P=n)", "back-references"), ("(?=a)", "look-around"), ("a(?<!b)", "look-around"),
        ("[]a](?!b)", "look-around"), (#"[[:alpha:]](?=b)"#, "look-around"), (#"\Qa\E(?=b)"#, "look-around"),
        (#"\(?=/"#, nil), (#"[\1]"#, nil), ("[(?=]", nil), (#"\Q(?=\E"#, nil), (#"\Q(?=)"#, nil), (#"\\1"#, nil),
        ("(?<n>a)(?:b)(?i)", nil), ("[^]", nil), ("(?", nil), ("\\", nil), ("[[:a", nil),
    ])
    func `what other engines lack is found where it acts`(_ pattern: String, _ part: String?) {
        #expect(RegexParts(pattern).first?.rawValue == part)
    }
}
