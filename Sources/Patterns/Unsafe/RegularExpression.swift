// Invariant: `code`, `tolerant`, `match` and `context` are live from `init` until `deinit`, and used by one thread at a time; the
// offsets that PCRE2 writes lie inside the subject that the same call was given.

import CPCRE2

/// A compiled regular expression (PCRE2), searched for with limits: no pattern can make a search hang.
@safe
package final class RegularExpression {
    private let code: OpaquePointer
    /// The same for subjects that are not UTF-8, without JIT: PCRE2 10.42's compiled code for such subjects takes `\W` and
    /// `\D` not to match characters of several bytes (issue 224 of PCRE2).
    private let tolerant: OpaquePointer
    private let match: OpaquePointer
    private let context: OpaquePointer
    /// Names of the groups, by group number; empty for groups without one.
    package let groupNames: [String]
    /// True once a search was given up at a limit: the row then counts as no match, and that is said.
    package var hitLimit: Bool { giveUps > 0 }
    /// Searches, and those that were given up.
    private var searches = 0
    private var giveUps = 0
    /// True once so many searches of texts were given up that all further ones find nothing at once.
    package var isHopeless: Bool { giveUps >= giveUpLimit }
    /// True where a tenth of the searches of texts, or more, were given up.
    package var isMostlyGivenUp: Bool { giveUps > 0 && giveUpLimit < .max && giveUps >= searches / 10 }
    private let giveUpLimit: Int

    /// What a subject is to a pattern.
    package enum Subject: Sendable {
        /// UTF-8 text, of which `.` matches line ends too, as events often have several lines.
        case text
        /// Bytes, letters of either case alike; `.` stops at line ends.
        case bytes

        fileprivate var options: UInt32 {
            switch self {
            case .text: PCRE2_UTF | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C
            // No UTF mode: a character is a byte, and `(*UTF)` cannot turn it on.
            case .bytes: PCRE2_CASELESS | PCRE2_NEVER_UTF
            }
        }

        /// For text that is not UTF-8.
        fileprivate var tolerantOptions: UInt32 { self == .text ? options | PCRE2_MATCH_INVALID_UTF : options }
    }

    /// True where the subject of the last search had no byte that is not UTF-8.
    private var isUTF8 = true

    /// Bytes that the searches for all matches in one subject that is not UTF-8 may look at.
    private static let lookLimit = 256 << 20

    /// Steps that one search may take.
    private static let matchLimit: UInt32 = 1_000_000

    /// What is wrong with a pattern, and at which byte.
    package struct Problem: Error {
        package var message: String
        package var offset: Int
    }

    /// Compiles a pattern.
    ///
    /// - Throws: `Problem` with the byte offset of the mistake in the pattern.
    package init(_ bytes: [UInt8], in subject: Subject) throws(Problem) {
        var number: Int32 = 0
        var offset = 0
        guard
            let code = unsafe pcre2_compile_8(bytes, bytes.count, subject.options, &number, &offset, nil),
            let tolerant = unsafe pcre2_compile_8(
                bytes,
                bytes.count,
                subject.tolerantOptions,
                &number,
                &offset,
                nil
            ),
            let match = unsafe pcre2_match_data_create_from_pattern_8(code, nil),
            let context = unsafe pcre2_match_context_create_8(nil)
        else { throw Problem(message: RegularExpression.message(number), offset: min(offset, bytes.count)) }
        unsafe pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
        unsafe pcre2_set_match_limit_8(context, RegularExpression.matchLimit)
        unsafe pcre2_set_depth_limit_8(context, 10_000)
        unsafe pcre2_set_heap_limit_8(context, 20_000)
        unsafe self.code = unsafe code
        unsafe self.tolerant = unsafe tolerant
        unsafe self.match = unsafe match
        unsafe self.context = unsafe context
        giveUpLimit = subject == .text ? 100 : .max
        groupNames = unsafe RegularExpression.names(code)
    }

    deinit {
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_match_data_free_8(match)
        unsafe pcre2_code_free_8(code)
        unsafe pcre2_code_free_8(tolerant)
    }

    /// Searches; the ranges of the whole match and of the groups, `nil` for groups without a part.
    package func search(_ subject: borrowing Span<UInt8>) -> [Range<Int>?]? { search(subject, from: 0, 0) }

    /// The same from an offset on, which must not lie inside of a character.
    private func search(_ subject: borrowing Span<UInt8>, from start: Int, _ options: UInt32) -> [Range<Int>?]? {
        let count = unsafe subject.withUnsafeBufferPointer { bytes in unsafe run(bytes, start, options) }
        guard count > 0, let ends = unsafe pcre2_get_ovector_pointer_8(match) else { return nil }
        return (0..<groupNames.count).map { group in
            guard group < count, unsafe ends[2 * group] != Int.max, unsafe ends[2 * group] <= ends[2 * group + 1],
                unsafe ends[2 * group + 1] <= subject.count
            else { return nil }
            return unsafe ends[2 * group]..<ends[2 * group + 1]
        }
    }

    /// Gives the ranges of each match and its groups, one behind the other, as long as `take` wants more.
    ///
    /// Behind a match of nothing the search goes on at the next character.
    package func forEachMatch(_ subject: borrowing Span<UInt8>, _ take: (Range<Int>, [Range<Int>?]) -> Bool) {
        var (start, options, looked): (Int, UInt32, Int) = (0, 0, 0)
        while start <= subject.count, let match = search(subject, from: start, options), let whole = match[0],
            whole.lowerBound >= start, take(whole, match)
        {
            if isUTF8 {
                // The rest is as well: looking at it again for each match would take the square of its length.
                options = UInt32(PCRE2_NO_UTF_CHECK)
            } else {
                looked += subject.count - start
                guard looked <= RegularExpression.lookLimit else {
                    giveUps &+= 1
                    return
                }
            }
            start = whole.upperBound
            guard whole.isEmpty else { continue }
            start += 1
            // No search may start inside of a character of several bytes.
            while start < subject.count, subject[start] & 0xC0 == 0x80 { start += 1 }
        }
    }

    /// True when the pattern is found somewhere.
    package func matches(_ subject: borrowing Span<UInt8>) -> Bool {
        unsafe subject.withUnsafeBufferPointer { bytes in unsafe run(bytes, 0, 0) } > 0
    }

    /// True when the pattern is found somewhere in a range of some bytes; the range must lie inside of them.
    package func matches(_ subject: borrowing RawSpan, in range: Range<Int>) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= subject.byteCount else { return false }
        return unsafe subject.withUnsafeBytes { bytes in
            unsafe bytes[range].withMemoryRebound(to: UInt8.self) { part in
                unsafe run(part, 0, 0) > 0
            }
        }
    }

    /// Searches with some of PCRE2's options, and notes whether the subject is UTF-8.
    private func run(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ options: UInt32) -> Int {
        if isHopeless { return -1 }
        searches &+= 1
        var result = unsafe pcre2_match_8(code, bytes.baseAddress, bytes.count, start, options, match, context)
        isUTF8 = !RegularExpression.encodingErrors.contains(result)
        if !isUTF8 {
            result = unsafe pcre2_match_8(tolerant, bytes.baseAddress, bytes.count, start, 0, match, context)
        }
        if result == PCRE2_ERROR_JIT_STACKLIMIT {
            // The compiled form's stack is small; the interpreter's memory has a limit of its own.
            result = unsafe pcre2_match_8(
                code,
                bytes.baseAddress,
                bytes.count,
                start,
                UInt32(PCRE2_NO_JIT),
                match,
                context
            )
        }
        switch result {
        case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT, PCRE2_ERROR_JIT_STACKLIMIT,
            PCRE2_ERROR_NOMEMORY, PCRE2_ERROR_RECURSELOOP:
            giveUps &+= 1
        default: break
        }
        return Int(result)
    }

    /// What a search of bytes that are not UTF-8 ends with.
    private static let encodingErrors = PCRE2_ERROR_UTF8_ERR21...PCRE2_ERROR_UTF8_ERR1

    private static func names(_ code: OpaquePointer) -> [String] {
        var groups: UInt32 = 0
        var count: UInt32 = 0
        var size: UInt32 = 0
        var table: UnsafePointer<UInt8>?
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        var names = Array(repeating: "", count: Int(groups) + 1)
        guard let table = unsafe table else { return names }
        for index in 0..<Int(count) {
            let entry = unsafe table + index * Int(size)
            let group = unsafe Int(entry[0]) << 8 | Int(entry[1])
            if names.indices.contains(group) { unsafe names[group] = String(cString: entry + 2) }
        }
        return names
    }

    private static func message(_ number: Int32) -> String {
        var text = Array<UInt8>(repeating: 0, count: 256)
        let length = unsafe pcre2_get_error_message_8(number, &text, text.count)
        return length > 0 ? String(decoding: text.prefix(Int(length)), as: UTF8.self) : "not a regular expression"
    }
}
