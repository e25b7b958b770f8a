/// A key and a value, as they came: nothing is trimmed, no character is normalised.
///
/// Source: EC2 User Guide, "Tag your Amazon EC2 resources". Keys are compared byte by byte; `String` itself would take
/// a letter with an accent for the same as the letter and the accent.
package struct Tag: Sendable {
    package var key: String
    /// May be empty.
    package var value: String

    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

extension Tag: Hashable {
    package static func == (a: Tag, b: Tag) -> Bool {
        a.key.hasSameBytes(as: b.key) && a.value.hasSameBytes(as: b.value)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(key))
        hasher.combine(ExactText(value))
    }
}

/// A text as a key of a dictionary that tells apart what differs in any byte.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: ExactText, b: ExactText) -> Bool { a.text.hasSameBytes(as: b.text) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// The order of the UTF-8 bytes.
    func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
