import Columns
import Patterns

extension ScalarFunctions {
    private static func text(_ operation: @escaping @Sendable (String) -> String) -> ScalarFunction {
        { frame, cells, _ in frame.values.text(cells[0]).map { frame.pool.make(operation($0)) } ?? .missing }
    }

    private static func test(_ operation: @escaping @Sendable (borrowing Span<UInt8>, borrowing Span<UInt8>) -> Bool)
        -> ScalarFunction
    {
        { frame, cells, _ in
            guard let text = frame.values.text(cells[0]), let part = frame.values.text(cells[1]) else {
                return .missing
            }
            let bytes = Array(text.utf8)
            let wanted = Array(part.utf8)
            return Cell(operation(bytes.span, wanted.span))
        }
    }

    private static func trim(left: Bool, right: Bool) -> ScalarFunction {
        { frame, cells, _ in
            guard let text = frame.values.text(cells[0]) else { return .missing }
            var scalars = text.unicodeScalars[...]
            let chars = cells.count > 1 ? frame.values.text(cells[1]).map { Set($0.unicodeScalars) } : nil
            func goes(_ scalar: Unicode.Scalar) -> Bool { chars?.contains(scalar) ?? scalar.properties.isWhitespace }
            if left { scalars = scalars.drop(while: goes) }
            if right { while let last = scalars.last, goes(last) { scalars.removeLast() } }
            return frame.pool.make(String(scalars))
        }
    }

    static let strings: [String: ScalarFunction] = [
        "isempty": { frame, cells, _ in Cell(frame.values.text(cells[0])?.isEmpty ?? true) },
        "isblank": { frame, cells, _ in
            Cell(frame.values.text(cells[0])?.unicodeScalars.allSatisfy(\.properties.isWhitespace) ?? true)
        },
        "concat": { frame, cells, _ in
            frame.pool.make(cells.reduce(into: "") { $0 += frame.values.text($1) ?? "" })
        },
        "trim": trim(left: true, right: true),
        "ltrim": trim(left: true, right: false),
        "rtrim": trim(left: false, right: true),
        "strlen": { frame, cells, _ in
            frame.values.text(cells[0]).map { Cell(number: Double($0.unicodeScalars.count)) } ?? .missing
        },
        "toupper": text { $0.uppercased() },
        "tolower": text { $0.lowercased() },
        "substr": { frame, cells, _ in
            guard let text = frame.values.text(cells[0]), let start = frame.values.number(cells[1]) else {
                return .missing
            }
            let scalars = text.unicodeScalars.dropFirst(Int(max(0, min(start, 1e9))))
            guard cells.count > 2 else { return frame.pool.make(String(scalars)) }
            guard let length = frame.values.number(cells[2]) else { return .missing }
            return frame.pool.make(String(scalars.prefix(Int(max(0, min(length, 1e9))))))
        },
        "replace": { frame, cells, _ in
            guard let text = frame.values.text(cells[0]), let old = frame.values.text(cells[1]),
                let new = frame.values.text(cells[2])
            else { return .missing }
            return frame.pool.make(replace(Array(text.utf8), Array(old.utf8), Array(new.utf8)))
        },
        "regexreplace": { frame, cells, prepared in
            guard let text = frame.values.text(cells[0]), let new = frame.values.text(cells[2]) else { return .missing }
            guard let regex = prepared.regex else { return .missing }
            return frame.pool.make(replace(Array(text.utf8), regex, Array(new.utf8), frame))
        },
        "strcontains": { frame, cells, _ in
            guard let text = frame.values.text(cells[0]), let part = frame.values.text(cells[1]) else {
                return .missing
            }
            let ignoresCase = cells.count > 2 && frame.values.truth(cells[2]) == true
            let bytes = Array((ignoresCase ? text.lowercased() : text).utf8)
            let wanted = Array((ignoresCase ? part.lowercased() : part).utf8)
            return Cell(bytes.span.contains(wanted.span))
        },
        "startswith": test { text, part in
            text.count >= part.count && part.indices.allSatisfy { text[$0] == part[$0] }
        },
        "endswith": test { text, part in
            text.count >= part.count && part.indices.allSatisfy { text[text.count - part.count + $0] == part[$0] }
        },
    ]

    private static func replace(_ text: [UInt8], _ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
        guard !old.isEmpty else { return text }
        var result: [UInt8] = []
        var offset = 0
        while result.count <= TextPool.scratchLimit,
            let found = text.span.firstOffset(of: old.span, from: offset)
        {
            result += text[offset..<found]
            result += new
            offset = found + old.count
        }
        return result + text[offset...]
    }

    private static func replace(_ text: [UInt8], _ regex: RegularExpression, _ new: [UInt8], _ frame: Frame) -> [UInt8]
    {
        var result: [UInt8] = []
        var offset = 0
        regex.forEachMatch(text.span) { match, _ in
            result += text[offset..<match.lowerBound]
            result += new
            offset = match.upperBound
            // More is no text that a batch may make, whatever follows.
            return result.count <= TextPool.scratchLimit
        }
        if regex.hitLimit { frame.hitRegexLimit = true }
        return result + text[offset...]
    }
}
