import RoadblockCore

/// Reads the records of a TLS stream (RFC 8446 section 5, RFC 5246 section 6).
struct TLSRecords {
    let session: TLSSession
    /// The side that sent the bytes.
    let side: Int
    /// Source and destination.
    let ports: (UInt16, UInt16)
    /// The port behind a proxy; 0 without one.
    let tunnelPort: UInt16
    /// False where the rest of a record will not come.
    let canWait: Bool

    static func looksLikeTLS(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        guard start + 6 <= end, bytes.byte(start) == 22, bytes.byte(start + 1) == 3, bytes.byte(start + 2) <= 4
        else { return false }
        return bytes.byte(start + 5) == 1 || bytes.byte(start + 5) == 2
    }

    /// Adds the values of the records from `start` to `end`.
    func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) -> MessageOutcome {
        var place = start
        let isRead = isRecord(bytes, place, end) || isVersion2Hello(bytes, place, end) || end - start < 5
        let isOld = !session.hasRecords && looksLikeVersion2(bytes, place, end)
        guard isRead || !isText(bytes, place) else { return .done }
        session.isBroken = false
        items.enter(.tls)
        items.add(.tls, bytes, start, end)
        if !isRead, isOld, bytes.byte(place) & 0x80 != 0, canWait {
            let length = 2 + Int(bytes.big16(place) & 0x7FFF)
            if place + length > end { return .waits(at: place, .bytes(length)) }
        }
        while place < end {
            if isVersion2Hello(bytes, place, end) {
                let length = Int(bytes.big16(place) & 0x7FFF)
                if place + 2 + length > end, canWait { return .waits(at: place, .bytes(2 + length)) }
                readVersion2Hello(bytes, place, min(end, place + 2 + length), into: &items)
                place += 2 + length
                continue
            }
            guard place + 5 <= end else { return canWait ? .waits(at: place, .segment) : .done }
            // What does not look like a record ends the reading.
            guard isRecord(bytes, place, end) else { return .done }
            let length = Int(bytes.big16(place + 3))
            if place + 5 + length > end, canWait { return .waits(at: place, .bytes(5 + length)) }
            record(bytes, place, min(end, place + 5 + length), length, into: &items)
            guard !session.isBroken else { return .done }
            place += 5 + length
        }
        return .done
    }

    /// True for four printable characters, which no record begins with.
    private func isText(_ bytes: borrowing RawSpan, _ place: Int) -> Bool {
        for index in place..<place + 4 where !(32...126).contains(bytes.byte(index)) { return false }
        return true
    }

    /// True for what may be a record of SSL 2.0, which has nothing but a type to be told by.
    private func looksLikeVersion2(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int) -> Bool {
        guard place + 5 <= end else { return false }
        let type = bytes.byte(place) & 0x80 != 0 ? bytes.byte(place + 2) : bytes.byte(place + 3)
        return type <= 8
    }

    private func isRecord(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int) -> Bool {
        place + 5 <= end && (20...24).contains(bytes.byte(place)) && bytes.byte(place + 1) == 3
    }

    private func record(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ end: Int,
        _ length: Int,
        into items: inout ApplicationItems
    ) {
        let type = bytes.byte(place)
        session.hasRecords = true
        items.mark(.tlsRecord)
        items.add(type == 23 && session.isVersion13 ? .tlsOpaqueType : .tlsContentType, Int(type))
        items.add(.tlsRecordVersion, Int(bytes.big16(place + 1)))
        items.add(.tlsRecordLength, length)
        let content = place + 5
        switch type {
        case 20:
            items.mark(.tlsChangeCipherSpec)
            if !session.isVersion13 { session.isEncrypted[side] = true }
        case 21:
            items.mark(.tlsAlert)
            guard length == 2, content + 2 <= end, !session.isEncrypted[side] else { return }
            items.add(.tlsAlertLevel, Int(bytes.byte(content)))
            items.add(.tlsAlertDescription, Int(bytes.byte(content + 1)))
        case 22: TLSHandshake(records: self).read(bytes, content, end, isCut: end < content + length, into: &items)
        case 23:
            items.add(.tlsApplicationBytes, bytes, content, end)
            if let name = applicationName { items.add(.tlsApplicationProtocol, made: Array(name.utf8)) }
        default: break
        }
    }

    /// What is inside the connection, by what was agreed, otherwise by its port.
    private var applicationName: String? {
        switch String(decoding: session.applicationProtocol, as: UTF8.self) {
        case "h2": return "HyperText Transfer Protocol 2"
        case "http/1.1", "http/1.0": return "Hypertext Transfer Protocol"
        default: break
        }
        let port = tunnelPort > 0 ? tunnelPort : isFromServer ? ports.0 : ports.1
        return ApplicationPorts.nameInsideTLS(port)
    }

    /// True for bytes that the server sent, as far as can be told.
    var isFromServer: Bool {
        if let server = session.serverSide { return server == side }
        return ports.0 < ports.1
    }

    /// An SSL 2.0 client hello (RFC 5246 appendix E.2), which old clients opened with.
    private func isVersion2Hello(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int) -> Bool {
        guard place + 5 <= end, bytes.byte(place) & 0x80 != 0, bytes.byte(place + 2) == 1 else { return false }
        let version = bytes.big16(place + 3)
        return version == 2 || version == 0x0300 || version == 0x0301 || version == 0x0302 || version == 0x0303
    }

    private func readVersion2Hello(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        session.hasRecords = true
        items.mark(.tlsRecord)
        items.add(.tlsRecordLength, Int(bytes.big16(place) & 0x7FFF))
        items.add(.tlsRecordVersion, 2)
        items.add(.tlsHandshakeType, 1)
        items.add(.tlsHandshakeVersion, Int(bytes.big16(place + 3)))
        session.serverSide = 1 - side
        guard place + 11 <= end else { return }
        items.mark(.tlsCipherSuites)
        items.add(.tlsSessionIDLength, Int(bytes.big16(place + 7)))
        let session = place + 11 + Int(bytes.big16(place + 5))
        let length = Int(bytes.big16(place + 7))
        if length > 0, session + length <= end { items.add(.tlsSessionID, bytes, session, session + length) }
    }
}
