import Foundation
import TestSupport
import Testing

/// Logs with damage in random places.
struct LogDamageTests {
    /// Numbers that are the same in every run (Marsaglia, "Xorshift RNGs").
    private struct Numbers {
        var state: UInt64

        mutating func next(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(max(1, limit)))
        }
    }

    private static let corpus = CaseCaptures.root.appending(path: "Tests/Data/corpus/logs")
    private static let marks = Array("\n\r\t \"\\{}[]:,-0Z{\"\0\u{7F}".utf8) + [0xFF, 0xC3]

    @Test
    func `a log is read to its end whatever is damaged, cut or repeated`() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.corpus, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
        var numbers = Numbers(state: 0x9E37_79B9_7F4A_7C15)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            guard bytes.count > 2, bytes.count < 10_000 else { continue }
            for _ in 0..<Self.rounds {
                var damaged = bytes
                for _ in 0...numbers.next(4) {
                    let at = numbers.next(damaged.count)
                    let end = min(damaged.count, at + numbers.next(60))
                    switch numbers.next(4) {
                    case 0: damaged[at] = Self.marks[numbers.next(Self.marks.count)]
                    case 1: damaged.insert(Self.marks[numbers.next(Self.marks.count)], at: at)
                    case 2: damaged.insert(contentsOf: damaged[at..<end], at: numbers.next(damaged.count))
                    default: if end - at < damaged.count - 2 { damaged.removeSubrange(at..<end) }
                    }
                }
                ParserTrial.logs.run(damaged)
            }
        }
    }

    /// How often each file is damaged: `ROADBLOCK_ROUNDS` for more.
    private static let rounds = ProcessInfo.processInfo.environment["ROADBLOCK_ROUNDS"].flatMap(Int.init) ?? 3
}
