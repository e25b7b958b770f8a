import LogFormats
import RoadblockCore
import TestSupport
import Testing

struct LineReaderTests {
    private func lines(_ bytes: [UInt8], step: Int = .max) throws -> (lines: [String], overlong: Int) {
        let reader = try LineReader(name: "test", source: MemorySource(bytes, step: step))
        let block = LineBlock()
        var found: [String] = []
        while try reader.fill(block) {
            block.splitLines()
            for row in 0..<block.rowCount {
                found.append(
                    "\(block.line(of: row)):" + String(decoding: block.bytes(block.range(of: row)), as: UTF8.self)
                )
            }
        }
        return (found, reader.overlongCount)
    }

    @Test("gives each line once, whatever pieces the bytes come in", arguments: [500, 4096, 300_000, Int.max])
    func givesEachLineOnce(step: Int) throws {
        // Enough for several blocks, with lines across their borders.
        let count = 20_000
        let all = (0..<count).map { String(repeating: "x", count: $0 * 37 % 61) + "\($0)" }
        let expected = all.enumerated().map { "\($0 + 1):\($1)" }
        #expect(try lines(Array((all.joined(separator: "\n") + "\n").utf8), step: step).lines == expected)
        #expect(try lines(Array(all.joined(separator: "\n").utf8), step: step).lines == expected)
    }

    @Test(
        "fills blocks with as many bytes as are asked for, those looked at beforehand too",
        arguments: [4096, 50_000]
    )
    func blockSize(size: Int) throws {
        let all = (0..<20_000).map { "line \($0)" } + [String(repeating: "x", count: 100_000), "after"]
        let reader = try LineReader(name: "test", source: MemorySource(Array(all.joined(separator: "\n").utf8)))
        let block = LineBlock()
        var found: [String] = []
        while try reader.fill(block, size: size) {
            block.splitLines()
            let lines = (0..<block.rowCount).map { String(decoding: block.bytes(block.range(of: $0)), as: UTF8.self) }
            #expect(block.length < 2 * size || lines.contains { $0.utf8.count >= size })
            #expect(block.line(of: 0) == found.count + 1)
            found += lines
        }
        #expect(found == all)
    }

    @Test("line ends, empty lines and no last line end")
    func lineEnds() throws {
        #expect(try lines(Array("a\r\n\n\nb\r\n c".utf8)).lines == ["1:a", "4:b", "5: c"])
        #expect(try lines([0xEF, 0xBB, 0xBF] + Array("a\n".utf8)).lines == ["1:a"])
    }

    @Test("a line that is too long is left out and counted")
    func overlongLine() throws {
        let long = [UInt8](repeating: 120, count: LineBlock.lineLimit + 100_000)
        let found = try lines(Array("before\n".utf8) + long + Array("\nafter\n".utf8))
        #expect(found.lines.contains { $0.hasSuffix(":before") })
        #expect(found.lines.contains { $0.hasSuffix(":after") })
        #expect(found.lines.count == 2)
        #expect(found.overlong == 1)
    }

    @Test("a compressed input that is cut before its first line is over says so")
    func cutInput() throws {
        func reader(_ text: String) throws -> LineReader {
            try LineReader(
                name: "x",
                source: MemorySource(Array(text.utf8), endNote: "the gzip stream ends early")
            )
        }
        let failure = #expect(throws: Failure.self) { _ = try reader("version account-id inter") }
        #expect(failure?.message == "x holds no whole line: the gzip stream ends early" && failure?.kind == .badInput)
        #expect(try reader("version account-id\n2 1").notes == ["the gzip stream ends early"])
    }

    @Test("an empty input is an error")
    func emptyInput() {
        #expect(throws: Failure.self) { try lines([]) }
    }

    @Test("events of an envelope, in pieces of any size", arguments: [1, 5, 64, Int.max])
    func envelope(step: Int) throws {
        let text = """
            {"searchedLogStreams": [], "events": [
              {"timestamp": 1764000000000, "ingestionTime": 1764000000500, "logStreamName": "s", "message": "one \\"x\\" ]}"},
              {"timestamp": 1764000001000, "message": "two\\nlines"}, {"no": "message"}
            ], "nextToken": "t"}
            """
        let reader = try LineReader(name: "test", source: MemorySource(Array(text.utf8), step: step))
        #expect(reader.holdsEvents)
        let block = LineBlock()
        #expect(try reader.fill(block))
        #expect(block.rowCount == 2)
        #expect(String(decoding: block.bytes(block.range(of: 0)), as: UTF8.self) == "one \"x\" ]}")
        #expect(String(decoding: block.bytes(block.range(of: 1)), as: UTF8.self) == "two\nlines")
        #expect(
            block.events == [
                LogEvent(timestamp: 1_764_000_000_000, ingestionTime: 1_764_000_000_500, stream: "s"),
                LogEvent(timestamp: 1_764_000_001_000),
            ]
        )
        #expect(try !reader.fill(block))
        #expect(reader.overlongCount == 1)
    }
}
