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
            FirewallFormat(.zeek, isJSON: true), FirewallFormat(.netfilter, isJSON: true),
        ]
        let block = LineBlock(of: lines.prefix(50))
        return candidates.first { format in
            let known = (0..<block.rowCount).count { row in
                format.isKnown(block, block.range(of: row))
            }
            // A journal has the lines of all programs.
            return known > 0 && (known * 5 >= block.rowCount || format.kind == .netfilter)
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
        case .netfilter: FirewallFormat(.netfilter, isJSON: lines.first?.first == UInt8(ascii: "{"))
        case .cisco, .paloAlto, .transitGateway, .resolver, .loadBalancer: self
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
        block.firewall.clear()
        if kind == .azure {
            let ranges = (0..<block.rowCount).map { (range: block.range(of: $0), line: block.line(of: $0)) }
            AzureFlowLog.expand(block, ranges)
        } else {
            if !columns.isEmpty, block.events.isEmpty { block.dropHeaders() }
            block.firewall.records.reserveCapacity(block.rowCount)
            for row in 0..<block.rowCount {
                block.firewall.records.append(read(block, block.range(of: row), clock))
            }
        }
        for (row, record) in block.firewall.records.enumerated() {
            switch record.kind {
            case .record: block.firewall.marks.formUnion(record.marks)
            case .other:
                block.firewall.others += 1
                if record.marks.contains(.lost) { block.firewall.marks.insert(.lost) }
            case .damaged: block.damage.add(block.line(of: row) - block.firstLine)
            }
        }
    }

    /// What is to be said of lines that are no records.
    func notes(others: Int) -> [String] {
        // Headers, and the other events of JSON logs, are what one expects.
        guard others > 0, [.netfilter, .cisco, .paloAlto].contains(kind) else { return [] }
        return ["\(others) other line\(others == 1 ? "" : "s")"]
    }
}

extension LogMarks {
    /// What is to be said of what is missing.
    var notes: [String] {
        var notes: [String] = []
        if contains(.sinceStart) {
            notes.append("times are seconds since the system was started, told as if that had been in 1970")
        }
        if contains(.noYear) {
            notes.append("times have no year: the last one that is not ahead of now was taken")
        }
        if contains(.noZone) { notes.append("times have no zone: taken as UTC") }
        if contains(.lost) { notes.append("a line says that events were lost: what is not in it may have been") }
        return notes
    }
}
