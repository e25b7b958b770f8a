import Query
import RoadblockCore
import Testing

struct ConformanceSyntaxTests {
    /// Mistakes that show only when names are looked up or saved queries are known: the plan finds them.
    private static let laterMistakes: Set = ["cwli-155", "cwli-156", "cwli-162", "cwli-399"]

    @Test(arguments: ConformanceCase.all)
    func `every query parses, or fails with the class that is expected`(_ row: ConformanceCase) {
        do throws(Failure) {
            let query = try QuerySyntax(parsing: row.query)
            #expect(row.error == nil || Self.laterMistakes.contains(row.id))
            #expect(query.commands.allSatisfy { $0.span.end <= row.query.utf8.count })
        } catch {
            #expect(error.code == row.error, "\(error.rendered)")
            #expect(error.kind == .usage)
        }
    }

    @Test
    func `the table is whole`() {
        #expect(ConformanceCase.all.count > 300)
        #expect(ConformanceCase.all.count { $0.error != nil } > 20)
    }
}
