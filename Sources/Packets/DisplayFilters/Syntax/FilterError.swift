package import RoadblockCore

/// What is wrong with a display filter, and where.
package typealias FilterError = LanguageError<FilterErrorClass>

/// The classes of a display filter's errors.
package enum FilterErrorClass: String, Hashable, Sendable {
    case unexpectedToken = "unexpected-token"
    case unexpectedEnd = "unexpected-end"
    case unterminated
    case badEscape = "bad-escape"
    case badCharacter = "bad-character"
    case badCharacterConstant = "bad-character-constant"
    case unknownField = "unknown-field"
    case notATest = "not-a-test"
    case constantLeft = "constant-left"
    case badInteger = "bad-integer"
    case integerOutOfRange = "integer-out-of-range"
    case badAddress = "bad-address"
    case badPrefixLength = "bad-prefix-length"
    case badEthernetAddress = "bad-ethernet-address"
    case badBytes = "bad-bytes"
    case badTime = "bad-time"
    case quotedString = "quoted-string-for-other-type"
    case unknownLabel = "unknown-label"
    case incompatibleTypes = "incompatible-types"
    case operatorNotForType = "operator-not-for-type"
    case notSliceable = "not-sliceable"
    case badSlice = "bad-slice"
    case badLayer = "bad-layer"
    case setNeedsField = "set-needs-field"
    case unknownFunction = "unknown-function"
    case functionArity = "function-arity"
    case functionArgument = "function-argument"
    case matchesNeedsQuotedString = "matches-needs-quoted-string"
    case badRegularExpression = "bad-regex"
    case unknownMacro = "unknown-macro"
    case tooLong = "too-long"
    case tooDeep = "too-deep"
    /// Right in the language, but not built yet.
    case unsupported
}
