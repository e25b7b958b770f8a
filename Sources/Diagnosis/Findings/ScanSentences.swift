import RoadblockCore

/// What the finding of a scan says in words.
struct ScanSentences {
    let finding: Finding
    let groups: [FindingGroup]
    let open: CaptureContext.Asker?
    let writer: FindingWriter

    private var source: String { writer.name(finding.source) }

    private var outcome: String {
        let refused = groups.count { $0.judgement.verdict == .refused }
        let silent = groups.count - refused
        let open = self.open?.services.count ?? 0
        return "\(open) open, \(refused) closed, \(silent) without an answer"
    }

    var explanation: String {
        "\(source) tried \(finding.targetPorts) \(finding.targetPorts == 1 ? "port" : "ports") on \(finding.targetHosts) "
            + "\(finding.targetHosts == 1 ? "host" : "hosts"): \(outcome). That is a sweep, not an application; its "
            + "unanswered attempts say nothing about the services."
    }

    var wouldChangeOurMind: String { "A list of planned checks with this source." }

    var nextStep: String {
        finding.isNoise
            ? "Nothing to do: internet background."
            : "Name the source; a vulnerability scanner or monitoring of your own makes the same picture."
    }

    var message: String {
        "\(writer.clock.period(finding.firstSeen, finding.lastSeen)), \(explanation)"
    }
}
