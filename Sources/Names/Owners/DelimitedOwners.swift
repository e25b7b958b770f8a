import RoadblockCore

/// Reads owners from lines of a prefix, or a first and a last address, with a name (CSV or TSV).
struct DelimitedOwners {
    private let bytes: [UInt8]
    private let file: String
    private let start: Int
    private let layout: OwnerColumns

    /// Lines that could not be read.
    private var damaged = 0
    private var firstDamage: (line: Int, place: Range<Int>, reason: String)?

    /// Adds all ranges of a file.
    ///
    /// - Throws: `Failure` of kind `badInput` when no line names an owner, or there are too many.
    static func read(_ bytes: [UInt8], _ file: String, into builder: inout OwnerTable.Builder) throws(Failure) {
        let mark = OwnerTable.Builder.byteOrderMark
        let start = bytes.starts(with: mark) ? mark.count : 0
        var reading = DelimitedOwners(
            bytes: bytes,
            file: file,
            start: start,
            layout: OwnerColumns(of: bytes, from: start)
        )
        try reading.read(into: &builder)
    }

    private init(bytes: [UInt8], file: String, start: Int, layout: OwnerColumns) {
        self.bytes = bytes
        self.file = file
        self.start = start
        self.layout = layout
    }

    private mutating func read(into builder: inout OwnerTable.Builder) throws(Failure) {
        let before = builder.rangeCount
        var reader = RecordReader(bytes, from: start, delimiter: layout.delimiter)
        var isFirst = true
        var lines = 0
        while reader.next() {
            defer { isFirst = false }
            if isFirst, layout.hasHeader { continue }
            lines += 1
            switch layout.read(reader) {
            case .success(let row): try builder.add(row.range, row.owner, in: file)
            case .failure(let damage):
                damaged += 1
                if firstDamage == nil { firstDamage = (reader.line, damage.place, damage.reason) }
            }
        }
        if builder.rangeCount == before { throw failure(lines) }
        if let firstDamage {
            let what = damaged == 1 ? "1 line" : "\(damaged) lines"
            let which = damaged == 1 ? "it is" : "the first is"
            builder.note(
                "\(file): \(what) of \(lines) could not be read; \(which) line \(firstDamage.line): \(firstDamage.reason)"
            )
        }
    }

    /// What to say of a file without any owner.
    private func failure(_ lines: Int) -> Failure {
        let suggestion = "a line is a prefix and a name, or a first address, a last address and a name"
        guard let firstDamage else {
            let what = lines == 0 ? "no line below its header" : "no line with a name"
            return Failure(.badInput, "\(file) names no owners: it has \(what)", suggestion: suggestion)
        }
        return Failure(
            .badInput,
            "\(file) names no owners: line \(firstDamage.line): \(firstDamage.reason)",
            place: Failure.Place(excerpt: bytes, around: firstDamage.place),
            suggestion: suggestion
        )
    }
}

extension Failure.Place {
    /// A place in a file with the part of its line that is around it, fit to be printed.
    init(excerpt bytes: [UInt8], around place: Range<Int>) {
        let place = place.clamped(to: 0..<bytes.count)
        var start = place.lowerBound
        while start > 0, place.lowerBound - start < 40, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        var end = place.lowerBound
        while end < bytes.count, end - place.lowerBound < 80, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        // One byte each, so that the caret stands right.
        let text = String(
            String.UnicodeScalarView(
                bytes[start..<end].map { Unicode.Scalar((0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?")) }
            )
        )
        self.init(
            text: text,
            span: SourceSpan(place.lowerBound - start, min(place.upperBound, end) - start)
        )
    }
}
