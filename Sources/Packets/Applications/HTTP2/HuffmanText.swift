/// Text in the Huffman code of HPACK (RFC 7541 section 5.2 and appendix B).
enum HuffmanText {
    /// Bits of the code of each byte; codes of the same length count up with the byte, longer ones follow shorter ones.
    private static let lengths: [UInt8] = numbers(
        """
        13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
        6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
        13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
        15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
        20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
        22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
        26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
        20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
        """
    )

    private static func numbers(_ text: String) -> [UInt8] {
        text.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { UInt8($0) }
    }

    /// The codes of one length: the first, how many there are, and where their bytes stand in `ordered`.
    private struct Codes {
        var first: UInt32 = 0
        var count: UInt32 = 0
        var place = 0
    }

    private static let ordered: [UInt8] = (0...255).sorted { lengths[Int($0)] < lengths[Int($1)] }

    private static let codes: [Codes] = {
        var codes = Array(repeating: Codes(), count: 31)
        for length in lengths { codes[Int(length)].count += 1 }
        var next: UInt32 = 0
        var place = 0
        for length in 1...30 {
            next <<= 1
            codes[length].first = next
            codes[length].place = place
            next += codes[length].count
            place += Int(codes[length].count)
        }
        return codes
    }()

    /// Decodes a text; what is left over at the end fills the last byte up.
    ///
    /// - Returns: `nil` where a code is none of them.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let codes = codes
        let ordered = ordered
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 8 / 5)
        var code: UInt32 = 0
        var length = 0
        for byte in bytes {
            for bit in 0..<8 {
                code = code << 1 | UInt32(byte >> UInt8(7 - bit) & 1)
                length += 1
                guard length <= 30 else { return nil }
                let known = codes[length]
                guard code >= known.first, code - known.first < known.count else { continue }
                text.append(ordered[known.place + Int(code - known.first)])
                code = 0
                length = 0
            }
        }
        return length < 8 ? text : nil
    }
}
