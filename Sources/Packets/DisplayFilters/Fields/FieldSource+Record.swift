extension FieldSource.RecordItem {
    /// Adds the values that a packet has.
    func read(_ record: FrameRecord, into values: inout [FieldValue]) {
        switch self {
        case .section: if record.section > 0 { values.append(.word(Int64(record.section))) }
        case .interfaceName: if record.section > 0 { values.append(.bytes(record.interfaceName)) }
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
        // A heading without a text of its own.
        case .verdictMark: if record.verdicts.contains(where: { $0.kind <= 2 }) { values.append(.bytes([])) }
        case .hardwareVerdict: add(record, 0, &values)
        case .trafficVerdict: add(record, 1, &values)
        case .expressVerdict: add(record, 2, &values)
        case .hashName: for hash in record.hashes { values.append(.bytes(Array(Self.hashName(hash.kind).utf8))) }
        case .hashValue: for hash in record.hashes { values.append(.bytes(hash.content)) }
        case .oddTimeMark: if record.hasOddTime { values.append(.word(1)) }
        case .longMark: if record.isLongerThanSaid { values.append(.word(1)) }
        }
    }

    /// The algorithms of hashes (IETF draft "PCAP Next Generation" section 4.3).
    private static func hashName(_ kind: UInt8) -> String {
        switch kind {
        case 0: "2's complement"
        case 1: "XOR"
        case 2: "CRC32"
        case 3: "MD5"
        case 4: "SHA1"
        case 5: "Toeplitz"
        default: "Unknown"
        }
    }

    private func add(_ record: FrameRecord, _ kind: UInt8, _ values: inout [FieldValue]) {
        for verdict in record.verdicts where kind == verdict.kind {
            guard kind > 0 else {
                values.append(.bytes(verdict.content))
                continue
            }
            guard verdict.content.count == 8 else { continue }
            values.append(.word(Int64(bitPattern: verdict.content.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })))
        }
    }
}
