/// A query that begins like an option, `-- a comment of SQL`: it gets to the query's parser, which knows what to say.
enum DashedQuery {
    /// No argument of a process begins with this, so that what has it was marked here.
    private static let mark: Character = "\0"

    /// The command line with a mark before such a query, so that the parser of options takes it as a value.
    static func marked(_ arguments: [String]) -> [String] {
        guard arguments.first == "query" else { return arguments }
        return arguments.map { argument in
            let rest = argument.drop { $0 == "-" }
            guard rest.startIndex > argument.startIndex, let next = rest.first, next.isWhitespace else {
                return argument
            }
            return "\(mark)\(argument)"
        }
    }

    static func text(_ argument: String) -> String {
        argument.first == mark ? String(argument.dropFirst()) : argument
    }
}
