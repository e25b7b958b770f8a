import Inputs
import Packets
import RoadblockCore

/// The loop over the packets of all inputs.
struct PacketListing: ~Copyable {
    private var filter: DisplayFilter
    private var printer: PacketPrinter
    private var dissection: PacketDissection
    private let needsAnalysis: Bool
    private let needsRecord: Bool
    /// True where every packet has to be taken: one that was passed over may count for a later one.
    private let looksAround: Bool
    private var limit: Int
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
            needsAnalysis: depth > .none,
            needsRecord: needsRecord,
            looksAround: isTracking || needsRecord || !applications.isEmpty,
            limit: limit ?? .max,
            copy: copy
        )
    }

    /// Plain assignments only: Swift 6.3, optimizing, destroys a stored property before its first value where an initializer
    /// of a type that cannot be copied works between them.
    private init(
        filter: consuming DisplayFilter,
        printer: consuming PacketPrinter,
        dissection: consuming PacketDissection,
        needsAnalysis: Bool,
        needsRecord: Bool,
        looksAround: Bool,
        limit: Int,
        copy: CaptureCopy?
    ) {
        self.filter = filter
        self.printer = printer
        self.dissection = dissection
        self.needsAnalysis = needsAnalysis
        self.needsRecord = needsRecord
        self.looksAround = looksAround
        self.limit = limit
        self.copy = copy
    }

    /// Lists the packets of some inputs.
    mutating func run(_ inputs: [CaptureInput], _ writer: OutputWriter) throws(Failure) {
        printer.begin(&writer.buffer)
        let capture = try PacketListing.open(inputs)
        if !looksAround, filter.selectsRepeatedSYNs, !printer.namesStreams, capture.arePlainFiles,
            let scan = try? PacketListing.scan(capture, inputs, limit)
        {
            // What a file grew by in the meantime was not scanned.
            limit = min(limit, scan.frames)
            var screen = RepeatedSYNScreen(scan)
            try list(PacketListing.open(inputs), inputs, &screen, writer)
        } else if !looksAround, !needsAnalysis, filter.flagScreen.isUseful {
            var screen = filter.flagScreen
            try list(capture, inputs, &screen, writer)
        } else {
            var screen = OpenScreen()
            try list(capture, inputs, &screen, writer)
        }
        printer.end(&writer.buffer)
    }

    private static func open(_ inputs: [CaptureInput]) throws(Failure) -> MergedCapture {
        try MergedCapture(
            inputs.map { input in (input.name, { () throws(Failure) -> any ByteSource in try input.open() }) }
        )
    }

    /// Finds the conversations that may repeat a SYN.
    private static func scan(
        _ capture: MergedCapture,
        _ inputs: [CaptureInput],
        _ limit: Int
    ) throws(Failure) -> RepeatedSYNScan {
        var scan = RepeatedSYNScan(captureBytes: inputs.reduce(0) { $0 + ($1.size ?? 0) })
        let packet = Packet()
        while scan.frames < limit {
            scan.frames += try scan.skip(in: capture, atMost: limit - scan.frames).count
            guard scan.frames < limit, let (frame, input) = try capture.next() else { break }
            scan.frames += 1
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                guard !scan.passesOver(frame, bytes) else { return }
                Decoder().decode(frame, bytes, into: packet)
                scan.found.take(packet)
            }
        }
        return scan
    }

    private mutating func list<Screen: FrameScreen & ~Copyable>(
        _ capture: MergedCapture,
        _ inputs: [CaptureInput],
        _ screen: inout Screen,
        _ writer: OutputWriter
    ) throws(Failure) {
        let isWatched = writer.isTerminal
        try copy?.begin(capture)
        var read = 0
        while read < limit {
            let skipped = try screen.skip(in: capture, atMost: limit - read)
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
                return select(frame, bytes, &writer.buffer)
            }
            guard isSelected else { continue }
            dissection.display()
            try copy?.append(frame, input, of: capture)
            if isWatched { try writer.flush() } else { try writer.flushIfFull() }
        }
        try copy?.end(capture)
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
