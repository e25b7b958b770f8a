import RoadblockCore
import Testing

struct InstantTests {
    static let instants: [(nanoseconds: Int64, text: String)] = [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (1_709_164_800_250_000_000, "2024-02-29T00:00:00.250Z"),
        (1_764_633_599_000_001_000, "2025-12-01T23:59:59.000001Z"), (4_107_542_400_000_000_000, "2100-03-01T00:00:00Z"),
        (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
    ]

    @Test(arguments: instants)
    func `prints RFC 3339 with the digits that are needed`(_ row: (nanoseconds: Int64, text: String)) {
        #expect(Instant(nanoseconds: row.nanoseconds).rfc3339 == row.text)
    }

    @Test
    func `makes the instant of its own parts again`() {
        for day in stride(from: -100_000, to: 100_000, by: 37) {
            let instant = Instant(nanoseconds: Int64(day) * 86_400_000_000_000 + 3_723_000_000_005)
            let parts = instant.civil()
            let again = Instant(
                year: parts.year,
                month: parts.month,
                day: parts.day,
                hour: parts.hour,
                minute: parts.minute,
                second: parts.second,
                nanosecond: parts.nanosecond
            )
            #expect(again == instant)
        }
    }

    @Test(arguments: [(1.25, 1, "1.3"), (0, 0, "0"), (-0.04, 1, "0.0"), (-2.5, 0, "-3"), (1234.5678, 3, "1234.568")])
    func `rounds to fixed digits`(_ row: (value: Double, digits: Int, text: String)) {
        #expect(fixed(row.value, row.digits) == row.text)
    }

    @Test
    func `milliseconds beyond what an instant holds are its ends`() {
        #expect(Instant(milliseconds: 1_700_000_000_123).nanoseconds == 1_700_000_000_123_000_000)
        for far in [10_000_000_000_000, Int64.max] {
            #expect(Instant(milliseconds: far).nanoseconds == .max)
            #expect(Instant(milliseconds: -far).nanoseconds == .min)
        }
    }
}
