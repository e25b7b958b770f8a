import Packets
package import RoadblockCore

extension DiagnosisReport {
    /// How times are written for people.
    package struct Clock: Sendable {
        /// The zone's name, as asked for.
        package var zone: String
        /// Seconds east of UTC at an instant.
        package var offset: @Sendable (Instant) -> Int

        package init(zone: String, offset: @escaping @Sendable (Instant) -> Int) {
            self.zone = zone
            self.offset = offset
        }

        package static let utc = Clock(zone: "UTC") { _ in 0 }

        /// `From … to … UTC`, or `At … UTC`.
        func period(_ first: Instant, _ last: Instant) -> String {
            let (from, to) = (text(first), text(last))
            return from == to ? "At \(from) \(zone)" : "From \(from) to \(to) \(zone)"
        }

        func text(_ instant: Instant) -> String {
            instant.text(offsetSeconds: offset(instant), fractionDigits: 0)
        }
    }

    /// All fields of the findings, for spreadsheets.
    package var table: TextTable {
        TextTable(
            columns: [
                "id", "verdict", "detail", "confidence", "noise", "source", "sourcePort", "sourceName", "destination",
                "destinationPort", "destinationName", "protocol", "attempts", "conversations", "packets", "bytes",
                "firstSeen", "lastSeen", "attemptsPerMinute", "peakPerMinute", "targetHosts", "targetPorts", "where",
                "explanation", "wouldChangeOurMind", "nextStep", "message",
            ],
            rows: printed.map(\.cells),
            numbers: [0, 12, 13, 14, 15, 18, 19, 20, 21]
        )
    }

    /// The findings in Markdown: a table, then what is to be said about each.
    package func markdown(_ clock: Clock) -> String {
        var text = "# Diagnosis\n\n\(headline)\n"
        for line in inputLines(clock) { text += "\n- \(line)" }
        if !inputs.isEmpty { text += "\n" }
        guard !printed.isEmpty else { return text }
        text += "\n" + overview(clock).markdown
        for finding in printed {
            text += "\n## \(finding.id). \(finding.judgement.verdict.rawValue): \(finding.title)\n\n"
            text += "\(finding.explanation)\n\n> \(finding.message)\n\n"
            text += "Confidence: \(finding.judgement.confidence.rawValue) (\(finding.judgement.detail.rawValue)). "
            text += "What would change it: \(finding.wouldChangeOurMind) Next: \(finding.nextStep)\n\n"
            for item in finding.evidence {
                text += "- input \(item.reference.input), \(item.unit.rawValue) \(item.reference.frame), "
                text += "\(item.reference.time.rfc3339): \(item.what)\n"
            }
        }
        return text
    }

    /// The report for people: counts, a line for each finding, and the message of the first.
    package func terminal(_ clock: Clock, colored: Bool) -> String {
        var text = headline + "\n"
        for line in inputLines(clock) { text += "  \(line)\n" }
        guard !printed.isEmpty else { return text }
        let findings = Array(printed)
        text += "\n"
        text += overview(clock).aligned { row, column, cell in
            colored && column == 0 ? "\u{1B}[\(findings[row].color)m\(cell)\u{1B}[0m" : cell
        }
        if leftOut > 0 {
            text += "\(leftOut) more findings are not shown (--limit \(findingCount) shows all).\n"
        }
        if let first = findings.first, !first.isNoise {
            text += "\nMessage for the first:\n\n" + indented(first.message)
            text += "\n" + indented("Next: \(first.nextStep)")
        }
        return text
    }

    /// A paragraph for people.
    private func indented(_ text: String) -> String { text.wrapped(at: 100).map { "  \($0)\n" }.joined() }

