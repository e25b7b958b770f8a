import Inputs
import ArgumentParser
import Packets
import RoadblockCore

/// `roadblock packets CAPTURE...`: the packets that a display filter selects.
struct PacketsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packets",
        abstract: "List packets with TCP analysis, selected by a Wireshark display filter.",
        discussion: """
            The options mean what they mean in tshark. Put the filter in single quotes.

            EXAMPLES
              roadblock packets capture.pcap -Y 'tcp.analysis.retransmission && tcp.flags.syn == 1'
              roadblock packets capture.pcap -Y 'icmp.type == 3' -T fields -e frame.number -e ip.src
              roadblock packets capture.pcap -Y 'tcp.flags.reset == 1' -o csv
            """
    )

    @OptionGroup var sources: CaptureSources

    @Option(
        name: .customShort("Y", allowingJoined: true),
        parsing: .unconditional,
        help: ArgumentHelp("Only packets that this display filter selects.", valueName: "filter")
    )
    var filter: String = ""

    @OptionGroup var columns: ColumnOptions

    @Option(
        name: .customShort("c", allowingJoined: true),
        help: ArgumentHelp("Stop after reading so many packets.", valueName: "n")
    )
    var count: Int?

    @Option(
        name: .customShort("t", allowingJoined: true),
        help: ArgumentHelp(
            "The time column: r since the first packet, d since the previous, dd since the previous shown, a or ad "
                + "local time, u or ud UTC (ad, ud with the date), e seconds since 1970.",
            valueName: "format"
        )
    )
    var time: TimeColumn?

    @Flag(name: .customShort("n"), help: "Look up no names: that is how it always is.")
    var numeric = false

    @Option(help: ArgumentHelp("The version whose rules are followed: 4.0, 4.2, 4.4 or 4.6.", valueName: "version"))
    var wireshark: WiresharkProfile = .v44

    @Option(help: ArgumentHelp("Write to a file.", valueName: "path"))
    var outputFile: String?

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    func validate() throws {
        if let count, count < 1 { throw ValidationError("-c takes a number from 1 on") }
    }

    func run() throws {
        let inputs = try sources.resolve()
        let zone = SystemZone()
        let filter = try DisplayFilter(filter, profile: wireshark, zone: zone)
        let printer = try PacketPrinter(columns, time, wireshark, zone)
        let writer = try OutputWriter(path: outputFile)
        var listing = PacketListing(filter: filter, printer: printer, profile: wireshark, limit: count)
        do {
            try listing.run(inputs, writer)
        } catch {
            // What was listed before a failure stays useful.
            if !error.isBrokenPipe, outputFile == nil { try? writer.flush() }
            throw error
        }
        try writer.finish()
        if !quiet { listing.warnings.forEach { StandardError.write("roadblock: \($0)\n") } }
    }
}

extension WiresharkProfile: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public static var allValueStrings: [String] { ["4.0", "4.2", "4.4", "4.6"] }

    public var defaultValueDescription: String { WiresharkProfile.allValueStrings[rawValue] }
}

/// The loop over the packets of all inputs.
struct PacketListing: ~Copyable {
    private var filter: DisplayFilter
    private var printer: PacketPrinter
    private var dissection: PacketDissection
    private let limit: Int
    /// What is to be said about the inputs, once they have been read.
    private(set) var warnings: [String] = []

    init(
        filter: consuming DisplayFilter,
        printer: consuming PacketPrinter,
        profile: WiresharkProfile,
        limit: Int?
    ) {
        var applications = filter.applications
        applications.formUnion(printer.applications)
        dissection = PacketDissection(
            profile: profile,
            depth: max(filter.analysisDepth, printer.analysisDepth),
            applications: applications
        )
        self.filter = filter
        self.printer = printer
        self.limit = limit ?? .max
    }

    mutating func run(_ inputs: [CaptureInput], _ writer: OutputWriter) throws(Failure) {
        let capture = try MergedCapture(
            inputs.map { input in (input.name, { () throws(Failure) -> any ByteSource in try input.open() }) }
        )
        let isWatched = writer.isTerminal
        printer.begin(&writer.buffer)
        var read = 0
        while read < limit, let (frame, input) = try capture.next() {
            read += 1
            let isSelected = try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                select(frame, bytes, &writer.buffer)
            }
            guard isSelected else { continue }
            dissection.display()
            if isWatched { try writer.flush() } else { try writer.flushIfFull() }
        }
        printer.end(&writer.buffer)
        warnings += dissection.notices
        for (index, input) in inputs.enumerated() {
            input.close()
            let outcome = capture.outcome(index)
            warnings += outcome.notes.map { note in
                // Some notes name the input themselves.
                note.hasPrefix(outcome.name) ? note : "\(outcome.name): \(note)"
            }
        }
    }

    /// Decodes a frame, and prints it where the filter selects it.
    @inline(__always)
    private mutating func select(_ frame: Frame, _ bytes: borrowing RawSpan, _ text: inout [UInt8]) -> Bool {
        guard let joined = dissection.dissect(frame, bytes) else { return print(bytes, &text) }
        return joined.withRawBytes { print($0, &text) }
    }

    @inline(__always)
    private mutating func print(_ bytes: borrowing RawSpan, _ text: inout [UInt8]) -> Bool {
        guard filter.selects(dissection.packet, bytes, dissection.facts) else { return false }
        printer.append(dissection.packet, bytes, dissection.facts, to: &text)
        return true
    }
}
