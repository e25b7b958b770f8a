/// What all attempts at one address and port found.
package struct AddressResult: Hashable, Sendable {
    package var address: ScopedAddress
    package var judgement: ProbeJudgement
    /// Microseconds to the answer; the median where there were several.
    package var microseconds: Int?
    package var local: ScopedAddress?
    /// True when an ICMP error came.
    var hasReply: Bool

    /// The result of at least one attempt.
    ///
    /// Several are open only when every one was; otherwise the most frequent failure speaks, of equals the one with
    /// the higher exit code.
    package init(_ address: ScopedAddress, _ attempts: [Attempt], timeLimit: TimeLimit) {
        self.address = address
        let judge = AttemptJudge(target: address, timeLimit: timeLimit)
        let judgements = attempts.map(judge.judge)
        judgement = AddressResult.fold(judgements)
        microseconds = AddressResult.median(attempts.compactMap(\.microseconds))
        local = attempts.lazy.compactMap(\.local).first
        hasReply = attempts.contains { $0.reply != nil }
    }

    private static func fold(_ judgements: [ProbeJudgement]) -> ProbeJudgement {
        guard judgements.count > 1 else { return judgements.first ?? ProbeJudgement(.dropped, "not tried") }
        let total = judgements.count
        let counts = ProbeVerdict.allCases.map { verdict in
            (verdict: verdict, count: judgements.count { $0.verdict == verdict })
        }.filter { $0.count > 0 }
        let failures = counts.filter { $0.verdict != .open }
        guard let worst = failures.max(by: { ($0.count, $0.verdict.exitCode) < ($1.count, $1.verdict.exitCode) }),
            let first = judgements.first(where: { $0.verdict == worst.verdict })
        else { return ProbeJudgement(.open, "\(total) of \(total) attempts connected") }
        let shares = counts.map { "\($0.count) of \(total) \($0.verdict.rawValue)" }.joined(separator: ", ")
        return ProbeJudgement(worst.verdict, "\(shares): \(first.reason)")
    }

    private static func median(_ values: [Int]) -> Int? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

/// The answer about one target: a host and a port.
package struct ProbeRow: Hashable, Sendable {
    package var host: String
    package var port: UInt16
    /// The addresses of the host, in the resolver's order.
    package var addresses: [ScopedAddress]
    /// The result of the best address; `nil` when the host has none.
    package var best: AddressResult?
    /// The results of the other addresses, the best first.
    package var others: [AddressResult]
    package var judgement: ProbeJudgement
    /// The interface that leads to the best address.
    package var interface: String?

    /// A row of the results of all addresses, which come in the resolver's order.
    package init(host: String, port: UInt16, results: [AddressResult]) {
        self.host = host
        self.port = port
        addresses = results.map(\.address)
        // The sort is stable: of equals, the address that programs try first.
        let ranked = results.sorted { $0.judgement.verdict.rank < $1.judgement.verdict.rank }
        best = ranked.first
        others = Array(ranked.dropFirst())
        judgement = ranked.first?.judgement ?? ProbeJudgement(.unresolved, "the name has no address")
    }

    /// A row for a host whose name was not resolved.
    package init(host: String, port: UInt16, unresolved reason: String) {
        self.init(host: host, port: port, results: [])
        judgement = ProbeJudgement(.unresolved, reason)
    }
}

extension ProbeRow {
    /// Says of silent ports beside ports that ICMP errors came for, that the silence may be the devices' rate limit.
    static func noteRateLimits(_ rows: inout [ProbeRow]) {
        let answered = Set(rows.lazy.compactMap(\.best).filter(\.hasReply).map(\.address))
        for index in rows.indices {
            guard rows[index].judgement.verdict == .dropped, let best = rows[index].best, !best.hasReply,
                answered.contains(best.address)
            else { continue }
            rows[index].judgement.reason +=
                "; ICMP errors came for other ports, and devices send only so many a second"
        }
    }
}
