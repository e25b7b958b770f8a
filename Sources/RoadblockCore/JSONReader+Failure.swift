extension JSONReader.Problem {
    /// The problem as the user sees it: line and byte of the file, and a piece of the line with a caret.
    ///
    /// `bytes` are those that were read; `name` says where they are from.
    package func failure(in bytes: [UInt8], of name: String) -> Failure {
        let offset = min(offset, bytes.count)
        let lineStart = bytes[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? 0
        let lineEnd = bytes[offset...].firstIndex(of: 10) ?? bytes.count
        let start = max(lineStart, offset - 60)
        let before = JSONReader.Problem.shown(bytes[start..<offset])
        let behind = JSONReader.Problem.shown(bytes[offset..<min(lineEnd, offset + 30)])
        let line = bytes[..<offset].count { $0 == 10 } + 1
        return Failure(
            .badInput,
            "\(name) is not valid JSON: \(message) (line \(line), byte \(offset + 1) of the file)",
            code: "bad-json",
            place: .init(text: before + behind, span: SourceSpan(before.utf8.count, before.utf8.count + 1)),
        )
    }

    /// Text whose control characters are shown as such; a character that was cut at the start or the end is left out.
    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        let isRest: (UInt8) -> Bool = { $0 & 0xC0 == 0x80 }
        var part = bytes.drop(while: isRest)
        if let last = part.lastIndex(where: { !isRest($0) }), part[last] >= 0xC0 { part = part[..<last] }
        return String(decoding: part, as: UTF8.self).visible
    }
}
