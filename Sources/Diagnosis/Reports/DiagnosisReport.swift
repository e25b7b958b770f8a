import Packets
package import RoadblockCore

/// A diagnosis with the inputs that it was made of, ready to be written.
package struct DiagnosisReport: Sendable {
    /// One input as the report names it.
    package struct Input: Sendable {
        package var source: String
        package var kind = Kind.capture
        package var records: Int
        package var skipped: Int
        package var start: Instant?
        package var end: Instant?
        /// What was wrong with the file.
        package var damage: [String]
        /// What its packets show of it as a whole.
        package var notes: [String]

        package init(
            source: String,
            records: Int,
            skipped: Int,
            start: Instant?,
            end: Instant?,
            damage: [String],
            notes: [String]
        ) {
            self.source = source
            self.records = records
            self.skipped = skipped
            self.start = start
            self.end = end
            self.damage = damage
            self.notes = notes
        }
    }

    /// What an input is, as its content says.
    package enum Kind: String, Sendable {
        case capture
        case flowLog = "flow-log"
        case firewallLog = "firewall-log"

        /// What its records are called.
        var unit: String { self == .capture ? "frames" : "records" }
    }

    package var inputs: [Input]
    package var diagnosis: Diagnosis
    /// Findings that are printed; the rest is only counted.
    package var limit: Int

    package init(inputs: [Input], diagnosis: Diagnosis, limit: Int) {
        self.inputs = inputs
        self.diagnosis = diagnosis
        self.limit = limit
    }

    /// The findings that are printed.
    var printed: ArraySlice<Finding> { diagnosis.findings.prefix(limit) }

    /// Findings that are not printed.
    package var leftOut: Int { max(0, findingCount - limit) }

    /// All findings, also those that were only counted.
    var findingCount: Int { diagnosis.findings.count + diagnosis.unlisted.findings }

    /// The report as one JSON object, `roadblock.diagnosis/1`.
    package var json: JSONValue {
        let summary = diagnosis.summary
        return .object([
            .init("schema", .string("roadblock.diagnosis/1")),
            .init("inputs", .array(inputs.map(\.json))),
            .init(
                "summary",
                .object([
                    .init("conversations", .int(summary.conversations)), .init("blocked", .int(summary.blocked)),
                    .init("refused", .int(summary.refused)), .init("undecided", .int(summary.undecided)),
                    .init("noise", .int(summary.noise)), .init("healthy", .int(summary.healthy)),
                ])
            ),
            .init("findings", .array(printed.map(\.json))),
        ])
    }

    /// What is to be said beside the report: damaged inputs, what it leaves out and, where it has no place for them, the
    /// inputs' notes.
    package func warnings(includingNotes: Bool) -> [String] {
        var warnings: [String] = []
        for input in inputs {
            let notes = input.damage + (includingNotes ? input.notes : [])
            warnings += notes.map { $0.hasPrefix(input.source) ? $0 : "\(input.source): \($0)" }
        }
        if leftOut > 0 {
            warnings.append("\(leftOut) findings are left out; --limit \(findingCount) prints all")
        }
        if diagnosis.overflow > 0 {
            warnings.append(
                "\(diagnosis.overflow) conversations came after the limit of different ones and were only counted"
            )
        }
        if diagnosis.facts.evictedConversations > 0 {
            warnings.append(
                "\(diagnosis.facts.evictedConversations) conversations were judged early to make room for others"
            )
        }
        return warnings
    }

    /// One finding a line.
    package var jsonLines: [String] { printed.map(\.json.compact) }
}

extension DiagnosisReport.Input {
    var json: JSONValue {
        .object([
            .init("source", .string(source)), .init("kind", .string(kind.rawValue)), .init("records", .int(records)),
            .init("skipped", .int(skipped)), .init("start", .optional(start?.rfc3339)),
            .init("end", .optional(end?.rfc3339)), .init("notes", .array((damage + notes).map(JSONValue.string))),
        ])
    }
}

extension Finding.Endpoint {
    var json: JSONValue {
        .object([
            .init("address", .optional(address.map { "\($0)" })), .init("port", .optional(port.map(Int.init))),
            .init("name", .optional(name ?? owner)),
        ])
    }
}

extension Finding {
    var json: JSONValue {
        .object([
            .init("id", .int(id)), .init("verdict", .string(judgement.verdict.rawValue)),
            .init("detail", .string(judgement.detail.rawValue)),
            .init("confidence", .string(judgement.confidence.rawValue)), .init("noise", .bool(isNoise)),
            .init("source", source.json), .init("destination", destination.json),
            .init("protocol", .string(protocolName)), .init("attempts", .int(attempts)),
            .init("conversations", .int(conversations)), .init("packets", .int(packets)), .init("bytes", .int(bytes)),
            .init("firstSeen", .string(firstSeen.rfc3339)), .init("lastSeen", .string(lastSeen.rfc3339)),
            .init("attemptsPerMinute", .double((attemptsPerMinute * 1000).rounded() / 1000)),
            .init("peakPerMinute", .int(peakPerMinute)),
            .init("targets", .object([.init("hosts", .int(targetHosts)), .init("ports", .int(targetPorts))])),
            .init("where", .string(whereText)), .init("lostBetween", lostBetween?.json ?? .null),
            .init("lostDirection", .optional(lostBetween.map { $0.isReply ? "reply" : "request" })),
            .init("blockedBy", blockedBy?.json ?? .null), .init("nearMisses", .array([])),
            .init("evidence", .array(evidence.map(\.json))), .init("explanation", .string(explanation)),
            .init("wouldChangeOurMind", .string(wouldChangeOurMind)), .init("nextStep", .string(nextStep)),
            .init("message", .string(message)),
        ])
    }
}

extension Finding.Blocker {
    var json: JSONValue {
        .object([
            .init("component", .string(component)), .init("type", .string(type)), .init("rule", .string(rule)),
            .init("fix", .string(fix)),
        ])
    }
}

extension Finding.LostBetween {
    var json: JSONValue { .array([.optional(last), .optional(missing)]) }
}

extension Finding.Evidence {
    var json: JSONValue {
        .object([
            .init("input", .int(Int(reference.input))), .init(unit.rawValue, .int(Int(reference.frame))),
            .init("time", .string(reference.time.rfc3339)), .init("what", .string(what)),
            .init("weight", .string(weight.rawValue)),
        ])
    }
}
