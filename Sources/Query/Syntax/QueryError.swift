package import RoadblockCore

/// What is wrong with a query, and where.
package typealias QueryError = LanguageError<QueryErrorClass>

/// The classes of a query's errors.
package enum QueryErrorClass: String, Hashable, Sendable {
    /// The text does not follow the grammar.
    case syntax = "malformed.syntax"
    /// An unknown function, a wrong number of arguments, a value out of its range.
    case semantic = "malformed.semantic"
    /// A command in a place where it may not stand.
    case order = "malformed.order"
    /// A name that is given twice.
    case alias = "malformed.alias"
    /// Right in the language, but not built yet.
    case unsupported
}

/// Something in a query that works, but perhaps not as its writer thinks.
package struct QueryNotice: Hashable, Sendable {
    /// One line without a full stop.
    package var message: String
    package var span: SourceSpan
}
