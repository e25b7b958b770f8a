package import RoadblockCore

/// Reads the records of a flow log as values, one after the other.
package final class FlowRecordReader {
    private let input: OpenLogInput
    private let texts: FlowTexts
    private let block = LineBlock()
    private var row = 0
    private let column: Columns
    /// True where the format has the column at all.
    package let hasTCPFlags: Bool
    package let hasAction: Bool

    /// The positions of the columns that records are made of.
    private struct Columns {
        let start, end, source, destination, sourcePort, destinationPort, number, packets, bytes: Int?
        let action, status, flags, direction, packetSource, packetDestination: Int?
        let interface, instance, subnet, reason: Int?
        /// Of transit gateways: where packets were seen, and how many were lost for which cause.
        let gateway, attachment: Int?
        let losses: [(column: Int, cause: FirewallRecord.Action)]

        init(_ layout: FlowLogLayout) {
            start = layout.position("start")
            end = layout.position("end")
            source = layout.position("srcaddr")
            destination = layout.position("dstaddr")
            sourcePort = layout.position("srcport")
            destinationPort = layout.position("dstport")
            number = layout.position("protocol")
            packets = layout.position("packets")
            bytes = layout.position("bytes")
            action = layout.position("action")
            status = layout.position("log-status")
            flags = layout.position("tcp-flags")
            direction = layout.position("flow-direction")
            packetSource = layout.position("pkt-srcaddr")
            packetDestination = layout.position("pkt-dstaddr")
            interface = layout.position("interface-id")
            instance = layout.position("instance-id")
            subnet = layout.position("subnet-id")
            reason = layout.position("reject-reason")
            gateway = layout.position("tgw-id")
            attachment = layout.position("tgw-attachment-id")
            let causes: [(String, FirewallRecord.Action)] = [
                ("no-route", .noRoute), ("blackhole", .blackhole), ("mtu-exceeded", .tooLong),
                ("ttl-expired", .expired),
            ]
            losses = causes.compactMap { name, cause in
                layout.position("packets-lost-\(name)").map { (column: $0, cause: cause) }
            }
        }
    }

    /// A reader of the records of an opened input; the words of the records go to `texts`.
    ///
    /// - Throws: `Failure` of kind `badInput` where the input is no VPC flow log, or one without times or addresses.
    package init(_ input: OpenLogInput, _ texts: FlowTexts) throws(Failure) {
        guard case .flowLog(let layout) = input.format else {
            if case .service(let log) = input.format {
                throw Failure(
                    .badInput,
                    "\(input.reader.name) is no evidence of what was refused on its way: it is of the format \(log.rawValue)",
                    suggestion: "ask it by `roadblock query`"
                )
            }
            throw Failure(
                .badInput,
                "\(input.reader.name) is neither a capture nor a flow log",
                suggestion: "name the columns of a flow log without a header: --log-format '${version} ${srcaddr} …'"
            )
        }
        let needed = ["start", "end", "srcaddr", "dstaddr"].filter { layout.position($0) == nil }
        guard needed.isEmpty else {
            throw Failure(
                .badInput,
                "\(input.reader.name) is a flow log without \(needed.joined(separator: ", ")), which a diagnosis needs"
            )
        }
        self.input = input
        self.texts = texts
        column = Columns(layout)
        hasTCPFlags = column.flags != nil
        hasAction = column.action != nil || !column.losses.isEmpty
    }

    /// Reads the next record into a value that is used again and again; false at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`.
    @inline(__always)
    package func next(_ record: inout FlowRecord) throws(Failure) -> Bool {
        while row >= block.rowCount {
            guard try input.fill(block) else { return false }
            input.split(block)
            input.count(block)
            texts.lend(block)
            row = 0
        }
        texts.use(block)
        read(row, &record)
        row &+= 1
        return true
    }

    private func read(_ row: Int, _ record: inout FlowRecord) {
        record.line = block.line(of: row)
        record.start = time(column.start, row)
        record.end = time(column.end, row)
        record.source = address(column.source, row)
        record.destination = address(column.destination, row)
        record.sourcePort = number(column.sourcePort, row).flatMap { UInt16(exactly: $0) }
        record.destinationPort = number(column.destinationPort, row).flatMap { UInt16(exactly: $0) }
        record.protocolNumber = number(column.number, row).flatMap { UInt8(exactly: $0) }
        record.packets = number(column.packets, row).flatMap { Int(exactly: $0) }
        record.bytes = number(column.bytes, row).flatMap { Int(exactly: $0) }
        record.tcpFlags = number(column.flags, row).flatMap { UInt8(exactly: $0) }
        record.packetSource = address(column.packetSource, row)
        record.packetDestination = address(column.packetDestination, row)
        record.interface = word(column.interface, row)
        record.instance = word(column.instance, row)
        record.subnet = word(column.subnet, row)
        record.rejectReason = word(column.reason, row)
        record.action =
            switch initial(column.action, row, 6) {
            case UInt8(ascii: "A"): .accept
            case UInt8(ascii: "R"): .reject
            default: nil
            }
        record.status =
            switch initial(column.status, row, nil) {
            case UInt8(ascii: "N"): .noData
            case UInt8(ascii: "S"): .skipData
            default: .ok
            }
        record.direction =
            switch initial(column.direction, row, nil) {
            case UInt8(ascii: "i"): .ingress
            case UInt8(ascii: "e"): .egress
            default: nil
            }
        if !column.losses.isEmpty { readLosses(row, &record) }
    }

    /// What a transit gateway lost; what it did not lose went on.
    private func readLosses(_ row: Int, _ record: inout FlowRecord) {
        record.firewall = .transitGateway
        record.refusal = .unknown
        record.interface = word(column.attachment, row)
        record.device = word(column.gateway, row)
        // Seen from the gateway, which has none of the addresses.
        record.direction = nil
        // Its flags are those of the header; flow logs of interfaces have no ACK but that of a SYN.
        record.tcpFlags = record.tcpFlags.map { $0 & 7 | ($0 & 18 == 18 ? 16 : 0) }
        var lost: UInt64 = 0
        var most: UInt64 = 0
        for (column, cause) in column.losses {
            guard let count = number(column, row), count > 0 else { continue }
            lost = lost.addingReportingOverflow(count).partialValue
            if count > most { (most, record.refusal) = (count, cause) }
        }
        record.action = record.source == nil ? nil : most > 0 ? .reject : .accept
        if most > 0 { (record.packets, record.bytes) = (Int(clamping: lost), nil) }
    }

    /// Seconds since 1970; values beyond 2106 are milliseconds, which some logs have.
    private func time(_ column: Int?, _ row: Int) -> Int64 {
        let value = Int64(clamping: number(column, row) ?? 0)
        return value > 0xFFFF_FFFF ? value / 1000 : value
    }

    @inline(__always)
    private func number(_ column: Int?, _ row: Int) -> UInt64? {
        guard let column else { return nil }
        let (start, end) = block.column(column, of: row)
        return block.number(start, end)
    }

    @inline(__always)
    private func address(_ column: Int?, _ row: Int) -> IPAddress? {
        guard let column else { return nil }
        let (start, end) = block.column(column, of: row)
        return block.address(start, end)
    }

    @inline(__always)
    private func word(_ column: Int?, _ row: Int) -> Int32 {
        guard let column else { return 0 }
        let (start, end) = block.column(column, of: row)
        return start == end || block.isHyphen(start, end) ? 0 : texts.id(start, end)
    }

    /// The first byte of a word, where the word has the length that is wanted.
    @inline(__always)
    private func initial(_ column: Int?, _ row: Int, _ length: Int?) -> UInt8? {
        guard let column else { return nil }
        let (start, end) = block.column(column, of: row)
        return end > start && length.map { $0 == end - start } ?? true ? block.byte(start) : nil
    }
}
