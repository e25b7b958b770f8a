import ArgumentParser
import RoadblockCore

/// One run of the program: command line in, exit code out.
enum Program {
    static let version = "0.1.0"

    /// Runs the command that the process was started with and ends the process.
    static func main() {
        ProcessSignals.ignoreBrokenPipe()
        exitProcess(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Parses and runs; errors are printed here and nowhere else.
    ///
    /// - Returns: the exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try DashedQuery.parse(arguments)
            try command.run()
            return 0
        } catch let failure as Failure {
            if failure.isBrokenPipe { return 0 }
            return report(failure, arguments)
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return report(parserError: error, arguments)
        }
    }

    private static func report(_ failure: Failure, _ arguments: [String]) -> Int32 {
        StandardError.write("roadblock: error: \(failure.rendered)\n")
        if wantsJSON(arguments) { StandardError.write(failure.json.compact + "\n") }
        return failure.kind.rawValue
    }

    /// Help and version go to standard output; everything else the parser says is a wrong command line.
    private static func report(parserError error: any Error, _ arguments: [String]) -> Int32 {
        guard RoadblockCommand.exitCode(for: error) != .success else {
            do throws(Failure) {
                let output = OutputWriter()
                try output.write(RoadblockCommand.fullMessage(for: error))
                try output.write("\n")
                try output.finish()
                return 0
            } catch {
                return error.isBrokenPipe ? 0 : report(error, arguments)
            }
        }
        return report(
            unknownCommand(arguments) ?? Failure(parserMessage: RoadblockCommand.message(for: error)),
            arguments
        )
    }

    /// What to say of a first word that is no command: a slip of the hand, or a file without the command.
    private static func unknownCommand(_ arguments: [String]) -> Failure? {
        let names = RoadblockCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let word = arguments.first, !word.hasPrefix("-"), word != "help", !names.contains(word) else {
            return nil
        }
        if case .missing = FileTree.kind(of: word) {
            return Failure(
                .usage,
                "there is no command `\(word)`",
                code: "unknown-command",
                suggestion: nearest(to: word, among: names).map { "did you mean `\($0)`?" }
                    ?? "the commands are \(names.joined(separator: ", "))"
            )
        }
        return Failure(
            .usage,
            "`\(word)` is a file, and no command",
            code: "unknown-command",
            suggestion: "roadblock diagnose \(word)"
        )
    }

    /// True when the output format asked for is JSON, as far as that can be told of a command line that may be wrong.
    private static func wantsJSON(_ arguments: [String]) -> Bool {
        if arguments.contains("-ojson") || arguments.contains("--output=json") { return true }
        return zip(arguments, arguments.dropFirst()).contains { option, value in
            (option == "-o" || option == "--output") && value == "json"
        }
    }
}

extension Failure {
    /// An argument parser's message in our form: lower case, no full stop, its question as the suggestion.
    fileprivate init(parserMessage text: String) {
        var message = text
        var suggestion = "`roadblock help` shows the commands and their options"
        let lines = text.split(separator: "\n")
        if let line = lines.first, lines.count > 1 {
            // A list of values follows in lines of its own.
            let values = lines.dropFirst().filter { $0.hasPrefix("  - ") }.map { $0.dropFirst(4) }
            message = values.isEmpty ? String(line) : "\(line) \(values.joined(separator: ", "))"
        }
        let question = "Did you mean "
        let words = message.split(separator: " ", omittingEmptySubsequences: false)
        if let index = words.indices.first(where: { words[$0...].starts(with: ["Did", "you", "mean"]) }) {
            suggestion = "did you mean " + words[index...].joined(separator: " ").dropFirst(question.count)
            message = words[..<index].joined(separator: " ")
        }
        while message.last == "." || message.last == " " { message.removeLast() }
        if let first = message.first { message = first.lowercased() + message.dropFirst() }
        self.init(.usage, message, suggestion: suggestion)
    }

    /// The error as an object for `-o json`.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("code", .string(code)), .init("message", .string(message)),
        ]
        if let place {
            // In characters as CloudWatch and editors count them.
            let bytes = place.text.utf8
            func offset(_ byte: Int) -> Int {
                String(decoding: bytes.prefix(byte), as: UTF8.self).utf16.count
            }
            let location: JSONValue = .object([
                .init("start", .int(offset(place.span.start))), .init("end", .int(offset(place.span.end))),
            ])
            members.append(.init("location", location))
        }
        if let suggestion { members.append(.init("suggestion", .string(suggestion))) }
        return .object([.init("error", .object(members))])
    }
}
