import Diagnosis
import LogFormats
import RoadblockCore

@testable import Diagnosis

/// A flow log made by hand: records of 24 November 2026, added in any order.
struct FlowLog {
    private(set) var records: [(record: FlowRecord, input: Int)] = []
    private var lines: [Int: Int] = [:]

    static let midnight: Int64 = 1_795_478_400

    /// Seconds since 1970 of a time of that day, `14:32` or `14:32:05`.
    static func seconds(_ time: String) -> Int64 {
        let parts = time.split(separator: ":").compactMap { Int64($0) }
        return midnight + parts[0] * 3600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0)
    }

    /// Adds a record: `way` is `10.0.1.5:40001 > 10.0.2.9:5432`, the interface is named `eni-N` by its number.
    mutating func add(
        _ time: String,
        _ way: String,
        _ action: FlowRecord.Action,
        flags: UInt8? = nil,
        at interface: Int32 = 2,
        after seconds: Int64 = 0,
        lasting: Int64 = 40,
        packets: Int = 2,
        bytes: Int = 104,
        number: UInt8 = 6,
        reason: Int32 = 0,
        input: Int = 0
    ) {
        let ends = way.split(separator: ">").map { end in end.split(separator: ":").map { $0.filter { $0 != " " } } }
        var record = blank(FlowLog.seconds(time) + seconds, lasting, input)
        record.source = IPAddress(parsing: ends[0][0])
        record.destination = IPAddress(parsing: ends[1][0])
        record.sourcePort = ends[0].count > 1 ? UInt16(ends[0][1]) : 0
        record.destinationPort = ends[1].count > 1 ? UInt16(ends[1][1]) : 0
        record.protocolNumber = number
        record.packets = packets
        record.bytes = bytes
        record.action = action
        record.tcpFlags = flags
        record.interface = interface
        record.rejectReason = reason
        records.append((record, input))
    }

    /// Adds a window in which nothing was recorded, or records were lost.
    mutating func addWindow(_ time: String, _ status: FlowRecord.Status, at interface: Int32 = 2, lasting: Int64 = 60) {
        var record = blank(FlowLog.seconds(time), lasting, 0)
        record.status = status
        record.interface = interface
        records.append((record, 0))
    }

    /// Changes the record that was added last.
    mutating func changeLast(_ change: (inout FlowRecord) -> Void) { change(&records[records.count - 1].record) }

    private mutating func blank(_ start: Int64, _ lasting: Int64, _ input: Int) -> FlowRecord {
        lines[input, default: 1] += 1
        return FlowRecord(start: start, end: start + lasting, line: lines[input] ?? 0)
    }

    /// A healthy connection with both directions, at one interface.
    mutating func addHealthy(
        _ time: String,
        _ client: String,
        _ server: String,
        flags: Bool = true,
        after seconds: Int64 = 0,
        input: Int = 0
    ) {
        add(time, "\(client) > \(server)", .accept, flags: flags ? 3 : nil, after: seconds, packets: 9, input: input)
        add(time, "\(server) > \(client)", .accept, flags: flags ? 19 : nil, after: seconds, packets: 8, input: input)
    }

    /// Ten healthy connections, so that the log holds both actions once something is refused.
    static func healthy(flags: Bool = true) -> FlowLog {
        var log = FlowLog()
        for index in 0..<10 {
            let client = "10.0.3.7:\(41_000 + index)"
            log.addHealthy("08:00", client, "10.0.4.4:443", flags: flags, after: Int64(index * 300))
        }
        return log
    }

    enum Order: CaseIterable { case asAdded, reversed, byInput, scattered }

    func report(
        _ order: Order = .asAdded,
        includesOpen: Bool = false,
        limit: Int = 1000,
        conversations: Int = FlowConversations.limit,
        clock: DiagnosisReport.Clock = .utc,
        names: EndpointNames = EndpointNames()
    ) -> DiagnosisReport {
        var diagnoser = FlowDiagnoser(includesOpen: includesOpen, limit: conversations)
        let ordered =
            switch order {
            case .asAdded: records
            case .reversed: Array(records.reversed())
            case .byInput: records.sorted { ($0.input, $0.record.line) < ($1.input, $1.record.line) }
            case .scattered:
                records.enumerated().sorted {
                    ($0.offset * 7919 % 1009, $0.offset) < ($1.offset * 7919 % 1009, $1.offset)
                }
                .map(\.element)
            }
        for (record, input) in ordered { diagnoser.receive(record, input: input) }
        let inputs = (0...(records.map(\.input).max() ?? 0)).map {
            DiagnosisReport.Input(
                source: "log-\($0)",
                records: 0,
                skipped: 0,
                start: nil,
                end: nil,
                damage: [],
                notes: []
            )
        }
        return diagnoser.finish(inputs: inputs, limit: limit, clock: clock, names: names) { id in
            switch id {
            case 0: ""
            case 1000: "BPA"
            default: "eni-\(id)"
            }
        }
    }

    func findings(_ order: Order = .asAdded) -> [Finding] { report(order).diagnosis.findings }
}

extension Finding {
    /// `rejected 10.0.1.5 > 10.0.2.9:5432 tcp`, with `noise` behind it for noise.
    var line: String {
        let from = source.address.map { "\($0)" } ?? "*"
        let to = destination.address.map { "\($0)" } ?? "*"
        let port = destination.port.map { ":\($0)" } ?? ""
        return "\(judgement.verdict.rawValue) \(from) > \(to)\(port) \(protocolName)" + (isNoise ? " noise" : "")
    }
}
