import RoadblockCore

/// Lines of a message, and words of a line.
enum HTTPLines {
    /// Where a line ends, without its line feed or carriage return, and where the next begins; `nil` without an end.
    ///
    /// A carriage return alone ends a line too, as it does for Wireshark.
    static func end(_ bytes: borrowing RawSpan, _ start: Int, _ limit: Int) -> (end: Int, next: Int)? {
        var place = start
        while place < limit, bytes.byte(place) != 10, bytes.byte(place) != 13 { place += 1 }
        guard place < limit else { return nil }
        guard bytes.byte(place) == 13 else { return (place, place + 1) }
        guard place + 1 < limit else { return nil }
        return (place, bytes.byte(place + 1) == 10 ? place + 2 : place + 1)
    }

    /// Where the word at a place ends.
    static func wordEnd(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Int {
        var place = start
        while place < end, bytes.byte(place) != 32 { place += 1 }
        return place
    }

    static func skipSpaces(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Int {
        var place = start
        while place < end, bytes.byte(place) == 32 || bytes.byte(place) == 9 { place += 1 }
        return place
    }

    /// True where the bytes are those of a text, its letters in either case.
    static func matches(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ text: StaticString) -> Bool {
        let wanted = text.description.utf8
        guard end - start == wanted.count else { return false }
        var place = start
        for byte in wanted {
            if lower(bytes.byte(place)) != lower(byte) { return false }
            place += 1
        }
        return true
    }

    @inline(__always)
    static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    /// A decimal number of at most 18 digits; `nil` for anything else.
    static func number(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Int? {
        guard start < end, end - start <= 18 else { return nil }
        var value = 0
        for place in start..<end {
            let byte = bytes.byte(place)
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}
