import ArgumentParser
import Diagnosis
import Probes
import RoadblockCore

/// `roadblock probe HOST PORT...`: an ordinary connection, and why it fails.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Connect to ports of a host, and say why it fails.",
        discussion: """
            Makes ordinary TCP connections, which need no privileges, closes them at once and sends nothing. All \
            addresses of a name are tried; the row is about the best one, and names the others.

            The verdicts, and the exit code when they are the worst of all ports:
              open         0  connected
              dropped      1  no answer within the time limit
              refused      2  answered with a reset (RST)
              prohibited   3  an ICMP error, or this host, says that a rule forbids it
              unreachable  3  an ICMP error, or this host, says that there is no way there
              unresolved   4  the name has no address

            The time is that to the first answer. Devices send only so many ICMP errors a second: of many ports that \
            a rule prohibits, some may look dropped.

            EXAMPLES
              roadblock probe db.example.com 5432
              roadblock probe 10.0.0.8 22,80,443 8000-8010 --timeout 2s
              roadblock probe '[2001:db8::1]:443' -o json
            """
    )

    @Argument(help: "A name, an IPv4 or an IPv6 address; or HOST:PORT, [IPV6]:PORT in one word.")
    var host: String

    @Argument(help: ArgumentHelp("Ports, lists such as 80,443, ranges such as 8000-8010.", valueName: "port"))
    var ports: [String] = []

    @Option(help: ArgumentHelp("How long the name and each attempt may take: 5s, 500ms, 1m.", valueName: "time"))
    var timeout: String = "5s"

    @Option(
        help: ArgumentHelp(
            "Attempts for each port, one after the other. The port is open when all were; otherwise the most frequent "
                + "failure is the verdict, the reason counts, and the time is the median.",
            valueName: "n"
        )
    )
    var count: Int = 1

    @Option(help: ArgumentHelp("Connect from this address of this host.", valueName: "address"))
    var source: String?

    @Flag(name: .customShort("4"), help: "IPv4 only.")
    var version4 = false

    @Flag(name: .customShort("6"), help: "IPv6 only.")
    var version6 = false

    @Option(name: [.customShort("o", allowingJoined: true), .customLong("output")], help: "How the rows are written.")
    var format: ReportOptions.Format = .table

    @Option(help: ArgumentHelp("Write the rows to a file.", valueName: "path"))
    var outputFile: String?

    @Option(help: "When to use colour.")
    var color: ReportOptions.ColorChoice = .auto

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    @Flag(help: "Show no progress.")
    var noProgress = false

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("--count takes a number from 1 to 1000") }
        guard !(version4 && version6) else { throw ValidationError("-4 and -6 exclude each other") }
    }

    func run() throws {
        let target = try HostName.parse(host, ports: ports)
        let prober = try Prober(
            host: target.host,
            ports: target.ports,
            timeLimit: TimeLimit(parsing: timeout),
            count: count,
            source: source,
            version: version4 ? .version4 : version6 ? .version6 : nil
        )
        ProcessSignals.exitOnSignals()
        let writer = try OutputWriter(path: outputFile)
        var progress = Progress(isShown: !quiet && !noProgress, total: 0)
        let rows = try prober.run { ended, all in progress.show { "\(ended) of \(all) attempts" } }
        progress.end()
        try writer.write(text(rows, isTerminal: writer.isTerminal))
        try writer.finish()
        let code = rows.map(\.judgement.verdict.exitCode).max() ?? 0
        if code != 0 { throw ExitCode(code) }
    }

    private func text(_ rows: [ProbeRow], isTerminal: Bool) -> String {
        switch format {
        case .table:
            let isColored =
                switch color {
                case .always: true
                case .never: false
                case .auto: isTerminal && ProcessFacts.allowsColor
                }
            return visibleTable(rows).aligned { row, column, cell in
                isColored && column == 3 ? "\u{1B}[\(rows[row].judgement.verdict.color)m\(cell)\u{1B}[0m" : cell
            }
        case .json: return JSONValue.array(rows.map(\.json)).pretty + "\n"
        case .ndjson: return rows.map { $0.json.compact + "\n" }.joined()
        case .csv: return table(rows).csv
        case .tsv: return table(rows).tsv
        case .markdown: return visibleTable(rows).markdown
        }
    }

    private func visibleTable(_ rows: [ProbeRow]) -> TextTable {
        TextTable(columns: ProbeRow.visibleColumns, rows: rows.map(\.visibleCells), numbers: [2, 4])
    }

    private func table(_ rows: [ProbeRow]) -> TextTable {
        TextTable(columns: ProbeRow.columns, rows: rows.map(\.cells))
    }
}

extension ProbeVerdict {
    /// The terminal's colour (ECMA-48 SGR).
    fileprivate var color: String {
        switch self {
        case .open: "32"
        case .unresolved: "33"
        default: "1;31"
        }
    }
}
