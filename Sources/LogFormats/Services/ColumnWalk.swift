/// One way through the columns of a line: separated by blanks, some in double quotes, where it is said also in brackets.
///
/// A quote that no blank follows, or that is behind a backslash, is part of its text.
struct ColumnWalk {
    private let block: LineBlock
    private var index: Int
    private let end: Int
    private let hasBrackets: Bool

    init(_ block: LineBlock, _ range: Range<Int>, hasBrackets: Bool = false) {
        self.block = block
        self.hasBrackets = hasBrackets
        index = range.lowerBound
        end = range.upperBound
    }

    /// Where the next column lies, without its quotes; `nil` behind the last.
    mutating func next() -> Range<Int>? {
        while index < end, ColumnWalk.isBlank(block.byte(index)) { index += 1 }
        guard index < end else { return nil }
        if hasBrackets, block.byte(index) == UInt8(ascii: "[") {
            let start = index + 1
            while index < end, block.byte(index) != UInt8(ascii: "]") { index += 1 }
            let close = index
            index = min(index + 1, end)
            return start..<max(start, close)
        }
        guard block.byte(index) == UInt8(ascii: "\"") else {
            let start = index
            while index < end, !ColumnWalk.isBlank(block.byte(index)) { index += 1 }
            return start..<index
        }
        let start = index + 1
        index = start
        while index < end {
            if block.byte(index) == UInt8(ascii: "\""), index + 1 == end || ColumnWalk.isBlank(block.byte(index + 1)),
                block.byte(index - 1) != UInt8(ascii: "\\")
            {
                index += 1
                return start..<(index - 1)
            }
            index += 1
        }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}

extension LineBlock {
    /// Where the address and the port of an endpoint lie; the port is behind the last colon.
    func endpoint(_ range: Range<Int>) -> (host: Range<Int>, port: Range<Int>)? {
        var colon = range.upperBound - 1
        while colon > range.lowerBound, byte(colon) &- 48 < 10 { colon -= 1 }
        guard colon > range.lowerBound, byte(colon) == UInt8(ascii: ":"), colon + 1 < range.upperBound else {
            return nil
        }
        var host = range.lowerBound..<colon
        if byte(host.lowerBound) == UInt8(ascii: "["), byte(colon - 1) == UInt8(ascii: "]"), host.count > 1 {
            host = (host.lowerBound + 1)..<(colon - 1)
        }
        return (host, (colon + 1)..<range.upperBound)
    }

    /// The decimal number that some bytes are: `12`, `-1`, `0.086`; `nil` for anything else.
    func decimal(_ range: Range<Int>) -> Double? {
        guard !range.isEmpty, range.count < 32 else { return nil }
        let isNegative = byte(range.lowerBound) == UInt8(ascii: "-")
        var index = range.lowerBound + (isNegative ? 1 : 0)
        var digits: UInt64 = 0
        var (count, fraction) = (0, 0)
        var hasPoint = false
        while index < range.upperBound {
            let byte = byte(index)
            if byte == UInt8(ascii: "."), !hasPoint, count > 0 {
                hasPoint = true
            } else {
                guard byte &- 48 < 10 else { return nil }
                digits = digits &* 10 &+ UInt64(byte &- 48)
                count += 1
                if hasPoint { fraction += 1 }
            }
            index += 1
        }
        guard count > 0, !hasPoint || fraction > 0 else { return nil }
        // Both are exact then, and so their quotient is rounded but once.
        guard count <= 15 else { return Double(String(decoding: bytes(range), as: UTF8.self)) }
        let value = Double(digits) / LineBlock.powers[fraction]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}

extension ServiceColumns {
    /// True for a line that begins as the log's lines do.
    func fits(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        var walk = ColumnWalk(block, range, hasBrackets: hasBrackets)
        for column in 0...time {
            guard let place = walk.next() else { return false }
            if column == 0, !opening.isEmpty, !opening.contains(where: { block.equals(place, $0) }) { return false }
            let isTime = hasBrackets ? block.looksLikeCommonTime(place) : block.looksLikeTime(place)
            if column == time, !isTime { return false }
        }
        return true
    }

    /// True for a line that has all columns that it needs, and endpoints where they belong.
    func isCertain(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        var walk = ColumnWalk(block, range, hasBrackets: hasBrackets)
        for column in 0..<least {
            guard let place = walk.next() else { return false }
            if column == endpoint, block.endpoint(place) == nil { return false }
            if column == address, block.address(place.lowerBound, place.upperBound) == nil { return false }
            if case .number = columns[column].kind, block.decimal(place) == nil, !block.isHyphen(place) { return false }
        }
        return true
    }
}

extension LineBlock {
    /// True when some bytes are a text.
    func equals(_ range: Range<Int>, _ text: String) -> Bool {
        guard range.count == text.utf8.count else { return false }
        for (index, byte) in zip(range, text.utf8) where self.byte(index) != byte { return false }
        return true
    }

    func isHyphen(_ range: Range<Int>) -> Bool { isHyphen(range.lowerBound, range.upperBound) }

    /// True for `27/Nov/2026:`, with more behind it.
    func looksLikeCommonTime(_ range: Range<Int>) -> Bool {
        guard range.count >= 20 else { return false }
        let start = range.lowerBound
        return byte(start) &- 48 < 10 && byte(start + 2) == UInt8(ascii: "/") && byte(start + 6) == UInt8(ascii: "/")
            && byte(start + 11) == UInt8(ascii: ":")
    }

    /// True for a date and a `T` behind it.
    func looksLikeTime(_ range: Range<Int>) -> Bool {
        guard range.count >= 19, byte(range.lowerBound + 10) == UInt8(ascii: "T") else { return false }
        let start = range.lowerBound
        return byte(start) &- 48 < 10 && byte(start + 4) == UInt8(ascii: "-") && byte(start + 13) == UInt8(ascii: ":")
    }
}
