/// Rows of text under named columns, written in the formats that spreadsheets, wikis and people read.
package struct TextTable: Sendable {
    package var columns: [String]
    package var rows: [[String]]
    /// Columns that are numbers, aligned to the right on a terminal.
    package var numbers: Set<Int>

    package init(columns: [String], rows: [[String]], numbers: Set<Int> = []) {
        self.columns = columns
        self.rows = rows
        self.numbers = numbers
    }

    /// Comma-separated values (RFC 4180) with line feeds.
    package var csv: String { lines { $0.map(TextTable.quoted).joined(separator: ",") } }

    /// Tab-separated values; tabs and line breaks in a value become blanks.
    package var tsv: String {
        lines { $0.map { String($0.map { "\t\n\r".contains($0) ? " " : $0 }) }.joined(separator: "\t") }
    }

    /// A pipe table as GitHub's Markdown has it.
    package var markdown: String {
        func line(_ cells: [String]) -> String {
            "| "
                + cells.map { $0.split(separator: "\n").joined(separator: " ").replacing("|", with: "\\|") }
                .joined(separator: " | ") + " |"
        }
        let rule = columns.indices.map { numbers.contains($0) ? "---:" : "---" }
        return ([line(columns), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line)).joined(separator: "\n")
            + "\n"
    }

    /// Aligned columns with two blanks between; the last column is not padded.
    ///
    /// `style` wraps a cell in colour, by row and column; the width is that of the plain text.
    package func aligned(style: (Int, Int, String) -> String) -> String {
        var aligned = AlignedColumns(columns, numbers: numbers)
        for row in rows {
            for (column, cell) in row.enumerated() { aligned.fit(cell, in: column) }
        }
        let lines = rows.enumerated().map { row, cells in aligned.line(cells) { style(row, $0, $1) } }
        return ([aligned.line(columns)] + lines).joined(separator: "\n") + "\n"
    }

    private func lines(_ line: ([String]) -> String) -> String {
        ([columns] + rows).map { line($0) + "\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        // Most cells are plain, which bytes tell sooner than characters.
        let isPlain = text.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x80 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"")
        }
        guard !isPlain, text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
