package import RoadblockCore

/// Reads the lines of a firewall's log as flow records, one after the other.
///
/// A line that tells of a whole connection gives two records: the request's, and the answer's.
package final class FirewallRecordReader {
    private let input: OpenLogInput
    private let format: FirewallFormat
    private let texts: FlowTexts
    private let block = LineBlock()
    private var row = 0
    /// The answer that the last line tells of as well.
    private var answer: FlowRecord?
    /// Texts of places by device and interface.
    private var places: [UInt64: Int32] = [:]
    private static let placeLimit = 1 << 14

    package init(_ input: OpenLogInput, _ format: FirewallFormat, _ texts: FlowTexts) {
        self.input = input
        self.format = format
        self.texts = texts
    }

    /// Reads the next record into a value that is used again and again; false at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`.
    package func next(_ record: inout FlowRecord) throws(Failure) -> Bool {
        if let waiting = answer {
            record = waiting
            answer = nil
            return true
        }
        while true {
            while row < block.rowCount, !isRecord(row) { row += 1 }
            if row < block.rowCount { break }
            guard try input.fill(block) else { return false }
            input.split(block)
            if input.format != .firewall(format) {
                format.read(block, input.clock)
                // What does not fit a table is no record here, and counted as such.
                block.unfit.clear()
            }
            input.count(block)
            texts.lend(block)
            row = 0
        }
        texts.use(block)
        read(row, &record)
        row += 1
        return true
    }

    /// True for a row to judge; one without any time is counted among those that could not be read.
    private func isRecord(_ row: Int) -> Bool {
        guard block.firewall.records[row].kind == .record else { return false }
        if time(row) != nil { return true }
        input.noteUntimed()
        return false
    }

    private func time(_ row: Int) -> Int64? {
        block.firewall.records[row].time ?? (row < block.events.count ? block.events[row].timestamp : nil)
    }

    private func read(_ row: Int, _ record: inout FlowRecord) {
        let told = block.firewall.records[row]
        let start = max(0, time(row) ?? 0) / 1000
        record = FlowRecord(start: start, end: max(start, (told.end ?? 0) / 1000), line: block.line(of: row))
        record.source = told.source
        record.destination = told.destination
        record.sourcePort = told.sourcePort
        record.destinationPort = told.destinationPort
        if told.isReply { record.turn() }
        record.protocolNumber = told.protocolNumber
        record.packets = told.packets
        record.bytes = told.bytes
        record.firewall = format.kind
        record.isFromAsker = told.isFromAsker
        record.rule = id(told.rule)
        record.device = id(told.device)
        record.reading = told.reading
        if told.reading != nil { return }
        record.rejectReason = id(told.reason)
        record.interface = place(told, record.device)
        record.direction =
            switch told.direction {
            case .ingress: .ingress
            case .egress: .egress
            case .forward, nil: nil
            }
        record.tcpFlags = told.tcpFlags.map { $0 & 7 | ($0 & 18 == 18 ? 16 : 0) }
        settle(told, &record)
    }

    /// What the diagnosis is to make of a line: refusals as they are; of what was let through, what came back.
    private func settle(_ told: FirewallRecord, _ record: inout FlowRecord) {
        switch told.answer {
        case .untold:
            record.action = told.action == .unknown ? nil : told.action == .accept ? .accept : .reject
            record.refusal = told.action
            if told.isFromAsker { record.tcpFlags = nil }
        case .none:
            record.action = .accept
            record.tcpFlags = 2
        case .reset:
            record.action = .accept
            record.tcpFlags = 2
            answer = answer(to: record, flags: 4)
        case .some:
            record.action = .accept
            // Sizes of both directions say nothing of either.
            record.bytes = nil
            record.tcpFlags = nil
            answer = answer(to: record, flags: nil)
        }
    }

    private func answer(to record: FlowRecord, flags: UInt8?) -> FlowRecord {
        var answer = record
        answer.turn()
        answer.direction = record.direction.map { $0 == .ingress ? .egress : .ingress }
        answer.tcpFlags = flags
        answer.packets = nil
        answer.bytes = nil
        answer.isFromAsker = false
        answer.isSecond = true
        return answer
    }

    private func id(_ piece: Piece) -> Int32 {
        if piece.isEmpty { return 0 }
        return piece.isEscaped ? texts.id(block.text(piece)) : texts.id(Int(piece.start), Int(piece.end))
    }

    /// The number of `interface eth0 of web-1`, `firewall fw-1` or `interface eth0`.
    private func place(_ told: FirewallRecord, _ device: Int32) -> Int32 {
        let interface = id(told.interface)
        if interface == 0, device == 0 { return 0 }
        let key = UInt64(UInt32(bitPattern: interface)) << 32 | UInt64(UInt32(bitPattern: device))
        if let known = places[key] { return known }
        guard places.count < Self.placeLimit else { return 0 }
        let (at, of) = (texts[interface], texts[device])
        let place = texts.id(at.isEmpty ? "device \(of)" : "interface \(at)" + (of.isEmpty ? "" : " of \(of)"))
        texts.use(block)
        places[key] = place
        return place
    }
}

extension FlowRecord {
    /// Exchanges the ends.
    fileprivate mutating func turn() {
        swap(&source, &destination)
        swap(&sourcePort, &destinationPort)
    }
}
