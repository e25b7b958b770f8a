import LogFormats
import Query
import Testing

/// Functions at the edges of their arguments.
struct FunctionEdgeTests {
    private static func value(_ expression: String) throws -> String {
        let query = "fields \(expression) as v | display v"
        return try AskedText(text: "{\"d\":\"::ffff:10.0.0.1\",\"b\":\"::ffff:0:0/96\"}\n").rows(query, separator: "|")[
            0
        ]
    }

    @Test(arguments: [
        ("round(1e300, 10)", "1" + String(repeating: "0", count: 300)), ("round(1.005e15, 2)", "1005000000000000"),
        ("round(2.345, 2)", "2.35"), ("round(0.1, 20)", "0.1"), ("round(1234, -2)", "1200"),
        ("round(1e-300, 300)", "0." + String(repeating: "0", count: 299) + "1"),
        ("round(5, -300)", "0"), ("round(9007199254740993, 1)", "9007199254740992"),
    ])
    func `numbers are rounded at any place`(_ row: (call: String, expected: String)) throws {
        #expect(try Self.value(row.call) == row.expected)
    }

    @Test(arguments: [
        ("isIpv6InSubnet(d, \"::ffff:0:0/96\")", "1"), ("isIpInSubnet(d, b)", "1"),
        ("isIpv6InSubnet(d, \"::ffff:10.0.0.0/104\")", "1"), ("isIpv6InSubnet(d, \"::ffff:11.0.0.0/104\")", "0"),
        ("isIpInSubnet(d, \"10.0.0.0/8\")", "0"), ("isIpInSubnet(d, \"::/0\")", "1"),
        ("isIpInSubnet(\"10.0.0.1\", \"::ffff:0:0/96\")", "0"), ("isIpInSubnet(\"10.0.0.1\", \"10.0.0.0/8\")", "1"),
    ])
    func `mapped addresses and their blocks are IPv6`(_ row: (call: String, expected: String)) throws {
        #expect(try Self.value(row.call) == row.expected)
    }

    @Test(arguments: [
        ("%j", "2", "366"), ("%U", "00", "52"), ("%W", "01", "53"), ("%V", "01", "01"), ("%G", "2024", "2025"),
        ("%D", "01/02/24", "12/31/24"), ("%R", "05:06", "23:59"), ("%C", "20", "20"), ("%h", "Jan", "Dec"),
        ("%k|%l", " 5| 5", "23|11"), ("%r", "05:06:07 AM", "11:59:59 PM"), ("a%nb%tc", "a\nb\tc", "a\nb\tc"),
    ])
    func `dates have the letters of strftime`(_ row: (letters: String, january: String, december: String)) throws {
        let day = row.letters == "%j" ? "002" : row.january
        #expect(try Self.value("formatDate(1704171967000, \"\(row.letters)\")") == day)
        #expect(try Self.value("formatDate(1735689599999, \"\(row.letters)\")") == row.december)
    }

    @Test(arguments: [
        ("fromMillis(-62135596800000)", "0001-01-01 00:00:00.000"),
        ("fromMillis(130000000000999)", "6089-07-14 15:06:40.999"),
        ("formatDate(-62135596800000, \"%F %T\")", "0001-01-01 00:00:00"),
    ])
    func `times far from today have dates`(_ row: (call: String, expected: String)) throws {
        #expect(try Self.value(row.call) == row.expected)
    }

    @Test
    func `dedup takes numbers and texts that are printed alike for one value`() throws {
        let lines = [#"{"s":1}"#, #"{"s":"1"}"#, #"{"s":"1.0"}"#, #"{"s":1.5}"#, #"{"s":"1.5"}"#, #"{"s":"01"}"#]
        let log = LogText(lines: lines, choice: .given(.json))
        #expect(try log.rows("fields s | dedup s | limit 9").count == 4)
    }
}
