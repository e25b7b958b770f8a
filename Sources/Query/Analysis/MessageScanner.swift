/// Finds the tokens of a message: words, and what varies from one message to the next by its form.
///
/// Between tokens lie delimiters, which belong to the layout of the message; blanks in a row count as one. The same
/// bytes always give the same tokens.
struct MessageScanner {
    /// What a token is.
    enum Kind: UInt8 {
        case word, time, id, address, number
        /// A word that is longer than words are.
        case token

        /// How a pattern names it.
        var name: String {
            switch self {
            case .time: "Time"
            case .id: "ID"
            case .address: "IP"
            case .number: "Number"
            case .word, .token: "Token"
            }
        }
    }

    struct Token {
        var kind: Kind
        var start: Int
        var end: Int
        /// Of a word its bytes' hash, of anything else the number of its kind.
        var hash: UInt64
    }

    /// Tokens of a message that are looked at, bytes of it, bytes of a word, and delimiters in a row.
    static let tokenLimit = 128
    static let byteLimit = 4096
    static let wordLimit = 32
    static let delimiterLimit = 8

    private(set) var tokens: [Token] = []
    /// The hash of the number of tokens and what lies between them.
    private(set) var layout: UInt64 = 0
    /// Where scanning ended, and whether that was before the end of the message.
    private(set) var end = 0
    private(set) var isCut = false
    private let classes = ByteClass.table

    init() { tokens.reserveCapacity(MessageScanner.tokenLimit) }

    /// A step of the hashes of tokens and layouts.
    @inline(__always)
    static func mix(_ state: UInt64, _ bits: UInt64) -> UInt64 {
        let product = (state ^ bits) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 29
    }

    /// The hash of a token that is no word, told from those of words by being small.
    static func isTyped(_ hash: UInt64) -> Bool { hash > 0 && hash < 16 }

    /// Reads a message.
    mutating func scan(_ bytes: borrowing Span<UInt8>) {
        tokens.removeAll(keepingCapacity: true)
        let limit = min(bytes.count, MessageScanner.byteLimit)
        var state: UInt64 = 1
        var index = 0
        var run = 0
        while index < limit, tokens.count < MessageScanner.tokenLimit {
            let kind = classes[Int(bytes[index])]
            // What a token left of its word, such as a full stop, is a delimiter.
            if kind <= ByteClass.blank || kind == ByteClass.inner && index == tokens.last?.end {
                let isBlank = kind == ByteClass.blank
                if isBlank, index > 0, classes[Int(bytes[index - 1])] == ByteClass.blank {
                    index += 1
                    continue
                }
                if index == tokens.last?.end { run = 0 }
                if run < MessageScanner.delimiterLimit {
                    state = MessageScanner.mix(state, isBlank ? 32 : UInt64(bytes[index]))
                }
                run += 1
                index += 1
                continue
            }
            let token = TokenForms.token(bytes, index, limit, classes)
            tokens.append(token)
            state = MessageScanner.mix(state, 256)
            index = token.end
        }
        end = index
        isCut = index < bytes.count
        layout = MessageScanner.mix(state, isCut ? 257 : 258)
    }

    /// The message as its tokens and delimiters: words between the bytes 1 and 2, other tokens as 3 and their kind.
    ///
    /// A word that is read as an ordinary token stays out as well.
    func form(_ bytes: borrowing Span<UInt8>) -> [UInt8] {
        var form: [UInt8] = []
        var index = 0
        for token in tokens {
            appendDelimiters(bytes, index, token.start, to: &form)
            if token.kind == .word {
                form.append(1)
                for place in token.start..<token.end { form.append(bytes[place]) }
                form.append(2)
            } else {
                form.append(3)
                form.append(token.kind.rawValue)
            }
            index = token.end
        }
        appendDelimiters(bytes, index, end, to: &form)
        if isCut { form += Array("…".utf8) }
        return form
    }

    private func appendDelimiters(_ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int, to form: inout [UInt8]) {
        var run = 0
        for place in start..<max(start, end) where run < MessageScanner.delimiterLimit {
            let isBlank = classes[Int(bytes[place])] == ByteClass.blank
            if isBlank, place > 0, classes[Int(bytes[place - 1])] == ByteClass.blank { continue }
            form.append(isBlank ? 32 : bytes[place])
            run += 1
        }
    }
}

/// What a byte is to the scanner.
enum ByteClass {
    static let delimiter: UInt8 = 0
    static let blank: UInt8 = 1
    static let digit: UInt8 = 2
    /// A letter that is also a hexadecimal digit.
    static let hexadecimal: UInt8 = 3
    static let letter: UInt8 = 4
    /// What stands inside of words: `.`, `-`, `_`, `@`, `%`, `~`.
    static let inner: UInt8 = 5

    static let table: [UInt8] = (0..<256).map { value in
        switch UInt8(value) {
        case 0...32, 127: blank
        case 48...57: digit
        case 65...70, 97...102: hexadecimal
        case 71...90, 103...122, 128...255: letter
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "%"),
            UInt8(ascii: "~"):
            inner
        default: delimiter
        }
    }
}
