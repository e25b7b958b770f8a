import Inputs
import Packets
import RoadblockCore

/// The loop over the packets of all inputs.
struct PacketListing: ~Copyable {
    private var filter: DisplayFilter
    private var printer: PacketPrinter
    private var dissection: PacketDissection
    private let profile: WiresharkProfile
    private let depth: AnalysisDepth
    private let needsRecord: Bool
    /// True where every packet has to be taken: one that was passed over may count for a later one.
    private let looksAround: Bool
    private var limit: Int
    /// Packets up to this number were listed already.
    private var listed = 0
    /// Where frames are printed that are selected without being decoded, if they are.
    private var lines: NumberLines
    /// Where the selected packets themselves are written, if anywhere.
    private let copy: CaptureCopy?
    /// What is to be said about the inputs, once they have been read.
    private(set) var warnings: [String] = []

    /// A listing of the packets that a filter selects; of all that a packet says only what is asked for is read.
    static func make(
        filter: consuming DisplayFilter,
        printer: consuming PacketPrinter,
        profile: WiresharkProfile,
        limit: Int?,
        copy: CaptureCopy?
    ) -> PacketListing {
        let depth = max(filter.analysisDepth, printer.analysisDepth)
        var applications = filter.applications
        applications.formUnion(printer.applications)
        let isTracking = filter.needsTracking || printer.needsTracking
        let needsRecord = filter.needsRecord || printer.needsRecord
        let dissection = PacketDissection(
            profile: profile,
            depth: depth,
            applications: applications,
            isTracking: isTracking
        )
        return PacketListing(
            filter: filter,
            printer: printer,
            dissection: dissection,
            profile: profile,
            depth: depth,
            needsRecord: needsRecord,
            looksAround: isTracking || needsRecord || !applications.isEmpty,
            limit: limit ?? .max,
            lines: NumberLines(capacity: 0),
            copy: copy
        )
    }

    /// Plain assignments only: Swift 6.3, optimizing, destroys a stored property before its first value where an initializer
    /// of a type that cannot be copied works between them.
    private init(
        filter: consuming DisplayFilter,
        printer: consuming PacketPrinter,
        dissection: consuming PacketDissection,
        profile: WiresharkProfile,
        depth: AnalysisDepth,
        needsRecord: Bool,
        looksAround: Bool,
        limit: Int,
        lines: consuming NumberLines,
        copy: CaptureCopy?
    ) {
        self.filter = filter
        self.printer = printer
        self.dissection = dissection
        self.profile = profile
        self.depth = depth
        self.needsRecord = needsRecord
        self.looksAround = looksAround
        self.limit = limit
        self.lines = lines
        self.copy = copy
    }

    /// Lists the packets of some inputs.
    mutating func run(_ inputs: [CaptureInput], _ writer: OutputWriter) throws(Failure) {
        printer.begin(&writer.buffer)
        let capture = try PacketListing.open(inputs)
        if !looksAround, filter.selectsRepeatedSYNs, !printer.namesStreams, capture.arePlainFiles {
            try listRepeatedSYNs(capture, inputs, writer)
        } else if !looksAround, depth == .none, filter.flagScreen.isUseful {
            takeNumbers()
            var screen = filter.flagScreen
            try listAll(capture, inputs, &screen, writer)
        } else {
            var screen = OpenScreen()
            try listAll(capture, inputs, &screen, writer)
        }
        printer.end(&writer.buffer)
    }

    private static func open(_ inputs: [CaptureInput]) throws(Failure) -> MergedCapture {
        try MergedCapture(
            inputs.map { input in (input.name, { () throws(Failure) -> any ByteSource in try input.open() }) }
        )
    }

    /// Prints numbers of frames without decoding them, where flags alone select them and nothing else is printed.
    private mutating func takeNumbers() {
        guard filter.flagScreen.isExact, printer.printsNumbersAlone, copy == nil else { return }
        lines = NumberLines()
    }

