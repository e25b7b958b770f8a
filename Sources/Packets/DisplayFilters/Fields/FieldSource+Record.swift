extension FieldSource.RecordItem {
    /// Adds the values that a packet has.
    func read(_ record: FrameRecord, into values: inout [FieldValue]) {
        switch self {
        case .section: values.append(.word(Int64(record.section)))
        case .interfaceName: values.append(.bytes(record.interfaceName))
        case .interfaceDescription:
            if !record.interfaceDescription.isEmpty { values.append(.bytes(record.interfaceDescription)) }
        case .queue: if let queue = record.queue { values.append(.word(Int64(queue))) }
        case .packetID: if let id = record.packetID { values.append(.word(Int64(bitPattern: id))) }
        case .drops: if let drops = record.drops { values.append(.word(Int64(bitPattern: drops))) }
        case .comment: for comment in record.comments { values.append(.bytes(comment)) }
        case .commentMark: for _ in record.comments { values.append(.word(1)) }
        case .direction:
            // Inbound counts as received, outbound as sent.
            let direction = (record.flags ?? 0) & 3
            if direction == 1 || direction == 2 { values.append(.word(direction == 1 ? 1 : 0)) }
        case .hardwareVerdict: add(record, 0, &values)
        case .trafficVerdict: add(record, 1, &values)
        case .expressVerdict: add(record, 2, &values)
        case .unknownVerdict: add(record, nil, &values)
        }
    }

    private func add(_ record: FrameRecord, _ kind: UInt8?, _ values: inout [FieldValue]) {
        for verdict in record.verdicts where kind.map({ $0 == verdict.kind }) ?? (verdict.kind > 2) {
            guard kind == 1 || kind == 2 else {
                values.append(.bytes(verdict.content))
                continue
            }
            guard verdict.content.count == 8 else { continue }
            values.append(.word(Int64(bitPattern: verdict.content.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })))
        }
    }
}
