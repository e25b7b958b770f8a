package import Packets
import RoadblockCore

/// The answer: what is not healthy, worst first, and what all was seen.
package struct Diagnosis: Sendable {
    package var findings: [Finding]
    package var conversations: Int
    package var healthy: Int
    package var unjudged: Int
    /// Conversations beyond what is kept apart: they are counted in nothing else.
    package var overflow: Int
    package var facts: CaptureFacts
    /// By input.
    package var notes: [[String]]
    /// Findings behind those that are printed, where they were only counted.
    package var unlisted = Unlisted()

    /// What was counted of findings that were not made.
    package struct Unlisted: Sendable {
        package var findings = 0
        package var conversations = Summary()
        package var hasBlocked = false
        package var hasUndecided = false

        package init() {}

        /// Counts a finding by what it would have said.
        mutating func add(_ verdict: Verdict, isNoise: Bool, conversations count: Int) {
            findings += 1
            conversations.add(verdict, isNoise: isNoise, count)
            if isNoise { return }
            if verdict.isBlocked { hasBlocked = true }
            if verdict == .undecided { hasUndecided = true }
        }
    }

    /// Conversations by what became of them; noise is in none of the other counts.
    package struct Summary: Hashable, Sendable {
        package var conversations = 0
        /// All verdicts that count as blocked, refused ones included.
        package var blocked = 0
        package var refused = 0
        package var undecided = 0
        package var noise = 0
        package var healthy = 0
        /// Those of scans from inside and those with losses only, which the counters of the JSON form do not name.
        package var scanning = 0
        package var lossy = 0

        /// Counts the conversations of a finding.
        mutating func add(_ verdict: Verdict, isNoise: Bool, _ count: Int) {
            if isNoise {
                noise += count
            } else if verdict.isBlocked {
                blocked += count
                if verdict == .refused { refused += count }
            } else if verdict == .undecided {
                undecided += count
            } else if verdict == .scan {
                scanning += count
            } else if verdict == .lossy {
                lossy += count
            }
        }
    }

    package var summary: Summary {
        var summary = unlisted.conversations
        summary.conversations = conversations
        summary.healthy = healthy
        for finding in findings {
            summary.add(finding.judgement.verdict, isNoise: finding.isNoise, finding.conversations)
        }
        return summary
    }

    /// True when something of the operator's own is blocked.
    package var hasBlocked: Bool {
        unlisted.hasBlocked || findings.contains { !$0.isNoise && $0.judgement.verdict.isBlocked }
    }

    /// True when something could not be decided.
    package var hasUndecided: Bool {
        unlisted.hasUndecided || findings.contains { !$0.isNoise && $0.judgement.verdict == .undecided }
    }
}
