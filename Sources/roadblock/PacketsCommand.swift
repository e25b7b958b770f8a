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
            -w writes pcapng, whatever the file is called, and nothing is printed then unless -P, -V, -T or -o asks for it.

            EXAMPLES
              roadblock packets capture.pcap -Y 'tcp.analysis.retransmission && tcp.flags.syn == 1'
              roadblock packets capture.pcap -Y 'icmp.type == 3' -T fields -e frame.number -e ip.src
              roadblock packets capture.pcap -Y 'tcp.flags.reset == 1' -o csv
              roadblock packets capture.pcap -Y 'frame.number == 7' -V
              roadblock packets client.pcap server.pcap -Y 'ip.addr == 10.0.2.9' -w some.pcapng
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
        name: .customShort("w", allowingJoined: true),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write the packets themselves to a pcapng file, or to standard output (-).",
            valueName: "path"
        )
    )
    var copyPath: String?

    @Flag(name: .customShort("P"), help: "Print the list also with -w.")
    var printsList = false

    @Option(
        name: .customShort("c", allowingJoined: true),
        parsing: .unconditional,
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
        if let count, count < 1 { throw ValidationError("-c takes a number of packets from 1 on, not \(count)") }
        guard let copyPath else { return }
        if copyPath.isEmpty { throw ValidationError("-w needs the name of a file, or - for standard output") }
        if copyPath == "-", !isSilent, outputFile == nil {
            throw ValidationError(
                "-w - and the list cannot both go to standard output. Give --output-file for the list"
            )
        }
        if isSilent, outputFile != nil {
            throw ValidationError("--output-file is for the list, and with -w there is none. Add -P, -V, -T or -o")
        }
        if copyPath == outputFile { throw ValidationError("-w and --output-file name the same file") }
    }

    /// True where only the packets themselves are written.
    private var isSilent: Bool { copyPath != nil && !printsList && !columns.isChosen }

    func run() throws {
        let inputs = try sources.resolve(quiet: quiet)
        let zone = SystemZone()
        let filter = try DisplayFilter(filter, profile: wireshark, zone: zone)
        let printer = try PacketPrinter(columns, isSilent: isSilent, time, wireshark, zone)
        let writer = try OutputWriter(path: outputFile)
        let copy = try copyPath.map { (path) throws(Failure) in try CaptureCopy(path: path) }
        var listing = PacketListing.make(
            filter: filter,
            printer: printer,
            profile: wireshark,
            limit: count,
            copy: copy
        )
        do {
            try listing.run(inputs, writer)
        } catch {
            // What was listed before a failure stays useful.
            if !error.isBrokenPipe, outputFile == nil { try? writer.flush() }
            throw error
        }
        try copy?.finish()
        try writer.finish()
        if !quiet { listing.warnings.forEach { StandardError.write("roadblock: \($0)\n") } }
    }
}

extension WiresharkProfile: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public static var allValueStrings: [String] { ["4.0", "4.2", "4.4", "4.6"] }

    public var defaultValueDescription: String { WiresharkProfile.allValueStrings[rawValue] }
}
