import Columns
import LogFormats
import Query
import RoadblockCore
import Testing

/// The help on the language has all that the parser and the catalogue know, and its examples run.
struct LanguageHelpTests {
    private static let examples = ExampleRun { (tables) throws(Failure) in
        let table = LogTable(tables.map { LogInput(name: $0.rawValue, logGroup: $0.logGroup, text: $0.text) })
        return (try table.describe().fields, table)
    }

    @Test(arguments: LanguageEntry.commandWords)
    func `every command has an entry`(_ word: String) throws {
        let entry = try #require(LanguageEntry.named(word))
        #expect(entry.topic.part == .commands)
    }

    @Test(arguments: FunctionCatalogue.all)
    func `every function has an entry with its signature`(_ function: QueryFunction) throws {
        let entry = try #require(LanguageEntry.named(function.name))
        // `unmask` is a command as well.
        guard entry.topic.part != .commands else { return }
        #expect(entry.syntax == [function.signature])
        #expect(entry.topic.part == (function.kind == .aggregate ? .aggregates : .functions))
        #expect(function.spellings.allSatisfy { LanguageEntry.named($0)?.name == entry.name })
    }

    @Test(arguments: LanguageEntry.all)
    func `every example runs and shows what it is about`(_ entry: LanguageEntry) throws {
        do throws(Failure) {
            let result = try Self.examples.result(of: entry)
            #expect(!result.rows.isEmpty)
            #expect(result.rows.joined().contains { !$0.isMissing })
        } catch {
            // What this version does not run yet.
            #expect(error.code == QueryErrorClass.unsupported.rawValue, "\(error.rendered)")
        }
        if entry.topic.part != .operators { #expect(entry.example.lowercased().contains(entry.name.lowercased())) }
        #expect(entry.summary.hasSuffix("."))
    }

    @Test
    func `every name means one entry`() {
        let names = LanguageEntry.all.flatMap { [$0.name] + $0.others }.map { $0.lowercased() }
        #expect(Set(names).count == names.count)
        #expect(LanguageEntry.all.count > 100)
    }

    @Test
    func `entries without a function or a command are those of the language itself`() {
        for entry in LanguageEntry.all where entry.topic.part == .functions || entry.topic.part == .aggregates {
            #expect(FunctionCatalogue.function(named: entry.name) != nil, "\(entry.name)")
        }
    }

    @Test(arguments: [
        ("len", "write `strlen(text)`"), ("staats", "did you mean `stats`?"),
        ("IsIpInSubnets", "did you mean `isIpInSubnet`?"),
        ("qqqqqqq", nil), ("eval", "write `fields expression as name`"),
    ])
    func `a name that is not there gets a suggestion`(_ name: String, _ suggestion: String?) {
        #expect(LanguageEntry.named(name) == nil)
        #expect(LanguageEntry.suggestion(for: name) == suggestion)
    }

    @Test
    func `the overview fits two screens`() throws {
        let lines = LanguageHelp.overview { _ in true }.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count < 100)
        #expect(lines.allSatisfy { $0.count <= 110 })
        for entry in LanguageEntry.all { #expect(lines.contains { $0.contains(entry.name) }, "\(entry.name)") }
    }

    @Test
    func `an entry prints syntax, text, example and output`() throws {
        let entry = try #require(LanguageEntry.named("STRLEN"))
        let text = try LanguageHelp { "output of \($0.name)\n" }.text(of: entry)
        #expect(text.hasPrefix("strlen(text)\n\nThe number of characters.\n"))
        #expect(text.contains("\n  \(entry.example)\n\n  output of strlen\n"))
        #expect(try LanguageHelp { _ in nil }.text(of: entry).contains("does not run it yet"))
    }
}
