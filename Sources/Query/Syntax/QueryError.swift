package import RoadblockCore

/// What is wrong with a query, and where.
package struct QueryError: Error, Hashable, Sendable {
    /// The classes of errors; the raw value is the code that machines read.
    package enum Class: String, Hashable, Sendable {
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

    package let errorClass: Class
    package let message: String
    package let span: SourceSpan
    package let suggestion: String?

    package init(_ errorClass: Class, _ message: String, _ span: SourceSpan, suggestion: String? = nil) {
        self.errorClass = errorClass
        self.message = message
        self.span = span
        self.suggestion = suggestion
    }

    /// The error as a run reports it, with the query and a caret under the place.
    package func failure(in text: String) -> Failure {
        Failure(
            .usage,
            message,
            code: errorClass.rawValue,
            place: .init(text: text, span: span),
            suggestion: suggestion
        )
    }
}

/// Something in a query that works, but perhaps not as its writer thinks.
package struct QueryNotice: Hashable, Sendable {
    /// One line without a full stop.
    package var message: String
    package var span: SourceSpan
}
