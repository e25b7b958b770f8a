import ArgumentParser
import Diagnosis
import Inputs
import Packets
import RoadblockCore

/// `roadblock conversations CAPTURE...`: one row for each conversation.
struct ConversationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversations",
        abstract: "List TCP, UDP and ICMP echo conversations: who, how much, how it ended, and the verdict.",
        discussion: """
            A conversation is what Wireshark calls a stream. `state` and `history` are Zeek's codes, `verdict` is what \
            `diagnose` says of it. Times are in seconds, bytes are those of whole frames.

            With -Y, as with tshark's `-z conv,tcp,FILTER`, conversations with a packet that matches are listed, and \
            packets, bytes, start and duration are those of the packets that match. Stream, state, history, \
            completeness, SYNs, retransmissions, initial RTT and verdict are always those of the whole conversation.

            Of several sources, a packet that two of them show is counted once. IP fragments are not put together. \
            Rows come in the order of their start when the input has ended; when there are more than \
            \(ConversationList.limit) conversations, those that have been silent longest come before the others.

            EXAMPLES
              roadblock conversations capture.pcapng
              roadblock conversations capture.pcapng -Y 'tcp.dstport == 443' -o csv
              roadblock conversations ring/ -o ndjson | jq 'select(.verdict == "dropped")'
            """
    )

    @OptionGroup var sources: CaptureSources

    @Option(
        name: .customShort("Y", allowingJoined: true),
        parsing: .unconditional,
        help: ArgumentHelp("Only conversations with a packet that this display filter selects.", valueName: "filter")
    )
    var filter: String = ""

    @Option(name: [.customShort("o", allowingJoined: true), .customLong("output")], help: "How the list is written.")
    var format: ReportOptions.Format = .table

    @Option(
        name: .customShort("c", allowingJoined: true),
        help: ArgumentHelp("Stop after reading so many packets.", valueName: "n")
    )
    var count: Int?

    @Flag(name: .customShort("n"), help: "Look up no names: that is how it always is.")
    var numeric = false

    @Option(help: ArgumentHelp("The version whose rules are followed: 4.0, 4.2, 4.4 or 4.6.", valueName: "version"))
    var wireshark: WiresharkProfile = .v44

    @Option(help: ArgumentHelp("The time zone of times for people: local, UTC, or a name.", valueName: "zone"))
    var timeZone: String = "UTC"

    @Option(help: ArgumentHelp("Write to a file.", valueName: "path"))
    var outputFile: String?

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    @Flag(help: "Show no progress.")
    var noProgress = false

    func validate() throws {
        if let count, count < 1 { throw ValidationError("-c takes a number from 1 on") }
    }

    func run() throws {
        let inputs = try sources.resolve(quiet: quiet)
        let zone = try timeZone == "UTC" ? nil : SystemZone(named: timeZone)
        let filter = try DisplayFilter(filter, profile: wireshark, zone: SystemZone())
        try filter.checkHeadersSuffice()
        let writer = try OutputWriter(path: outputFile)
        var printer = ConversationPrinter(format, zone)
        var lister = ConversationLister(filter: filter, profile: wireshark, inputCount: inputs.count)
        let warnings = try list(&lister, inputs, &printer, writer)
        try writer.finish()
        if !quiet { for warning in warnings { StandardError.write("roadblock: \(warning)\n") } }
    }

    /// Reads all inputs and writes their conversations.
    ///
    /// - Returns: what is to be said about the inputs.
    private func list(
        _ lister: inout ConversationLister,
        _ inputs: [CaptureInput],
        _ printer: inout ConversationPrinter,
        _ writer: OutputWriter
    ) throws(Failure) -> [String] {
        let capture = try MergedCapture(
            inputs.map { input in (input.name, { () throws(Failure) -> any ByteSource in try input.open() }) }
        )
        var progress = Progress(isShown: !quiet && !noProgress, total: inputs.compactMap(\.size).reduce(0, +))
        let limit = count ?? .max
        var read = 0
        printer.begin(&writer.buffer)
        var shown = 0
        while read < limit {
            read &+= try lister.receivePlain(capture, atMost: limit &- read)
            if !lister.finished.isEmpty { try write(&lister, &printer, writer) }
            guard read < limit, let (frame, input) = try capture.next() else { break }
            read &+= 1
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                lister.receive(bytes, frame, input: input)
            }
            if !lister.finished.isEmpty { try write(&lister, &printer, writer) }
            if read >> 16 > shown {
                shown = read >> 16
                progress.show(frames: read, bytes: capture.bytesConsumed)
            }
        }
        progress.end()
        lister.finish()
        try write(&lister, &printer, writer)
        printer.end(&writer.buffer)
        var warnings = lister.notes
        for (index, input) in inputs.enumerated() {
            input.close()
            let outcome = capture.outcome(index)
            // Some notes name the input themselves.
            warnings += outcome.notes.map { $0.hasPrefix(outcome.name) ? $0 : "\(outcome.name): \($0)" }
            if let note = lister.unreadableNote(input: index) { warnings.append("\(outcome.name): \(note)") }
        }
        return warnings
    }

    private func write(
        _ lister: inout ConversationLister,
        _ printer: inout ConversationPrinter,
        _ writer: OutputWriter
    ) throws(Failure) {
        printer.prepare(lister.finished)
        for index in lister.finished.indices {
            printer.append(lister.finished[index], to: &writer.buffer)
            try writer.flushIfFull()
        }
        lister.drain()
    }
}
