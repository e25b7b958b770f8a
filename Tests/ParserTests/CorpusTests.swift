import Foundation
import TestSupport
import Testing

/// Replays what fuzzers found worth keeping.
struct CorpusTests {
    private static let corpus = CaseCaptures.root.appending(path: "Tests/Data/corpus")

    /// The files of a parser's corpus, in the order of their names.
    private static func files(_ trial: ParserTrial) throws -> [URL] {
        try FileManager.default
            .contentsOfDirectory(at: corpus.appending(path: trial.rawValue), includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }

    @Test(arguments: ParserTrial.allCases)
    func `a parser returns from whatever bytes it is given`(_ trial: ParserTrial) throws {
        let files = try Self.files(trial)
        #expect(files.count >= 20)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            trial.run(bytes)
            var changed = bytes
            if !changed.isEmpty { changed[changed.count / 3] ^= 0x55 }
            trial.run(changed)
        }
    }
}
