package import RoadblockCore

extension ProbeRow {
    /// The row as an object: our names, and beside them those of PowerShell's `Test-NetConnection`.
    package var json: JSONValue {
        let address = JSONValue.optional(best.map { "\($0.address)" })
        return .object([
            .init("host", .string(host)), .init("address", address), .init("port", .int(Int(port))),
            .init("verdict", .string(judgement.verdict.rawValue)), .init("milliseconds", best?.milliseconds ?? .null),
            .init("reason", .string(judgement.reason)), .init("others", .array(others.map(\.json))),
            .init("ComputerName", .string(host)), .init("RemoteAddress", address),
            .init("RemotePort", .int(Int(port))), .init("InterfaceAlias", .optional(interface)),
            .init("SourceAddress", .optional(best?.local.map { "\($0)" })),
            .init("TcpTestSucceeded", .bool(judgement.verdict == .open)),
            .init("NameResolutionSucceeded", .bool(judgement.verdict != .unresolved)),
            .init("ResolvedAddresses", .array(addresses.map { .string("\($0)") })), .init("PingSucceeded", .null),
        ])
    }

    /// The columns of `cells`: the names in the JSON.
    package static let columns = [
        "host", "address", "port", "verdict", "milliseconds", "reason", "others", "ComputerName", "RemoteAddress",
        "RemotePort", "InterfaceAlias", "SourceAddress", "TcpTestSucceeded", "NameResolutionSucceeded",
        "ResolvedAddresses", "PingSucceeded",
    ]

    /// The row for spreadsheets; what is not known is empty, lists are joined by blanks.
    package var cells: [String] {
        let address = best.map { "\($0.address)" } ?? ""
        return [
            host, address, String(port), judgement.verdict.rawValue, best?.milliseconds?.compact ?? "",
            judgement.reason, othersText, host, address, String(port), interface ?? "",
            best?.local.map { "\($0)" } ?? "", String(judgement.verdict == .open),
            String(judgement.verdict != .unresolved), addresses.map { "\($0)" }.joined(separator: " "), "",
        ]
    }

    /// The columns of `visibleCells`.
    package static let visibleColumns = ["HOST", "ADDRESS", "PORT", "VERDICT", "TIME", "REASON"]

    /// The row for people; the other addresses are part of the reason.
    package var visibleCells: [String] {
        [
            host, best.map { "\($0.address)" } ?? "-", String(port), judgement.verdict.rawValue,
            best?.microseconds.map { "\(fixed(Double($0) / 1000, $0 < 1000 ? 2 : $0 < 10_000 ? 1 : 0)) ms" } ?? "-",
            judgement.reason + (others.isEmpty ? "" : "; \(othersText)"),
        ]
    }

    private var othersText: String {
        others.map { "\($0.address) \($0.judgement.verdict.rawValue)" }.joined(separator: ", ")
    }
}

extension AddressResult {
    fileprivate var milliseconds: JSONValue? { microseconds.map { .double(Double($0) / 1000) } }

    fileprivate var json: JSONValue {
        .object([
            .init("address", .string("\(address)")), .init("verdict", .string(judgement.verdict.rawValue)),
            .init("milliseconds", milliseconds ?? .null), .init("reason", .string(judgement.reason)),
        ])
    }
}
