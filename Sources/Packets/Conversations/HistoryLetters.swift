/// The letters of a history, as many as are kept.
struct HistoryLetters: Sendable {
    private static let limit = 32
    private var letters = InlineArray<32, UInt8>(repeating: 0)
    private var count = 0

    mutating func add(_ plain: PlainLetters) {
        var rest = plain.text
        while rest != 0 {
            add(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func add(_ letter: UInt8) {
        guard count < Self.limit else { return }
        letters[count] = count == Self.limit - 1 ? UInt8(ascii: "x") : letter
        count &+= 1
    }

    mutating func swapCase() {
        for index in 0..<count where letters[index] | 0x20 >= UInt8(ascii: "a") && letters[index] | 0x20 <= 0x7A {
            letters[index] ^= 0x20
        }
    }

    func append(to text: inout OutputSpan<UInt8>) { for index in 0..<count { text.append(letters[index]) } }

    var text: String {
        let text = [UInt8](capacity: count) { append(to: &$0) }
        return String(decoding: text, as: UTF8.self)
    }
}
