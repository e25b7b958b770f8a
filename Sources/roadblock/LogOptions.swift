import ArgumentParser
import Inputs
import LogFormats
import Packets
import Query
import RoadblockCore

/// What the logs of a command are, and how their records are to be read.
struct LogOptions: ParsableArguments {
    @OptionGroup var tshark: ReadOption

    @OptionGroup var format: LogFormatOptions

    @Option(
        help: ArgumentHelp(
            "A source with the name of a log group, for `SOURCE`, `join`, inner queries and `@log`.",
            valueName: "[account:]name=source"
        )
    )
    var logGroup: [String] = []

    /// The files behind the sources and the log groups, in the order in which they were given; those of a directory by
    /// name.
    ///
    /// Of one group, and of the sources without a group, a file is read once.
    ///
    /// - Throws: `Failure` of kind `usage` without any source, `cannotOpen` for a path that is not there, `badInput` for
    ///   a directory without logs.
    func inputs(_ sources: [String], _ groups: [LogGroups.Group], quiet: Bool) throws(Failure) -> [LogInput] {
        let choice = try format.choice()
        var inputs = try LogOptions.distinct(sources, choice, group: nil, quiet)
        for group in groups { inputs += try LogOptions.distinct(group.sources, choice, group: group.name.text, quiet) }
        guard !inputs.isEmpty else {
            throw Failure(
                .usage,
                "no source was named",
                suggestion: "name a file, a directory, or - for standard input behind the query"
            )
        }
        guard inputs.count(where: { $0.name == "-" }) <= 1 else {
            throw Failure(.usage, "standard input (-) can be read only once")
        }
        return inputs
    }

    /// The logs behind some sources, each once.
    private static func distinct(
        _ sources: [String],
        _ choice: FormatChoice,
        group: String?,
        _ quiet: Bool
    ) throws(Failure) -> [LogInput] {
        var paths: [String] = []
        for source in sources {
            if case .directory = FileTree.kind(of: source) {
                paths += try logs(under: source, choice, quiet)
                continue
            }
            // A pattern may name directories as well.
            paths += try SourcePaths.files([source], holding: "no log", quiet: quiet) { (path) throws(Failure) in
                _ = try OpenLogInput(LogInput.of(path, choice, nil))
                return true
            }
        }
        return try SourcePaths.distinct(paths, quiet: quiet).map { LogInput.of($0, choice, group) }
    }

    /// The logs of a directory, each in its own format; other text only where files are named as logs are.
    private static func logs(
        under directory: String,
        _ choice: FormatChoice,
        _ quiet: Bool
    ) throws(Failure) -> [String] {
        var records: [String] = []
        var texts: [String] = []
        var others = LeftOutFiles()
        for path in try FileTree.files(under: directory, unopened: { others.add($0) }) {
            let opened: OpenLogInput
            do throws(Failure) {
                opened = try OpenLogInput(LogInput.of(path, choice, nil))
            } catch {
                others.add(error)
                continue
            }
            guard opened.isPlainText, !opened.isExported else {
                records.append(path)
                continue
            }
            let name = path.lowercased()
            if [".log", ".log.gz", ".log.zst"].contains(where: name.hasSuffix) {
                records.append(path)
            } else if [".txt", ".txt.gz"].contains(where: name.hasSuffix) {
                texts.append(path)
            } else {
                others.add("\(path) is text that is not named as logs are (.log)")
            }
        }
        if !records.isEmpty { for path in texts { others.add("\(path) is text beside logs") } }
        let found = records.isEmpty ? texts : records
        guard !found.isEmpty else { throw others.failure(of: directory, holding: "no log") }
        others.say(of: directory, quiet: quiet)
        return found
    }

    /// The text of a file that holds a query.
    static func text(_ path: String) throws(Failure) -> String {
        let source = path == "-" ? FileSource(standardInput: ProcessSignals.beginInput()) : try FileSource(path: path)
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try WholeFile.read(name: path, source: source, limit: 1 << 20)
        } catch {
            // What is wrong with the file of a query is wrong with the query.
            guard error.kind == .badInput else { throw error }
            throw Failure(.usage, error.message, code: "malformed.syntax")
        }
        if path == "-" { ProcessSignals.endInput() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How the records of logs are to be read.
struct LogFormatOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The records' format, instead of what their content says.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("The columns of a custom flow log: '${version} ${srcaddr} …'.", valueName: "format"))
    var logFormat: String?

    /// What the options say of the records' format.
    func choice() throws(Failure) -> FormatChoice {
        if let logFormat {
            guard format == nil || format == "vpc-flow-custom" else {
                throw Failure(.usage, "--log-format goes with --format vpc-flow-custom only")
            }
            return .given(.flowLog(try FlowLogLayout(format: logFormat)))
        }
        switch format {
        case nil: return .automatic
        case "vpc-flow"?: return .flowLog
        case "tgw-flow"?: return .given(.flowLog(.transitGateway))
        case "json"?: return .given(.json)
        case "text"?: return .given(.text)
        case "cloudfront"?: return .given(.headed(.cloudFront))
        case "vpc-flow-custom"?:
            throw Failure(.usage, "--format vpc-flow-custom needs --log-format '${version} ${srcaddr} …'")
        case let name?:
            if let log = ServiceLog(rawValue: name) { return .given(.service(log)) }
            if let firewall = FirewallFormat(named: name) { return .given(.firewall(firewall)) }
            let names = RecordFormat.named.map(\.name)
            throw Failure(
                .usage,
                "there is no format `\(name)`",
                code: "unknown-format",
                suggestion: nearest(to: name, among: names).map { "did you mean `\($0)`?" }
                    ?? "the formats are \(names.joined(separator: ", "))"
            )
        }
    }
}

extension LogInput {
    /// A file, or standard input.
    static func of(_ path: String, _ choice: FormatChoice, _ group: String?) -> LogInput {
        let clock = LogClock(now: SystemClock.milliseconds)
        return LogInput(name: path, choice: choice, logGroup: group, clock: clock) {
            () throws(Failure) -> any ByteSource in
            path == "-" ? FileSource(standardInput: ProcessSignals.beginInput()) : try FileSource(path: path)
        }
    }
}
