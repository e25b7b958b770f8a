import RoadblockCore
import Spills
import Testing

/// Files without a name, for what does not fit into memory.
struct SpillFileTests {
    @Test
    func `parts come back as they were written, in any order`() throws {
        let file = SpillFile()
        let parts: [[UInt64]] = [[1, 2, 3], [], Array(0..<100_000), [.max]]
        let extents = try parts.map { try file.append($0) }
        var words: [UInt64] = [7]
        for index in [3, 0, 2, 1, 0] {
            try file.read(extents[index], into: &words)
            #expect(words == parts[index])
        }
        #expect(file.size == 8 * parts.reduce(0) { $0 + $1.count })
    }

    @Test
    func `a folder that is not there is an error that names it`() throws {
        let file = SpillFile(in: "/tmp/nonexistent/folder")
        let failure = #expect(throws: Failure.self) { _ = try file.append([1]) }
        #expect(failure?.kind == .readOrWrite)
        #expect(
            failure?.message == "making a temporary file in /tmp/nonexistent/folder failed: No such file or directory"
        )
    }
}