    private var headline: String {
        let summary = diagnosis.summary
        var parts: [String] = []
        parts.append("\(summary.blocked) of \(summary.conversations) conversations blocked")
        if summary.refused > 0 { parts.append("\(summary.refused) of them refused") }
        if summary.scanning > 0 { parts.append("\(summary.scanning) of scans from inside") }
        if summary.lossy > 0 { parts.append("\(summary.lossy) lossy") }
        if summary.undecided > 0 { parts.append("\(summary.undecided) undecided") }
        if summary.noise > 0 { parts.append("\(summary.noise) internet noise") }
        parts.append("\(summary.healthy) healthy")
        return parts.joined(separator: ", ") + "."
    }

    /// A line for each input; flow logs of one folder of which there is nothing more to say share one.
    private func inputLines(_ clock: Clock) -> [String] {
        var shown: [Input] = []
        var folder: (path: String, place: Int, files: Int)?
        for input in inputs {
            let path = input.source.lastIndex(of: "/").map { String(input.source[...$0]) }
            guard input.kind != .capture, input.notes.isEmpty, input.skipped == 0, let path else {
                shown.append(input)
                folder = nil
                continue
            }
            guard let open = folder, open.path == path else {
                shown.append(input)
                folder = (path, shown.count - 1, 1)
                continue
            }
            folder = (path, open.place, open.files + 1)
            shown[open.place].source = "\(path) (\(open.files + 1) files)"
            shown[open.place].records += input.records
            shown[open.place].start = [shown[open.place].start, input.start].compactMap(\.self).min()
            shown[open.place].end = [shown[open.place].end, input.end].compactMap(\.self).max()
        }
        return shown.map { input in
            var text = "\(input.source): \(input.records) \(input.kind.unit)"
            if let start = input.start, let end = input.end {
                text += ", \(clock.text(start)) to \(clock.text(end)) \(clock.zone)"
            }
            if input.skipped > 0 { text += ", \(input.skipped) could not be read" }
            return text + input.notes.map { "; \($0)" }.joined()
        }
    }

    private func overview(_ clock: Clock) -> TextTable {
        TextTable(
            columns: ["VERDICT", "FROM", "TO", "SERVICE", "ATTEMPTS", "SINCE (\(clock.zone))", "CONFIDENCE", "DETAIL"],
            rows: printed.map { finding in
                [
                    finding.judgement.verdict.rawValue + (finding.isNoise ? " (noise)" : ""), finding.sourceText,
                    finding.destinationText, finding.serviceText, String(finding.attempts),
                    clock.text(finding.firstSeen), finding.judgement.confidence.rawValue,
                    finding.judgement.detail.rawValue,
                ]
            },
            numbers: [4]
        )
    }
}

extension Finding {
    /// `10.0.1.5 to 10.0.2.9 tcp/5432`.
    var title: String { "\(sourceText) to \(destinationText) \(serviceText)" }

    var sourceText: String { source.text ?? "several sources" }

    var destinationText: String { destination.text ?? "\(targetHosts) hosts" }

    var serviceText: String {
        if let port = destination.port { return "\(protocolName)/\(port)" }
        return targetPorts > 1 ? "\(protocolName), \(targetPorts) ports" : protocolName
    }

    /// The terminal's colour for the verdict (ECMA-48 SGR).
    var color: String {
        if isNoise { return "2" }
        switch judgement.verdict {
        case .open: return "32"
        case .scan, .lossy, .undecided: return "33"
        default: return "1;31"
        }
    }

    fileprivate var cells: [String] {
        [
            String(id), judgement.verdict.rawValue, judgement.detail.rawValue, judgement.confidence.rawValue,
            String(isNoise), source.address.map { "\($0)" } ?? "", source.port.map { "\($0)" } ?? "",
            source.name ?? source.owner ?? "",
            destination.address.map { "\($0)" } ?? "", destination.port.map { "\($0)" } ?? "",
            destination.name ?? destination.owner ?? "",
            protocolName, String(attempts), String(conversations), String(packets), String(bytes), firstSeen.rfc3339,
            lastSeen.rfc3339, fixed(attemptsPerMinute, 3), String(peakPerMinute), String(targetHosts),
            String(targetPorts), whereText, explanation, wouldChangeOurMind, nextStep, message,
        ]
    }
}