    /// Lists repeated SYNs in one look at the files where they can be told without the analysis; otherwise in two, of which
    /// the second analyses the conversations in which there may be one.
    private mutating func listRepeatedSYNs(
        _ capture: MergedCapture,
        _ inputs: [CaptureInput],
        _ writer: OutputWriter
    ) throws(Failure) {
        let isJudging = filter.asksRepetitionAlone && !printer.asksAnalysis && copy == nil
        var screen = RepeatedSYNs.make(profile: profile, flags: filter.flagScreen, isJudging: isJudging)
        if isJudging { takeNumbers() }
        dissection = PacketDissection(profile: profile, depth: .none)
        let read = try list(capture, &screen, writer)
        if let number = screen.firstUnjudged {
            listed = number - 1
            // What a file grew by in the meantime was not looked at.
            limit = min(limit, read)
            lines = NumberLines(capacity: 0)
            dissection = PacketDissection(profile: profile, depth: depth)
            var wanted = screen.wanted()
            try listAll(PacketListing.open(inputs), inputs, &wanted, writer)
        } else {
            conclude(capture, inputs)
        }
    }

    /// Lists a capture from its first packet to its last.
    private mutating func listAll<Screen: FrameScreen & ~Copyable>(
        _ capture: MergedCapture,
        _ inputs: [CaptureInput],
        _ screen: inout Screen,
        _ writer: OutputWriter
    ) throws(Failure) {
        try copy?.begin(capture)
        _ = try list(capture, &screen, writer)
        try copy?.end(capture)
        conclude(capture, inputs)
    }

    /// Lists what a screen and the filter select of the packets that are left; how many packets there were.
    private mutating func list<Screen: FrameScreen & ~Copyable>(
        _ capture: MergedCapture,
        _ screen: inout Screen,
        _ writer: OutputWriter
    ) throws(Failure) -> Int {
        let isWatched = writer.isTerminal
        var read = 0
        while read < limit {
            let skipped = try screen.skip(in: capture, atMost: limit - read, &lines)
            lines.move(to: &writer.buffer)
            dissection.skip(skipped)
            read += skipped.count
            guard read < limit, let (frame, input) = try capture.next() else { break }
            read += 1
            if needsRecord { dissection.facts.record = capture.record(of: frame, input: input) }
            let isSelected = try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                guard !screen.passesOver(frame, bytes) else {
                    dissection.skip(frame)
                    return false
                }
                return select(frame, bytes, &screen, &writer.buffer)
            }
            if isSelected {
                dissection.display()
                try copy?.append(frame, input, of: capture)
            }
            if isWatched { try writer.flush() } else { try writer.flushIfFull() }
        }
        return read
    }

    /// Says what is to be said about the inputs once they have been read.
    private mutating func conclude(_ capture: MergedCapture, _ inputs: [CaptureInput]) {
        warnings += filter.notes + dissection.notices
        for (index, input) in inputs.enumerated() {
            input.close()
            let outcome = capture.outcome(index)
            warnings += outcome.notes.map { note in
                // Some notes name the input themselves.
                note.hasPrefix(outcome.name) ? note : "\(outcome.name): \(note)"
            }
        }
    }

    /// Decodes a frame, and prints it where the screen and the filter select it.
    @inline(__always)
    private mutating func select<Screen: FrameScreen & ~Copyable>(
        _ frame: Frame,
        _ bytes: borrowing RawSpan,
        _ screen: inout Screen,
        _ text: inout [UInt8]
    ) -> Bool {
        guard let joined = dissection.dissect(frame, bytes) else { return print(bytes, &screen, &text) }
        return joined.withRawBytes { print($0, &screen, &text) }
    }

    @inline(__always)
    private mutating func print<Screen: FrameScreen & ~Copyable>(
        _ bytes: borrowing RawSpan,
        _ screen: inout Screen,
        _ text: inout [UInt8]
    ) -> Bool {
        guard screen.takes(dissection.packet, dissection.facts),
            filter.selects(dissection.packet, bytes, dissection.facts)
        else { return false }
        // What was listed before is selected again, so that times count from it.
        if dissection.facts.number > listed { printer.append(dissection.packet, bytes, dissection.facts, to: &text) }
        return true
    }
}
