/// What is wrong with a text in a language of ours, such as a query, and where.
///
/// The raw value of its class is the code that machines read.
package struct LanguageError<ErrorClass>: Error, Hashable, Sendable
where ErrorClass: RawRepresentable<String> & Hashable & Sendable {
    package let errorClass: ErrorClass
    package let message: String
    package let span: SourceSpan
    package let suggestion: String?

    package init(_ errorClass: ErrorClass, _ message: String, _ span: SourceSpan, suggestion: String? = nil) {
        self.errorClass = errorClass
        self.message = message
        self.span = span
        self.suggestion = suggestion
    }

    /// The error as a run reports it, with the text and a caret under the place.
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
