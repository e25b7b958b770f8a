import Cloud
import RoadblockCore
import Testing

/// A row of `tag-maps.jsonl`: tags of an instance, desired keys, and the map.
struct TagMapRow: Sendable, CustomTestStringConvertible {
    var name: String
    var tags: [Tag]?
    var desired: [String]
    var match: TagMap.Match
    var missing: TagMap.Missing
    /// Key, value, matched key.
    var expected: [[String?]]?
    var warnings: Int
    var error: String?

    var testDescription: String { name }

    init(_ row: JSONValue) throws {
        func texts(_ value: JSONValue?) -> [String?] { value?.items?.map(\.text) ?? [] }
        name = (row["id"]?.text ?? "") + ": " + (row["why"]?.text ?? "")
        tags = row["tags"]?.items?.map { texts($0) }.map { Tag(($0[0] ?? ""), ($0[1] ?? "")) }
        desired = texts(row["desired"]).compactMap(\.self)
        match = row["match"]?.text == "exact" ? .exact : .ignoringCase
        missing = row["missing"]?.text.flatMap(TagMap.Missing.init) ?? .omit
        expected = row["expected"]?.items?.map(texts)
        if case .int(let count)? = row["warnings"] { warnings = count } else { warnings = 0 }
        error = row["error"]?.text
        try #require(expected != nil || error != nil)
    }
}

struct TagMapTests {
    static let rows = Result { try Fixture.rows("tag-maps.jsonl").map(TagMapRow.init) }

    @Test
    func `has rows`() throws {
        #expect(try TagMapTests.rows.get().count == 42)
    }

    @Test(arguments: (try? rows.get()) ?? [])
    func `picks the desired tags`(_ row: TagMapRow) {
        do throws(TagMap.Problem) {
            let map = try TagMap(of: row.tags, desired: row.desired, match: row.match, missing: row.missing)
            let found = map.entries.map { [$0.key, $0.value, $0.matchedKey] }
            // Bytes, since texts are the same with composed and decomposed accents.
            #expect(
                found.map { $0.map { $0.map { Array($0.utf8) } } }
                    == row.expected?.map { $0.map { $0.map { Array($0.utf8) } } }
            )
            #expect(map.warnings.count == row.warnings)
            #expect(row.error == nil)
        } catch {
            let word =
                switch error {
                case .emptyKey: "empty"
                case .longKey: "long"
                case .missing(let keys): "missing \(keys.joined(separator: ","))"
                }
            #expect(word == row.error)
        }
    }

    @Test
    func `names every tag that fits, and the one that was taken`() throws {
        let map = try TagMap(of: [Tag("name", "b"), Tag("Name", "A")], desired: ["NAME"])
        #expect(map.warnings == ["`NAME` fits the tags `Name` and `name`; `Name` was taken"])
        #expect(map["NAME"]?.value == "A")
        #expect(map["Name"] == nil)
    }

    @Test
    func `lists all tags by the bytes of their keys`() {
        let tags =
            (0..<50).map { Tag("k\(($0 * 7) % 50)", "\($0)") } + [
                Tag("e\u{301}", "d"), Tag("\u{E9}", "c"), Tag("Z", ""),
            ]
        let keys = TagMap(all: tags).entries.map(\.key)
        #expect(keys.count == 53)
        #expect(keys.first == "Z")
        #expect(zip(keys, keys.dropFirst()).allSatisfy { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test
    func `ignores case as Unicode's simple case folding does`() throws {
        let lines = String(decoding: try Fixture.bytes("case-folding.txt"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1454)
        for line in lines {
            let pair = line.split(separator: " ").compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
            try #require(pair.count == 2)
            let map = try TagMap(of: [Tag(String(pair[1]), "found")], desired: [String(pair[0])])
            #expect(map.entries.first?.value == "found", "\(line)")
        }
    }

    @Test(arguments: [("ß", "ss"), ("ı", "I"), ("İ", "i"), ("ŉ", "n"), ("a", "á"), ("1", "１"), ("ﬀ", "ff"), ("k", "к")])
    func `keeps apart what is not the same letter`(_ a: String, _ b: String) throws {
        #expect(try TagMap(of: [Tag(a, "")], desired: [b]).entries.isEmpty)
        #expect(try TagMap(of: [Tag(b, "")], desired: [a]).entries.isEmpty)
    }
}
