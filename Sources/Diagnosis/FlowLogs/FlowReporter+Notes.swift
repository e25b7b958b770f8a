import RoadblockCore

extension FlowReporter {
    /// What is to be said about each input as a whole.
    func notes(_ text: (Int32) -> String) -> [[String]] {
        context.tallies.indices.map { index in
            var notes: [String] = []
            let tally = context.tallies[index]
            if index == 0 { notes += generalNotes }
            if index == context.tallies.firstIndex(where: { $0.ofBalancers > 0 }) {
                notes.append(
                    "clients that the load balancer's own security group or a network ACL refused are in no access log: "
                        + "flow logs of its interfaces show them"
                )
            }
            if tally.failed > 0 {
                notes.append(
                    "\(counted(tally.failed, "request")) failed in the load balancer itself or behind an open connection, "
                        + "which tells nothing of the network"
                )
            }
            if tally.gaps > 0 { notes.append(gapNote(index, tally.gaps, text)) }
            if tally.incomplete > 0 {
                notes.append("\(tally.incomplete) records have no addresses or no action and were not judged")
            }
            if tally.crowded > 0 {
                notes.append(
                    "\(tally.crowded) records are of more different IPv6 addresses than are kept, and were not judged"
                )
            }
            return notes
        }
    }

    /// What concerns all inputs together; it stands with the first.
    private var generalNotes: [String] {
        var notes: [String] = []
        if context.hasRejected, !context.hasAccepted {
            notes.append(
                "holds rejected records only: without ACCEPT records it cannot show whether something worked before, or "
                    + "elsewhere, nor whether an answer's request was accepted"
            )
        }
        if context.hasAccepted, !context.hasRejected {
            notes.append(
                context.hasFlowLogs
                    ? "holds accepted records only: what groups and network ACLs refused is not in it"
                    : "no line tells of a refusal: what was refused is not in it"
            )
        }
        if context.copies > 0 { notes.append("\(counted(context.copies, "copy", "copies")) of records left out") }
        if ledger.cutShort > 0 {
            notes.append(
                "\(ledger.cutShort) conversations with one direction recorded were let go before 15 minutes had passed, to "
                    + "save memory: an answer that came later was not paired"
            )
        }
        if ledger.unpaired > 0 {
            notes.append(
                "\(ledger.unpaired) conversations with one direction recorded were let go after 15 minutes: what came later "
                    + "was not paired"
            )
        }
        if ledger.services.forgotten > 0 {
            notes.append(
                "\(ledger.services.forgotten) accepted services were forgotten to save memory: not every \"accepted until\" "
                    + "is told"
            )
        }
        if ledger.outsideOverflow > 0 {
            notes.append(
                "\(ledger.outsideOverflow) conversations of strangers came after the limit and were only counted"
            )
        }
        if ledger.isOneSided {
            notes.append("one-sided: only one direction of its conversations was recorded")
        }
        return notes
    }

    /// Windows of one interface that follow each other, as one.
    private static func joined(_ gaps: [InterfaceFacts.Gap]) -> [InterfaceFacts.Gap] {
        var joined: [InterfaceFacts.Gap] = []
        for gap in gaps.sorted(by: { ($0.interface, $0.start) < ($1.interface, $1.start) }) {
            if let last = joined.last, last.interface == gap.interface, gap.start <= last.end &+ 60 {
                joined[joined.count - 1].end = max(last.end, gap.end)
            } else {
                joined.append(gap)
            }
        }
        return joined.sorted { ($0.start, $0.interface) < ($1.start, $1.interface) }
    }

    /// `3 windows with SKIPDATA …`: when and at which interfaces records were lost.
    private func gapNote(_ index: Int, _ count: Int, _ text: (Int32) -> String) -> String {
        let gaps = Self.joined(ledger.interfaces.gaps(of: index))
        let clock = context.clock
        var note = "\(count) window\(count == 1 ? "" : "s") with SKIPDATA (AWS lost records)"
        let places = gaps.prefix(3).map { gap in
            let name = text(gap.interface)
            let times =
                "\(clock.minute(gap.start, day: ledger.newestEnd)) to \(clock.minute(gap.end, day: gap.start))"
            return (name.isEmpty ? "" : "\(name) ") + times
        }
        if !places.isEmpty {
            note += ": \(places.joined(separator: ", ")) \(clock.zone)"
            if gaps.count > places.count { note += " and at other times" }
        }
        return note + "; silence there proves little"
    }
}
