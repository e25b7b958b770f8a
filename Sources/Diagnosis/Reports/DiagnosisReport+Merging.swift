import Packets

extension DiagnosisReport {
    /// One report of several, each of which read a part of the inputs.
    ///
    /// `places` gives the ordinal of each of a part's inputs among all of them; together they are 0, 1, 2 and so on.
    package static func merging(_ parts: [(report: DiagnosisReport, places: [Int])], limit: Int) -> DiagnosisReport {
        var inputs: [(place: Int, input: Input, notes: [String])] = []
        var whole = Diagnosis(
            findings: [],
            conversations: 0,
            healthy: 0,
            unjudged: 0,
            overflow: 0,
            facts: CaptureFacts(),
            notes: []
        )
        for (report, places) in parts {
            let diagnosis = report.diagnosis
            for (index, place) in places.enumerated() where report.inputs.indices.contains(index) {
                let notes = diagnosis.notes.indices.contains(index) ? diagnosis.notes[index] : []
                inputs.append((place, report.inputs[index], notes))
            }
            whole.findings += diagnosis.findings.map { $0.moved(to: places) }
            whole.conversations += diagnosis.conversations
            whole.healthy += diagnosis.healthy
            whole.unjudged += diagnosis.unjudged
            whole.overflow += diagnosis.overflow
            whole.facts.evictedConversations += diagnosis.facts.evictedConversations
            whole.unlisted.add(diagnosis.unlisted)
        }
        whole.findings.sort { $0.rank < $1.rank }
        for index in whole.findings.indices { whole.findings[index].id = index + 1 }
        inputs.sort { $0.place < $1.place }
        whole.notes = inputs.map(\.notes)
        return DiagnosisReport(inputs: inputs.map(\.input), diagnosis: whole, limit: limit)
    }
}

extension Diagnosis.Unlisted {
    fileprivate mutating func add(_ other: Self) {
        findings += other.findings
        conversations.blocked += other.conversations.blocked
        conversations.refused += other.conversations.refused
        conversations.undecided += other.conversations.undecided
        conversations.noise += other.conversations.noise
        conversations.scanning += other.conversations.scanning
        conversations.lossy += other.conversations.lossy
        hasBlocked = hasBlocked || other.hasBlocked
        hasUndecided = hasUndecided || other.hasUndecided
    }
}

extension Finding {
    /// The finding with its inputs under other ordinals.
    fileprivate func moved(to places: [Int]) -> Finding {
        func place(_ index: Int) -> Int { places.indices.contains(index) ? places[index] : index }
        var finding = self
        for index in finding.evidence.indices {
            let input = place(Int(finding.evidence[index].reference.input))
            finding.evidence[index].reference.input = UInt16(clamping: input)
        }
        if let lost = finding.lostBetween {
            finding.lostBetween = LostBetween(
                last: lost.last.map(place),
                missing: lost.missing.map(place),
                isReply: lost.isReply
            )
        }
        return finding
    }
}
