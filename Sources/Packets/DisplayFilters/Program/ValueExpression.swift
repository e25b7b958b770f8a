import Patterns
import RoadblockCore

/// A field as a filter uses it.
struct FieldUse: Hashable, Sendable {
    var source: FieldSource
    var layers: LayerSelection?
    /// The bytes instead of the meaning.
    var isRaw = false
    /// A protocol up to the end of what it carries, not only its header.
    var reachesEnd = false
}

/// Something with values in a packet: none, one or many.
indirect enum ValueExpression: Hashable, Sendable {
    case field(FieldUse)
    case constant([FieldValue])
    case slice(ValueExpression, [IndexRange], SliceUnit)
    case arithmetic(ArithmeticOperator, ValueExpression, ValueExpression)
    case negated(ValueExpression)
    case call(FilterFunction, [ValueExpression], FunctionDetail)

    /// What a slice counts.
    enum SliceUnit: Sendable { case bytes, characters }
}

/// One test with values that are not plain numbers of one field.
indirect enum GeneralTest {
    case compare(ValueExpression, Relation, ValueExpression, needsAll: Bool, WideMask?)
    case contains(ValueExpression, ValueExpression, needsAll: Bool, emptyMatches: Bool)
    case matches(ValueExpression, RegularExpression, needsAll: Bool)
    case member(ValueExpression, [(ValueExpression, ValueExpression?)], SetMode, [WideMask?])
    /// Some value is not zero, empty or false.
    case truth(ValueExpression)
    case exists(ValueExpression)
}

/// The bits of an address that a prefix length keeps.
struct WideMask: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    init(prefixLength: Int) {
        high = prefixLength >= 64 ? ~0 : prefixLength == 0 ? 0 : ~0 << UInt64(64 - prefixLength)
        low = prefixLength <= 64 ? 0 : prefixLength == 128 ? ~0 : ~0 << UInt64(128 - prefixLength)
    }

    func apply(_ value: FieldValue) -> FieldValue {
        guard case .wide(let address) = value else { return value }
        return .wide(IPAddress(high: address.high & high, low: address.low & low))
    }
}

/// When a field is in a set, or is not.
enum SetMode: Sendable {
    /// Some value fits some element.
    case any
    /// All values fit one and the same element.
    case allInOne
    /// Every value fits some element.
    case allInAny
    /// No value fits; also where there is none.
    case none
    /// There are values, and none fits.
    case noneOfSome
    /// There are values, and not every one fits.
    case notAll
}

extension Relation {
    /// True when the relation holds for values in this order: -1 less, 0 equal, 1 greater.
    @inline(__always)
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}
