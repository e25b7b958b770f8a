import ArgumentParser

/// A query that begins like an option, `-- a comment of SQL`: it gets to the query's parser, which knows what to say.
enum DashedQuery {
    /// No argument of a process begins with this, so that what has it was marked here.
    private static let mark: Character = "\0"

    /// Parses a command line; where an argument that looks like an option stands in the query's place, it is the query.
    static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        do {
            return try RoadblockCommand.parseAsRoot(arguments)
        } catch {
            var failure = error
            for index in arguments.indices where arguments.first == "query" && isDashed(arguments[index]) {
                var marked = arguments
                marked[index] = "\(mark)\(arguments[index])"
                do {
                    guard var command = try RoadblockCommand.parseAsRoot(marked) as? QueryCommand,
                        command.queryFile == nil, command.arguments.first == marked[index]
                    else { continue }
                    command.arguments[0] = arguments[index]
                    return command
                } catch {
                    // What is wrong with the rest is said rather than what the query looks like.
                    if !RoadblockCommand.fullMessage(for: error).contains(mark) { failure = error }
                }
            }
            throw failure
        }
    }

    private static func isDashed(_ argument: String) -> Bool {
        let rest = argument.drop { $0 == "-" }
        return rest.startIndex > argument.startIndex && rest.first?.isWhitespace == true
    }
}
