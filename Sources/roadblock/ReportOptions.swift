import Inputs
import ArgumentParser
import Diagnosis
import Names
import Packets
import RoadblockCore

/// How a diagnosis is made and printed: the options that `diagnose` and `demo` share.
struct ReportOptions: ParsableArguments {
    /// How the report is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, ndjson, csv, tsv, markdown
    }

    /// When colour is used.
    enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never

        /// Whether output is coloured that goes to a terminal, or not to one.
        func isColored(isTerminal: Bool) -> Bool {
            switch self {
            case .always: true
            case .never: false
            case .auto: isTerminal && ProcessFacts.allowsColor
            }
        }
    }

    @Option(name: [.customShort("o", allowingJoined: true), .customLong("output")], help: "How the report is written.")
    var format: Format = .table

    @Option(
        name: .customShort("Y", allowingJoined: true),
        parsing: .unconditional,
        help: ArgumentHelp("Only packets that this display filter selects.", valueName: "filter")
    )
    var filter: String = ""

    @Option(help: ArgumentHelp("Write the report to a file.", valueName: "path"))
    var outputFile: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Findings to print; all are counted.", valueName: "n"))
    var limit: Int = 1000

    @OptionGroup var owners: OwnerOptions

    @OptionGroup var snapshot: SnapshotOptions

    @Flag(help: "Print what is healthy as well.")
    var all = false

    @Flag(help: "Exit with 1 when something of your own is blocked, with 5 when only something undecided is left.")
    var exitCode = false

    @Option(help: ArgumentHelp("The time zone of times for people: local, UTC, or a name.", valueName: "zone"))
    var timeZone: String = "UTC"

    @Option(help: "When to use colour.")
    var color: ColorChoice = .auto

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    @Flag(help: "Show no progress.")
    var noProgress = false

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit takes a number from 0 on") }
    }

    /// Diagnoses the inputs and prints the report; `extras` are owners and snapshots beside those of the options.
    func run(_ inputs: [EvidenceInput], extras: (owners: [String], snapshots: [String]) = ([], [])) throws {
        let clock = try timeZone == "UTC" ? .utc : DiagnosisReport.Clock(SystemZone(named: timeZone), named: timeZone)
        var owners = self.owners
        owners.files += extras.owners
        var snapshot = self.snapshot
        snapshot.files += extras.snapshots
        let run = try DiagnosisRun(
            owners: owners.load(),
            snapshot: snapshot.files.isEmpty ? nil : snapshot.read(),
            includesOpen: all,
            limit: limit,
            clock: isForPeople ? clock : .utc,
            showsProgress: !quiet && !noProgress
        )
        let result = try run.report(inputs, filter: filter)
        for input in inputs { input.input.close() }
        let writer = try OutputWriter(path: outputFile)
        try writer.write(text(result, clock, isTerminal: writer.isTerminal))
        try writer.finish()
        if !quiet {
            for note in run.notes { StandardError.write("roadblock: \(note)\n") }
            warn(result)
        }
        if exitCode {
            if result.diagnosis.hasBlocked { throw ExitCode(1) }
            if result.diagnosis.hasUndecided { throw ExitCode(5) }
        }
    }

    /// Machine formats are always in UTC.
    private var isForPeople: Bool { format == .table || format == .markdown }

    private func text(_ report: DiagnosisReport, _ clock: DiagnosisReport.Clock, isTerminal: Bool) -> String {
        switch format {
        case .table:
            return report.terminal(clock, colored: color.isColored(isTerminal: isTerminal))
        case .json: return report.json.pretty + "\n"
        case .ndjson: return report.jsonLines.map { $0 + "\n" }.joined()
        case .csv: return report.table.csv
        case .tsv: return report.table.tsv
        case .markdown: return report.markdown(clock)
        }
    }

    /// What machine formats cannot say beside the findings goes to standard error.
    private func warn(_ report: DiagnosisReport) {
        for warning in report.warnings(includingNotes: format != .table && format != .json) {
            StandardError.write("roadblock: \(warning)\n")
        }
    }
}
