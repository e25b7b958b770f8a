import RoadblockCore

/// The help on the query language as text for a terminal, and as the manual's page.
///
/// What an example prints comes from `output`, which runs it; `nil` for what this version does not run.
package struct LanguageHelp {
    private let output: (LanguageEntry) throws -> String?

    package init(output: @escaping (LanguageEntry) throws -> String?) { self.output = output }

    /// Characters of a line on a terminal.
    private static let width = 100

    // MARK: overview

    /// What there is, by topic, in a screen or two.
    package static func overview(isBuilt: (LanguageEntry) -> Bool) -> String {
        var lines = [
            "CloudWatch Logs Insights QL: commands joined by `|`, each working on the rows that the one before left.",
            "  filter action = \"REJECT\" | stats count(*) as n by srcAddr, dstPort | sort n desc | limit 10",
        ]
        for part in LanguagePart.allCases {
            lines += ["", part.rawValue.uppercased()]
            for topic in part.topics {
                let entries = topic.entries.filter(isBuilt)
                guard !entries.isEmpty else { continue }
                switch part {
                case .commands, .operators: lines += list(entries)
                case .functions, .aggregates: lines += names(entries, part == .aggregates ? nil : topic.rawValue)
                }
            }
        }
        lines += [
            "",
            "roadblock query --help-language NAME says more of a command, an operator or a function, with an example;",
            "--help-language examples prints the tables that the examples read.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func list(_ entries: [LanguageEntry]) -> [String] {
        entries.map { entry in
            let names = ([entry.name] + entry.others.filter { $0.utf8.count <= 2 || $0 == "or" || $0 == "not" })
            let title = names.joined(separator: " ")
            return "  \(title.padded(to: 18)) \(entry.summary)"
        }
    }

    private static func names(_ entries: [LanguageEntry], _ title: String?) -> [String] {
        let text = entries.map(\.name).joined(separator: ", ")
        let head = title.map { "  \($0.padded(to: 31)) " } ?? "  "
        let indent = String(repeating: " ", count: head.count)
        return text.wrapped(at: width - indent.count).enumerated().map { ($0 == 0 ? head : indent) + $1 }
    }

    // MARK: entries

    /// All that there is to say of one name.
    package func text(of entry: LanguageEntry) throws -> String {
        var lines = entry.syntax
        lines.append("")
        lines += LanguageHelp.paragraphs(entry).flatMap { $0.wrapped(at: LanguageHelp.width) }
        if !entry.spellings.isEmpty { lines.append("Also: \(entry.spellings.joined(separator: ", ")).") }
        lines += [
            "",
            "Example, over \(entry.table.title) from \(ExampleTable.rangeText) (--help-language examples prints it):",
            "",
        ]
        lines += entry.example.split(separator: "\n").map { "  \($0)" }
        lines.append("")
        if let output = try output(entry) {
            lines += output.trimmedLines.map { "  \($0)" }
        } else {
            lines.append("  This version does not run it yet.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func paragraphs(_ entry: LanguageEntry) -> [String] {
        [entry.summary] + entry.details.split(separator: "\n").map(String.init)
    }

    /// The tables that the examples read.
    package static var examples: String {
        var parts = ["The examples ask for \(ExampleTable.rangeText), 27 November 2026 (UTC).\n"]
        parts += ExampleTable.allCases.map { table in
            "\(table.rawValue): \(table.title)\n\n" + table.text.indented
        }
        parts += ExampleTable.lookups.map { "\($0.name): a table of `lookup` and `cidrlookup`\n\n" + $0.text.indented }
        return parts.joined(separator: "\n")
    }
}

// MARK: - The manual's page

extension LanguageHelp {
    /// The page of the manual, in Markdown.
    package func page() throws -> String {
        var lines = [
            "# The query language", "",
            "<!-- Generated from Sources/Query/Help by `make refresh-manual`; the outputs are what the program prints. -->",
            "",
            "`roadblock query` reads CloudWatch Logs Insights QL. Commands are joined by `|`, and each works on the rows that the",
            "one before left. `roadblock query --help-language NAME` prints what stands here of one name.", "",
        ]
        for part in LanguagePart.allCases {
            let topics = part.topics.map { "[\($0.rawValue)](#\(LanguageHelp.anchor($0.rawValue)))" }
            lines.append("- \(part.rawValue): \(topics.joined(separator: ", "))")
        }
        lines += ["- [The tables of the examples](#the-tables-of-the-examples)", ""]
        for topic in LanguageTopic.allCases {
            lines += ["## \(topic.rawValue)", ""]
            for entry in topic.entries { lines += try section(entry) }
        }
        lines += [
            "## The tables of the examples", "",
            "The examples ask for \(ExampleTable.rangeText), 27 November 2026 (UTC): what the tables have before is left out.",
            "",
        ]
        for table in ExampleTable.allCases {
            lines += ["`\(table.rawValue)`, \(table.title):", "", "```", table.text.trimmedEnd, "```", ""]
        }
        for table in ExampleTable.lookups {
            lines += [
                "`\(table.name)`, a table of `lookup` and `cidrlookup`:", "", "```", table.text.trimmedEnd, "```", "",
            ]
        }
        return lines.dropLast().joined(separator: "\n") + "\n"
    }

    private func section(_ entry: LanguageEntry) throws -> [String] {
        var lines = ["### `\(entry.name)`", "", "```"] + entry.syntax + ["```", ""]
        for paragraph in LanguageHelp.paragraphs(entry) {
            lines += paragraph.wrapped(at: 118) + [""]
        }
        if !entry.spellings.isEmpty {
            lines += ["Also: \(entry.spellings.map { "`\($0)`" }.joined(separator: ", ")).", ""]
        }
        lines += ["```", entry.example, "```", ""]
        if let output = try output(entry) {
            lines += ["```"] + output.trimmedLines + ["```", ""]
        } else {
            lines += ["This version does not run it yet.", ""]
        }
        return lines
    }

    private static func anchor(_ title: String) -> String { title.lowercased().replacing(" ", with: "-") }
}

extension LanguageEntry {
    /// Other spellings that mean the same, where they do.
    fileprivate var spellings: [String] {
        topic.part == .operators ? [] : others
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, count - self.count))
    }

    /// The lines without the blanks at their ends.
    fileprivate var trimmedLines: [String] {
        split(separator: "\n").map { line in
            String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
        }
    }

    fileprivate var indented: String {
        split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    fileprivate var trimmedEnd: String {
        String(self[..<(lastIndex { $0 != "\n" }.map { index(after: $0) } ?? startIndex)])
    }
}
