import Inputs
import RoadblockCore
import TestSupport
import Testing

struct WholeFileTests {
    static func utf16(_ text: String, isBigEndian: Bool = false) -> [UInt8] {
        bytes(Array(text.utf16), isBigEndian: isBigEndian)
    }

    static func bytes(_ units: [UInt16], isBigEndian: Bool = false) -> [UInt8] {
        units.flatMap { unit in
            let pair = [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
            return isBigEndian ? pair.reversed() : pair
        }
    }

    /// `[{}]` in gzip, made by `gzip -n`.
    static let zipped: [UInt8] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x8B, 0xAE, 0xAE, 0x8D, 0x05, 0, 0xFC, 0xFA, 0xA7, 0xEA, 4, 0, 0, 0,
    ]

    static let texts: [(bytes: [UInt8], text: String)] = [
        (Array("[1]".utf8), "[1]"), ([0xEF, 0xBB, 0xBF] + Array("[\"é\"]".utf8), "[\"é\"]"),
        ([0xFF, 0xFE] + utf16("[\"é€😀\"]"), "[\"é€😀\"]"),
        ([0xFE, 0xFF] + utf16("[\"é€😀\"]", isBigEndian: true), "[\"é€😀\"]"),
        (utf16("[\"€\"]"), "[\"€\"]"), (utf16("{\r\n}", isBigEndian: true), "{\r\n}"),
        ([0xFF, 0xFE] + bytes([0x41, 0xD800, 0x42]), "A\u{FFFD}B"),
        ([0xFF, 0xFE] + bytes([0x41, 0xDC00]), "A\u{FFFD}"),
        ([0xFF, 0xFE] + bytes([0x41, 0xD83D]), "A\u{FFFD}"),
        ([0xFF, 0xFE] + bytes([0xD83D, 0xD83D, 0xDE00]), "\u{FFFD}😀"),
        ([0xFF, 0xFE] + bytes([0x41]) + [0x42], "A\u{FFFD}"),
        // A zero is not enough to take bytes for UTF-16.
        ([0x41, 0, 1, 0], "A\0\u{1}\0"), ([0, 0, 0, 0x41], "\0\0\0A"), (zipped, "[{}]"), ([0x31], "1"),
    ]

    @Test(arguments: texts, [1, 3, 4096])
    func `gives the text inside`(_ row: (bytes: [UInt8], text: String), _ step: Int) throws {
        let bytes = try WholeFile.read(name: "x", source: MemorySource(row.bytes, step: step))
        #expect(String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(row.text.utf8))
    }

    @Test(arguments: [0, 1, 2, 3])
    func `keeps pairs that lie across pieces`(_ offset: Int) throws {
        let text = String(repeating: "a", count: offset) + String(repeating: "😀", count: 50_000)
        let bytes = try WholeFile.read(
            name: "x",
            source: MemorySource([0xFF, 0xFE] + WholeFileTests.utf16(text), step: 7001)
        )
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    static let failures: [(bytes: [UInt8], limit: Int, message: String)] = [
        ([], 10, "x is empty"),
        (Array("0123456789a".utf8), 10, "x is longer than 10 bytes, the most that is read of such a file"),
        (Array(zipped.dropLast(12)), 10, "x cannot be read: the gzip stream ends early"),
        (zipped.map { $0 == 0xAE ? 0xFF : $0 }, 10, "x cannot be read: the gzip stream is damaged"),
    ]

    @Test(arguments: failures)
    func `says what is wrong`(_ row: (bytes: [UInt8], limit: Int, message: String)) {
        #expect(throws: Failure(.badInput, row.message)) {
            try WholeFile.read(name: "x", source: MemorySource(row.bytes), limit: row.limit)
        }
    }

    @Test
    func `reads up to the limit`() throws {
        let bytes = try WholeFile.read(name: "x", source: MemorySource(Array("0123456789".utf8)), limit: 10)
        #expect(bytes.count == 10)
    }
}
