/// Columns that a text takes on a terminal: two for wide characters, none for marks that join the one before.
func columns(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

/// The text cut to some columns, with a mark where something is missing, then filled up with blanks.
func fitted(_ text: String, to width: Int, mark: String) -> String {
    let own = columns(of: text)
    if own <= width { return text + String(repeating: " ", count: width - own) }
    var result = ""
    var used = 0
    for character in text {
        let next = columns(of: character)
        if used + next > width - mark.count { break }
        result.append(character)
        used += next
    }
    return result + mark + String(repeating: " ", count: max(0, width - used - mark.count))
}

/// The text broken at blanks into lines of a width; further lines are indented.
func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, columns(of: line) + 1 + columns(of: word) > width {
            lines.append(line)
            line = "  " + word
        } else {
            line += (line.isEmpty ? "" : " ") + word
        }
    }
    return lines + [line]
}

private func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.isASCII { return 1 }
    // A variation selector asks for the picture, which is wide.
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    let properties = first.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if properties.isEmojiPresentation { return 2 }
    let isWide = wide.contains { $0.contains(first.value) }
    return isWide ? 2 : 1
}

/// Blocks whose characters are wide (Unicode Standard Annex 11, the whole blocks of W and F).
private let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x17000...0x18CFF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
]
