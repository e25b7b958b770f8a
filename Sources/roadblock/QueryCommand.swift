import ArgumentParser
import Charts
import Columns
import Diagnosis
import Inputs
import LogFormats
import Names
import Query
import RoadblockCore

/// `roadblock query 'QUERY' SOURCE...`: Logs Insights queries over logs and captures.
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Answer a CloudWatch Logs Insights query from log files or captures.",
        discussion: """
            Reads VPC flow logs (default and custom formats), logs of other AWS services (--list-formats), JSON lines and \
            other text; plain, gzip or zstd; also the JSON that `aws logs filter-log-events` prints.

            Of captures the rows are packets, with Wireshark's field names, or with --table conversations what \
            `roadblock conversations` lists. What is true is 1, what is false 0; a label such as \
            tcp.analysis.retransmission is 1 where it is set and missing elsewhere. Where a field has several values, as \
            ip.addr, tcp.port and the fields of tunnels and answers do, a condition holds when it does for any of them: \
            tcp.port = 443, ip.addr in ["10.0.0.1", "10.0.0.2"]; and !=, not in and not like hold when none is equal, \
            listed or alike. Printed, sorted and grouped they are one text with commas between, as tshark's -T fields has \
            them.

            EXAMPLES
              roadblock query 'filter action = "REJECT" | stats count(*) as n by srcAddr, dstPort | sort n desc' logs/
              roadblock query 'stats sum(bytes) by bin(5m)' flow.log.gz -o chart --time-zone local
              zcat app.json.gz | roadblock query 'filter level = "ERROR" | fields msg' -
              roadblock query 'filter tcp.analysis.retransmission and tcp.flags.syn = 1 | stats count(*) by ip.dst' c.pcap
              roadblock query 'filter verdict = "dropped" | stats count(*) by server' --table conversations c.pcap
            """
    )

    /// How the rows are written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, ndjson, csv, tsv, markdown, chart
        case insightsJSON = "insights-json"
    }

    /// How names and refusals are handled.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case strict, lenient
    }

    @Argument(help: "The query, unless -f names a file; then what to read: files, directories, quoted patterns, or -.")
    var arguments: [String] = []

    @OptionGroup var logs: LogOptions

    @OptionGroup var captures: CaptureTableOptions

    @OptionGroup var owners: OwnerOptions

    @OptionGroup var snapshot: SnapshotOptions

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("file")],
        help: ArgumentHelp("Read the query from a file; - is standard input.", valueName: "path")
    )
    var queryFile: String?

    @Option(help: ArgumentHelp("A table of `lookup` and `cidrlookup`: CSV with a header line.", valueName: "name=file"))
    var lookup: [String] = []

    @Option(
        help: ArgumentHelp("Queries that are called as $NAME(…): a directory of NAME.cwli files.", valueName: "dir")
    )
    var savedQueries: String?

    @Option(name: [.customShort("o", allowingJoined: true), .customLong("output")], help: "How the rows are written.")
    var format: Format = .table

    @Option(help: "How a chart is drawn; by default as its rows suggest.")
    var chart: ChartKind?

    @Option(help: "When to use colour.")
    var color: ReportOptions.ColorChoice = .auto

    @Option(help: ArgumentHelp("Write the rows to a file.", valueName: "path"))
    var outputFile: String?

    @Option(help: "strict: as CloudWatch, names in the wrong case are blank; lenient: they are resolved.")
    var mode: Mode = .lenient

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only rows from this time on: ISO 8601, epoch seconds, or -3h. Rows without a time are left out.",
            valueName: "time"
        )
    )
    var start: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Only rows up to this time.", valueName: "time"))
    var end: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("What `now` means.", valueName: "time"))
    var asOf: String?

    @Option(
        help: ArgumentHelp("The time zone of times in tables and charts: local, UTC, or a name.", valueName: "zone")
    )
    var timeZone: String = "UTC"

    @Flag(help: "Print how the query was read, and stop.")
    var explain = false

    @Flag(help: "Say on standard error what was read.")
    var stats = false

    @Flag(help: "List the names that --format takes.")
    var listFormats = false

    @Flag(
        help: """
            Print the help on the query language: an overview, or what a command, an operator or a function does, with \
            an example and its output. With -o markdown: the manual.
            """
    )
    var helpLanguage = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    @Flag(help: "Show no progress.")
    var noProgress = false

    func validate() throws {
        guard chart == nil || format == .chart else { throw ValidationError("--chart goes with -o chart") }
        guard !helpLanguage || format == .table || format == .markdown else {
            throw ValidationError("--help-language is text, or with -o markdown the manual")
        }
        guard !listFormats || format == .table else { throw ValidationError("--list-formats is text") }
        guard !explain || format == .table else { throw ValidationError("--explain is text") }
    }

    func run() throws {
        let began = ContinuousClock.now
        if listFormats { return try printFormats() }
        if helpLanguage {
            let output = try OutputWriter(path: outputFile)
            try output.write(try format == .markdown ? LanguageManual.page() : LanguageManual.text(of: arguments))
            return try output.finish()
        }
        let (written, sources) = try queryAndSources()
        let text = try saved().expanded(written)
        let syntax = try QuerySyntax(parsing: text)
        let plan = try QueryPlan(syntax)
        var settings = try querySettings()
        settings.zones = try zones(of: syntax)
        let zone = try timeZone == "UTC" ? nil : SystemZone(named: timeZone)
        let derived = try derivedFields()
        let reading = try QueryReading(sources, logs, captures, quiet: quiet)
        settings.sources = QuerySources(reading.names) { names throws(Failure) in
            derived.rows(of: try reading.open(names))
        }
        let source = try reading.open(try plan.groups(among: reading.names, settings))
        if source.isSequential { settings.workers = 1 }
        let rows = derived.rows(of: source)
        if explain {
            let explanation = try QueryRun.explain(plan, rows.fields, settings)
            let output = try OutputWriter(path: outputFile)
            try output.write(PlanPrinter(explanation, reading.sources, settings).text)
            return try output.finish()
        }
        if plan.isEstimate { return try printEstimate(reading, plan, rows.fields, settings) }
        let notices = try QueryRun.check(plan, rows.fields, settings)
        if !quiet { for notice in notices { say(notice, text) } }
        let result = try QueryRun.run(plan, rows.fields, rows.table, settings)
        if reading.sources.contains(where: { $0.names.contains("-") }) { ProcessSignals.endInput() }
        if !quiet { for notice in result.notices { say(notice, text) } }
        let writer = ResultWriter(result, reading.statistics) { milliseconds in
            zone?.offsetSeconds(at: Instant(milliseconds: milliseconds)) ?? 0
        }
        try write(writer, plan, zone)
        if !quiet { warn(reading, result, plan) }
        if stats { sayStatistics(reading, result, seconds: (ContinuousClock.now - began) / .seconds(1)) }
    }

    /// The query's text and what is to be read: the first argument is the query unless a file has it.
    private func queryAndSources() throws(Failure) -> (String, [String]) {
        if let queryFile { return (try LogOptions.text(queryFile), arguments) }
        guard let query = arguments.first else {
            throw Failure(
                .usage,
                "no query was given",
                suggestion: "roadblock query 'stats count(*) by action' flow.log"
            )
        }
        return (query, Array(arguments.dropFirst()))
    }

    private func lookups() throws(Failure) -> [String: LookupTable] {
        var tables: [String: LookupTable] = [:]
        for text in lookup {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Failure(.usage, "--lookup takes NAME=FILE.csv, found `\(text)`")
            }
            let source = try FileSource(path: parts[1])
            let bytes = try WholeFile.read(name: parts[1], source: source, limit: LookupTable.byteLimit)
            guard tables.updateValue(try LookupTable(parts[0], csv: bytes), forKey: parts[0]) == nil else {
                throw Failure(.usage, "the lookup table `\(parts[0])` is given twice")
            }
        }
        return tables
    }

    /// The queries that may be called by name.
    private func saved() throws(Failure) -> SavedQueries {
        var saved = SavedQueries()
        guard let savedQueries else { return saved }
        let paths = try SourcePaths.files([savedQueries], holding: "no NAME.cwli files", quiet: quiet) {
            $0.hasSuffix(".cwli")
        }
        for path in paths {
            let name = path.split(separator: "/").last.map { String($0.dropLast(5)) } ?? path
            try saved.add(name, try LogOptions.text(path))
        }
        return saved
    }

    /// The fields that owners and a snapshot add.
    private func derivedFields() throws(Failure) -> DerivedFields {
        var known = DerivedFields()
        if let table = try owners.load() {
            known.addOwners(table)
            if !quiet { for note in table.notes { StandardError.write("roadblock: \(note)\n") } }
        }
        if !snapshot.files.isEmpty {
            let (answers, warnings) = try snapshot.read()
            known.addTags(answers)
            if !quiet { for warning in warnings { StandardError.write("roadblock: \(warning)\n") } }
        }
        return known
    }

    /// What the query would read, as a row.
    private func printEstimate(
        _ reading: QueryReading,
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ settings: QuerySettings
    ) throws {
        // What is wrong with the query is told here, and not only when it runs.
        let notices = try QueryRun.check(plan, fields, settings)
        if !quiet { for notice in notices { say(notice, plan.text) } }
        let names = reading.sources.flatMap(\.names)
        let estimate = QuerySource.estimate(names)
        let result = QuerySource.estimate(bytes: estimate.bytes, inputs: names.count)
        if !quiet { for note in estimate.notes { StandardError.write("roadblock: \(note)\n") } }
        try write(ResultWriter(result, ScanStatistics()) { _ in 0 }, plan, nil)
    }

    /// The time zones that the query's functions name, from the system's database.
    private func zones(of query: QuerySyntax) throws(Failure) -> [String: ZoneOffsets] {
        var zones: [String: ZoneOffsets] = [:]
        for (name, span) in query.zones where zones[name] == nil {
            do throws(Failure) {
                let zone = try SystemZone(named: name)
                zones[name] = ZoneOffsets(zone.changes().map { ($0.start * 1000, $0.seconds) })
            } catch {
                throw query.unknownZone(span, suggestion: error.suggestion)
            }
        }
        return zones
    }

    private func querySettings() throws(Failure) -> QuerySettings {
        let clock = SystemClock.milliseconds
        let now =
            try asOf.map { text throws(Failure) in
                try TimeArgument.milliseconds(text, "--as-of", now: clock)
            } ?? clock
        var settings = QuerySettings(now: now >= 0 ? now / 1000 : 0)
        if let start { settings.start = try TimeArgument.milliseconds(start, "--start", now: now) }
        if let end { settings.end = try TimeArgument.milliseconds(end, "--end", now: now) }
        if let start = settings.start, let end = settings.end, start > end {
            throw Failure(.usage, "--start lies behind --end")
        }
        settings.isStrict = mode == .strict
        settings.pointsAtEvents = format == .insightsJSON
        settings.lookups = try lookups()
        return settings
    }

    private func printFormats() throws {
        let output = OutputWriter()
        let width = RecordFormat.named.map(\.name.count).max() ?? 0
        for (name, meaning) in RecordFormat.named {
            try output.write(name + String(repeating: " ", count: width - name.count + 2) + meaning + "\n")
        }
        try output.finish()
    }

    private func write(_ writer: ResultWriter, _ plan: QueryPlan, _ zone: SystemZone?) throws {
        let output = try OutputWriter(path: outputFile)
        switch format {
        case .table: try writer.writeTable(to: output)
        case .json: try writer.writeJSON(to: output)
        case .ndjson: try writer.writeJSONLines(to: output)
        case .insightsJSON: try writer.writeInsightsJSON(to: output)
        case .csv: try output.write(writer.machineTable.csv)
        case .tsv: try output.write(writer.machineTable.tsv)
        case .markdown: try output.write(writer.table.markdown)
        case .chart:
            let paper = ChartPaper(output, color, zone, named: timeZone)
            try output.write(try ChartWriter(writer.result, plan, paper).text(chart))
        }
        try output.finish()
    }

    /// A notice with the query and a caret under its place.
    private func say(_ notice: QueryNotice, _ text: String) {
        let failure = Failure(.usage, notice.message, place: .init(text: text, span: notice.span))
        StandardError.write("roadblock: \(failure.rendered)\n")
    }

    private func warn(_ reading: QueryReading, _ result: ResultTable, _ plan: QueryPlan) {
        if plan.ranks, result.hasHyphen {
            let isFlowLog = reading.sources.contains { $0.fields.contains("logStatus") }
            let what = isFlowLog ? "flow logs have without data" : "logs have in the place of a value"
            let hint =
                isFlowLog ? "`filter logStatus = \"OK\"` leaves them out" : "`filter FIELD != \"-\"` leaves it out"
            StandardError.write("roadblock: `-` is what \(what), and ranks as a text: \(hint)\n")
        }
        if let found = result.foundBeforeLimit {
            let most = "without `limit` a query gives the first \(QueryPlan.defaultLimit)"
            StandardError.write("roadblock: \(found) rows were found, \(most): `limit 100000` gives more\n")
        }
        for warning in reading.warnings { StandardError.write("roadblock: \(warning)\n") }
        for note in result.notes { StandardError.write("roadblock: \(note)\n") }
        if result.hitRegexLimit {
            StandardError.write("roadblock: a regular expression was given up in some rows, which count as no match\n")
        }
    }

    /// What CloudWatch takes for a gigabyte that is scanned, in us-east-1; other regions differ.
    private static let dollarsPerGigabyte = 0.005

    private func sayStatistics(_ reading: QueryReading, _ result: ResultTable, seconds: Double) {
        let statistics = reading.statistics
        // Files are read whole: none is skipped for what it holds.
        let files = reading.sources.flatMap(\.names).count
        let price = Double(statistics.bytes) / 1e9 * QueryCommand.dollarsPerGigabyte
        StandardError.write(
            "roadblock: \(result.matched) records matched, \(statistics.records) records scanned, "
                + "\(statistics.bytes) bytes scanned, \(files) files read, 0 files skipped, \(fixed(seconds, 3)) s; "
                + "CloudWatch would charge $\(fixed(price, 6)) ($\(QueryCommand.dollarsPerGigabyte) for a gigabyte in "
                + "us-east-1)\n"
        )
    }
}
