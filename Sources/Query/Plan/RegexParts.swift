/// Parts of a regular expression that engines without backtracking do not have, such as RE2 and Hyperscan.
struct RegexParts {
    enum Part: String {
        case backReference = "back-references"
        case lookAround = "look-around"
    }

    /// The part that comes first.
    private(set) var first: Part?
    private let bytes: [UInt8]
    private var place = 0

    init(_ pattern: String) {
        bytes = Array(pattern.utf8)
        while first == nil, place < bytes.count { step() }
    }

    private mutating func step() {
        switch bytes[place] {
        case UInt8(ascii: "\\"): escape()
        case UInt8(ascii: "["): skipClass()
        case UInt8(ascii: "("):
            if ["(?=", "(?!", "(?<=", "(?<!"].contains(where: begins) { first = .lookAround }
            if begins("(?P=") { first = .backReference }
            place += 1
        default: place += 1
        }
    }

    private func begins(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    /// Behind a backslash; from `\Q` up to `\E` every character is itself.
    private mutating func escape() {
        let next = place + 1 < bytes.count ? bytes[place + 1] : 0
        switch next {
        case UInt8(ascii: "1")...UInt8(ascii: "9"), UInt8(ascii: "g"), UInt8(ascii: "k"): first = .backReference
        case UInt8(ascii: "Q"):
            while place < bytes.count, !begins("\\E") { place += 1 }
        default: break
        }
        place += 2
    }

    /// From `[` to the `]` that ends it: the first character in it is no end.
    private mutating func skipClass() {
        place += 1
        if place < bytes.count, bytes[place] == UInt8(ascii: "^") { place += 1 }
        if place < bytes.count, bytes[place] == UInt8(ascii: "]") { place += 1 }
        while place < bytes.count, bytes[place] != UInt8(ascii: "]") {
            if begins("[:") {
                while place < bytes.count, !begins(":]") { place += 1 }
                place += 2
            } else {
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
        }
        place += 1
    }
}
