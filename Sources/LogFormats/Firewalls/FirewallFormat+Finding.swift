/// Telling the formats apart by their first lines.
extension FirewallFormat {
    /// Lines that are looked at.
    private static let looked = 200

    private static let tupleList = Array("\"flowTuples\"".utf8)

    /// True for JSON that holds the flow tuples of Azure's logs.
    static func holdsTuples(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0] == tupleList[0] && bytes[$0...].starts(with: tupleList) }
    }

    /// The format of lines that each begin with a JSON object; `nil` where they are no firewall's.
    static func find(inJSON lines: [[UInt8]]) -> FirewallFormat? {
        if lines.prefix(5).contains(where: holdsTuples) { return FirewallFormat(.azure, isJSON: true) }
        // A line of another kind stands between the records now and then; a fifth of them is enough.
        let candidates = [
            FirewallFormat(.networkFirewall, isJSON: true), FirewallFormat(.google, isJSON: true),
            FirewallFormat(.zeek, isJSON: true),
        ]
        let block = LineBlock(of: lines.prefix(50))
        return candidates.first { format in
            let known = (0..<block.rowCount).count { row in
                format.isKnown(block, block.range(of: row))
            }
            return known > 0 && known * 5 >= block.rowCount
        }
    }

    /// True for a line of the format, of whichever kind of event.
    private func isKnown(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        let record = read(block, range, LogClock())
        if kind == .networkFirewall, record.kind == .other { return record.time != nil && record.source != nil }
        return record.kind == .record
    }

    /// The format of lines that are no JSON; `nil` where they are no firewall's.
    static func find(inText lines: [[UInt8]]) -> FirewallFormat? {
        if let format = ZeekLog.format(header: lines) ?? WindowsFirewallLog.format(header: lines) { return format }
        let block = LineBlock(of: lines.prefix(looked))
        // A file of syslog has lines of other programs as well: one that cannot be anything else will do.
        return [FirewallKind.netfilter, .cisco, .paloAlto].map { FirewallFormat($0) }.first { format in
            (0..<block.rowCount).contains { row in
                let record = format.read(block, block.range(of: row), LogClock(now: 0))
                return record.source != nil && record.destination != nil
            }
        }
    }

    /// The format that a user named, with what the lines' headers tell of its columns.
    func completed(by lines: [[UInt8]]) -> FirewallFormat {
        switch kind {
        case .windows:
            WindowsFirewallLog.format(header: lines) ?? FirewallFormat(.windows, columns: WindowsFirewallLog.usual)
        case .zeek: ZeekLog.format(header: lines) ?? FirewallFormat(.zeek, isJSON: true)
        case .networkFirewall, .azure, .google: FirewallFormat(kind, isJSON: true)
        case .netfilter, .cisco, .paloAlto, .transitGateway, .resolver: self
        }
    }
}

extension LineBlock {
    /// A block of some lines, to look at.
    convenience init(of lines: ArraySlice<[UInt8]>) {
        self.init()
        for line in lines where line.count <= 16 << 10 {
            // An item of a list may have several lines.
            appendItem(line, line: 1)
        }
    }
}

/// The rows of a block, read as a firewall's log.
extension FirewallFormat {
    /// Reads every row; the records lie beside them in the block.
    func read(_ block: LineBlock, _ clock: LogClock) {
        if kind == .azure {
            let ranges = (0..<block.rowCount).map { (range: block.range(of: $0), line: block.line(of: $0)) }
            AzureFlowLog.expand(block, ranges)
        } else {
            if !columns.isEmpty, block.events.isEmpty { dropHeaders(block) }
            block.firewall.records.reserveCapacity(block.rowCount)
            for row in 0..<block.rowCount {
                block.firewall.records.append(read(block, block.range(of: row), clock))
            }
        }
        for record in block.firewall.records {
            switch record.kind {
            case .record: block.firewall.marks.formUnion(record.marks)
            case .other: block.firewall.others += 1
            case .damaged: block.firewall.damaged += 1
            }
        }
    }

    /// Leaves out the lines that begin with `#`, which are about the file.
    private func dropHeaders(_ block: LineBlock) {
        let rows = (0..<block.rowCount).map { (range: block.range(of: $0), line: block.line(of: $0)) }
        let others = rows.filter { block.byte($0.range.lowerBound) != UInt8(ascii: "#") }
        if others.count < rows.count { block.setRows(others) }
    }

    /// What is to be said of times that lack something, and of lines that are no records.
    func notes(_ marks: TimeMarks, others: Int) -> [String] {
        var notes: [String] = []
        if marks.contains(.sinceStart) {
            notes.append("times are seconds since the system was started, told as if that had been in 1970")
        }
        if marks.contains(.noYear) {
            notes.append("times have no year: the last one that is not ahead of now was taken")
        }
        if marks.contains(.noZone) { notes.append("times have no zone: taken as UTC") }
        // Headers, and the other events of JSON logs, are what one expects.
        if others > 0, [.netfilter, .cisco, .paloAlto].contains(kind) {
            notes.append("\(others) other line\(others == 1 ? "" : "s")")
        }
        return notes
    }
}
