package import RoadblockCore

/// A compiled display filter: one flat program that is run for every packet without allocating.
package struct DisplayFilter: ~Copyable {
    /// What the filter asks of the TCP analysis.
    package let analysisDepth: AnalysisDepth
    /// What the filter asks of the protocols above the transport.
    package let applications: ApplicationFieldSet
    private let program: FilterProgram
    private var words = WordList()

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
            program = FilterProgram(.constant(true))
            analysisDepth = .none
            applications = ApplicationFieldSet()
            return
        }
        var checker = FilterChecker(profile: profile, zone: zone)
        program = FilterProgram(try checker.check(syntax))
        analysisDepth = checker.analysisDepth
        applications = checker.applications
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
