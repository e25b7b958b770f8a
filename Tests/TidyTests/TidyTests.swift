import Testing

@Suite struct TidyTests {
    @Test(arguments: Rule.allCases)
    func `every file keeps the rule`(_ rule: Rule) throws {
        let files = try SourceTree.files()
        #expect(files.contains { $0.path == "Package.swift" } && files.contains { $0.module == "RoadblockCore" })
        let offences = files.flatMap { rule.offences(in: $0) }
        #expect(offences.isEmpty, "\(offences.map(\.description).joined(separator: "\n"))")
    }

    /// A text and the lines of it that break a rule.
    struct Example: Sendable, CustomTestStringConvertible {
        var rule: Rule
        var path = "Sources/Packets/Frame.swift"
        var text: String
        var lines: [Int]

        var testDescription: String { "\(rule): \(String(text.prefix(60)).debugDescription)" }
    }

    @Test(arguments: examples)
    func `a rule finds just the lines that break it`(_ example: Example) {
        let file = SourceFile(path: example.path, text: example.text)
        #expect(example.rule.offences(in: file).map(\.line) == example.lines)
    }

    @Test func `every rule has an example that breaks it and one that keeps it`() {
        for rule in Rule.allCases {
            let lines = TidyTests.examples.filter { $0.rule == rule }.map(\.lines)
            #expect(lines.contains([]) && lines.contains { !$0.isEmpty })
        }
    }

    static let examples: [Example] = [
        Example(rule: .importsPointOneWay, text: "package import RoadblockCore\nimport Glibc\n", lines: []),
        Example(rule: .importsPointOneWay, text: "import Inputs\nimport Diagnosis\n", lines: [2]),
        Example(rule: .importsPointOneWay, text: "import Foundation\n", lines: [1]),
        Example(rule: .importsPointOneWay, text: "public import struct Foundation.Date\n", lines: [1]),
        Example(rule: .importsPointOneWay, text: "// import Foundation\nlet a = \"import Foundation\"\n", lines: []),
        Example(
            rule: .importsPointOneWay,
            path: "Sources/RoadblockCore/Instant.swift",
            text: "import Packets",
            lines: [1]
        ),
        Example(
            rule: .importsPointOneWay,
            path: "Sources/roadblock/main.swift",
            text: "import ArgumentParser",
            lines: []
        ),
        Example(rule: .importsPointOneWay, path: "Sources/Elsewhere/New.swift", text: "let a = 1", lines: [1]),

        Example(rule: .filesAreShort, text: String(repeating: "//\n", count: 400), lines: []),
        Example(rule: .filesAreShort, text: String(repeating: "//\n", count: 401), lines: [400]),
        Example(
            rule: .filesAreShort,
            text: "// Table of fields.\n" + String(repeating: "//\n", count: 500),
            lines: []
        ),

        Example(rule: .unsafeStaysInItsFolder, text: "let a = 1\nlet b = unsafe load()\n", lines: [2]),
        Example(rule: .unsafeStaysInItsFolder, text: "nonisolated(unsafe) var count = 0\n", lines: [1]),
        Example(rule: .unsafeStaysInItsFolder, text: "print(\"a \\(f(\"x\") + unsafe g())\")\n", lines: [1]),
        Example(rule: .unsafeStaysInItsFolder, text: "/* unsafe /* still */ unsafe */ // unsafe\n", lines: []),
        Example(rule: .unsafeStaysInItsFolder, text: "let a = #\"\"\"\nunsafe \"\\(unsafe)\n\"\"\"#\n", lines: []),
        Example(
            rule: .unsafeStaysInItsFolder,
            path: "Sources/Packets/Unsafe/Load.swift",
            text: "unsafe load()",
            lines: []
        ),

        Example(
            rule: .unsafeFilesOpenWithTheirInvariant,
            path: "Sources/Packets/Unsafe/Load.swift",
            text: "import Glibc\n// Invariant: none.\n",
            lines: [1]
        ),
        Example(
            rule: .unsafeFilesOpenWithTheirInvariant,
            path: "Sources/Packets/Unsafe/Load.swift",
            text: "// Invariant: `start` is readable.\n",
            lines: []
        ),

        Example(rule: .typeNamesSaySomething, text: "struct PacketManager {}\nenum TCPInfo {}\n", lines: [1, 2]),
        Example(rule: .typeNamesSaySomething, text: "protocol BaseReader {}\nclass Utils {}\n", lines: [1, 2]),
        Example(rule: .typeNamesSaySomething, text: "struct Database {}\nenum DatagramKind {}\n", lines: []),

        Example(
            rule: .nothingIsForced,
            text: "let a = try! f()\nlet b = a as! Int\nfatalError(\"no\")\n",
            lines: [1, 2, 3]
        ),
        Example(rule: .nothingIsForced, text: "let a = try? f()\nlet b = a as? Int // try!\n", lines: []),
        Example(rule: .nothingIsForced, text: "if try !isDone() { fatalErrors(1) }\n", lines: []),
        Example(rule: .nothingIsForced, path: "Tests/PacketsTests/A.swift", text: "let a = try! f()", lines: []),

        Example(rule: .nothingIsLeftUnfinished, text: "let a = 1\n// TODO: more\n", lines: [2]),
        Example(rule: .nothingIsLeftUnfinished, path: "Tools/lab/lab.py", text: "# FIXME\n", lines: [1]),
        Example(rule: .nothingIsLeftUnfinished, text: "// All is done.\n", lines: []),

        Example(rule: .pathsExistEverywhere, path: "README.md", text: "cd /home/ann/roadblock\n", lines: [1]),
        Example(rule: .pathsExistEverywhere, path: "Makefile", text: "a:\n\tDIR=/srv/x make\n", lines: [2]),
        Example(
            rule: .pathsExistEverywhere,
            path: "Makefile",
            text: "PREFIX = /usr/local\n$(PREFIX)/share/roadblock\nhttps://example.com/a/b and/or\n",
            lines: []
        ),
    ]
}
