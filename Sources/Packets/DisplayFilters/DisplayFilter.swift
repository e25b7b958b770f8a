package import RoadblockCore

/// A compiled display filter: one flat program that is run for every packet without allocating.
package struct DisplayFilter: ~Copyable {
    /// True for a filter that selects every packet.
    package let selectsAll: Bool
    /// What the filter asks of the TCP analysis.
    package let analysisDepth: AnalysisDepth
    /// What the filter demands of plain TCP segments, without any analysis.
    package let flagScreen: FlagScreen
    /// True for a filter that selects retransmitted SYNs only, whatever the numbers of the streams.
    package let selectsRepeatedSYNs: Bool
    /// True where that label is all that the filter asks of the analysis.
    package let asksRepetitionAlone: Bool
    /// True when the facts of packets must be tracked.
    package let needsTracking: Bool
    /// True when the facts of packets must hold what the file says beside the bytes.
    package let needsRecord: Bool
    /// What the filter asks of the protocols above the transport.
    package let applications: ApplicationFieldSet
    private let program: FilterProgram
    private var words = WordList()

    /// The filter that selects every packet.
    package init() { self.init(.constant(true), FilterChecker(profile: .v44, zone: UTCZone())) }

    private init(_ predicate: Predicate, _ checker: FilterChecker) {
        if case .constant(true) = predicate { selectsAll = true } else { selectsAll = false }
        program = FilterProgram(predicate)
        analysisDepth = checker.analysisDepth
        needsTracking = checker.needsTracking
        needsRecord = checker.needsRecord
        applications = checker.applications
        let conditions = predicate.conditions
        let others = conditions.filter { !$0.demandsAnyRetransmission }
        asksRepetitionAlone = others.count < conditions.count && !others.contains { $0.asksAnalysis }
        flagScreen = FlagScreen(asksRepetitionAlone ? others : conditions)
        selectsRepeatedSYNs =
            flagScreen.demandsSYN && conditions.contains { $0.demandsRetransmission } && !checker.namesStreams
    }

    /// Compiles a filter's text.
    ///
    /// - Throws: `Failure` of kind `usage` that points at the place.
    package init(_ text: String, profile: WiresharkProfile, zone: any LocalZone = UTCZone()) throws(Failure) {
        do {
            try self.init(compiling: text, profile: profile, zone: zone)
        } catch {
            throw error.failure(in: text)
        }
    }

    /// Compiles a filter's text.
    package init(
        compiling text: String,
        profile: WiresharkProfile,
        zone: any LocalZone = UTCZone()
    ) throws(FilterError) {
        guard let syntax = try FilterParser.parse(text) else {
            self.init()
            return
        }
        var checker = FilterChecker(profile: profile, zone: zone)
        let predicate = try checker.check(syntax)
        self.init(predicate, checker)
    }

    /// What is to be said about the filter once packets have been read.
    package var notes: [String] {
        guard program.hasHitLimit else { return [] }
        return ["a regular expression of the filter took too many steps for some packets: these do not match"]
    }

    /// Refuses a filter that asks for what the file says beside the packets' bytes.
    ///
    /// - Throws: `Failure` of kind `usage`.
    package func checkHeadersSuffice() throws(Failure) {
        guard needsRecord else { return }
        throw Failure(
            .usage,
            "the filter names fields of the capture file, such as comments, which only `packets` reads",
            code: "unsupported-field"
        )
    }

    /// True for a packet that the filter selects.
    @inline(__always)
    package mutating func selects(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts
    ) -> Bool {
        program.run(bytes, packet, facts, &words)
    }
}
