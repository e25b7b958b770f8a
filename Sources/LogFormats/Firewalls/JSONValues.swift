import RoadblockCore

/// The values of some names in one JSON line, read once.
struct JSONValues {
    private var values: [JSONWalk.Value?]
    private let block: LineBlock
    /// False for a line that is no JSON object, or is cut.
    private(set) var isWhole = false

    /// Reads the values of the names, which are flattened: `alert.signature`.
    init(_ block: LineBlock, _ range: Range<Int>, _ names: [[UInt8]]) {
        self.block = block
        var found = [JSONWalk.Value?](repeating: nil, count: names.count)
        var walk = JSONWalk(block, range, names)
        isWhole = walk.run { index, value in
            if case .nothing = value { return }
            found[index] = value
        }
        values = found
    }

    /// True where the name has a value other than `null`.
    func has(_ place: Int) -> Bool { values[place] != nil }

    func piece(_ place: Int) -> Piece {
        switch values[place] {
        case .plain(let start, let end)?: return Piece(start, end)
        case .escaped(_, let range)?: return Piece(range.lowerBound, range.upperBound, isEscaped: true)
        default: return .none
        }
    }

    func bytes(_ place: Int) -> [UInt8] {
        if case .number(let number)? = values[place], let whole = Int(exactly: number) { return Array("\(whole)".utf8) }
        return block.bytes(piece(place))
    }

    /// A number, also one that is written as a text.
    func number(_ place: Int) -> Double? {
        switch values[place] {
        case .number(let number)?: return number
        case .plain(let start, let end)?:
            guard end - start < 32, end > start else { return nil }
            return Double(String(decoding: block.bytes(start..<end), as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
        default: return nil
        }
    }

    func whole(_ place: Int) -> Int? { number(place).flatMap { Int(exactly: $0.rounded(.down)) } }

    func port(_ place: Int) -> UInt16? { whole(place).flatMap { UInt16(exactly: $0) } }

    func address(_ place: Int) -> IPAddress? {
        guard case .plain(let start, let end)? = values[place] else { return nil }
        return block.address(start, end)
    }

    /// Milliseconds since 1970 of an ISO time or a number.
    func time(_ place: Int) -> Int64? {
        if case .plain(let start, let end)? = values[place],
            let time = EventTime.isoMilliseconds(block.bytes(start..<end))
        {
            return time
        }
        return number(place).flatMap(EventTime.milliseconds)
    }

    /// True where the value is this text, in any case.
    func equals(_ place: Int, _ text: String) -> Bool {
        guard case .plain(let start, let end)? = values[place], end - start == text.utf8.count else { return false }
        return zip(start..<end, text.utf8).allSatisfy { offset, byte in
            let found = block.byte(offset)
            return found == byte || (found | 32 == byte | 32 && (found | 32) &- 97 < 26)
        }
    }
}
