import RoadblockCore

/// Reads the handshake messages of a record (RFC 8446 section 4, RFC 5246 section 7.4).
struct TLSHandshake {
    let records: TLSRecords
    private var session: TLSSession { records.session }

    init(records: TLSRecords) { self.records = records }

    /// Adds the values of the messages in a record's content.
    ///
    /// A part of a message is marked as one too, in each record that it lies in; what is cut is no part.
    func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        isCut: Bool,
        into items: inout ApplicationItems
    ) {
        let side = records.side
        guard start < end else { return }
        if session.fragments[side].isEmpty {
            let rest = messages(bytes, start, end, into: &items)
            if rest < end, !isCut {
                items.mark(.tlsHandshake)
                keep(bytes, rest, end)
            }
            return
        }
        guard !isCut else { return }
        items.mark(.tlsHandshake)
        keep(bytes, start, end)
        let whole = session.fragments[side]
        // Nothing is whole before the first message is.
        guard whole.count >= 4 else { return }
        guard whole.count >= 4 + Int(whole[1]) << 16 + Int(whole[2]) << 8 + Int(whole[3]) else { return }
        session.fragments[side] = []
        let wasInFrame = items.isInFrame
        items.isInFrame = false
        let rest = whole.withRawBytes { messages($0, 0, whole.count, into: &items) }
        items.isInFrame = wasInFrame
        guard rest < whole.count, session.fragments[side].isEmpty else { return }
        items.mark(.tlsHandshake)
        session.fragments[side] = Array(whole[rest...])
    }

    private func keep(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) {
        guard session.fragments[records.side].count + end - start <= TLSSession.fragmentLimit else {
            session.fragments[records.side] = []
            return
        }
        session.fragments[records.side] += bytes.copy(start, end)
    }

    private static let knownTypes: Set<UInt8> = [
        0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67,
    ]

    /// - Returns: where a message begins that is not whole; `end` where there is none.
    private func messages(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) -> Int {
        var place = start
        while place < end {
            let type = bytes.byte(place)
            guard !session.isEncrypted[records.side], TLSHandshake.knownTypes.contains(type) else {
                items.mark(.tlsHandshake)
                return end
            }
            guard place + 4 <= end else { return place }
            let length = Int(bytes.big32(place) & 0xFF_FFFF)
            guard place + 4 + length <= end else {
                guard length < TLSSession.fragmentLimit else {
                    items.mark(.tlsHandshake)
                    return end
                }
                return place
            }
            items.mark(.tlsHandshake)
            items.add(.tlsHandshakeType, Int(type))
            items.add(.tlsHandshakeLength, length)
            message(type, bytes, place + 4, place + 4 + length, into: &items)
            guard !session.isBroken else { return end }
            place += 4 + length
        }
        return end
    }

    private func message(
        _ type: UInt8,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        switch type {
        case 1: TLSHello.readClient(bytes, start, end, session, side: records.side, into: &items)
        case 2, 6: TLSHello.readServer(bytes, start, end, session, side: records.side, into: &items)
        case 8: session.isBroken = !TLSExtensions.read(bytes, start, end, .encrypted, into: &items) { _ in }
        case 11: certificates(bytes, start, end, into: &items)
        case 12: serverKeyExchange(bytes, start, end, into: &items)
        case 13: certificateRequest(bytes, start, end, into: &items)
        case 15:
            if hasSignatureAlgorithm, start + 2 <= end {
                items.add(.tlsSignatureAlgorithm, Int(bytes.big16(start)))
            }
        default: break
        }
    }

    /// Signatures name their algorithm from TLS 1.2 on.
    private var hasSignatureAlgorithm: Bool { session.version == 0x0303 || session.isVersion13 }

    private func certificates(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        var place = start
        if session.isVersion13 {
            guard place < end else { return }
            place += 1 + Int(bytes.byte(place))
        }
        guard place + 3 <= end else { return }
        let total = Int(bytes.big16(place)) << 8 | Int(bytes.byte(place + 2))
        place += 3
        guard total > 0 else { return }
        items.mark(.tlsCertificates)
        let last = min(end, place + total)
        while place + 3 <= last {
            let length = Int(bytes.big16(place)) << 8 | Int(bytes.byte(place + 2))
            items.add(.tlsCertificateLength, length)
            place += 3
            guard place + length <= last else { return }
            items.add(.tlsCertificate, bytes, place, place + length)
            SignedTimestamps.read(certificate: bytes, place, place + length, into: &items)
            place += length
            guard session.isVersion13 else { continue }
            guard place + 2 <= last else { return }
            session.isBroken = !TLSExtensions.read(bytes, place, last, .certificate, into: &items) { _ in }
            guard !session.isBroken else { return }
            place += 2 + Int(bytes.big16(place))
        }
    }

    /// The signature behind the server's key (RFC 8422 section 5.4, RFC 5246 section 7.4.3).
    private func serverKeyExchange(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        guard session.version == 0x0303 else { return }
        var place = start
        switch KeyExchange(session.cipherSuite) {
        case .ellipticCurve:
            guard place + 4 <= end, bytes.byte(place) == 3 else { return }
            place += 4 + Int(bytes.byte(place + 3))
        case .finiteField:
            for _ in 0..<3 {
                guard place + 2 <= end else { return }
                place += 2 + Int(bytes.big16(place))
            }
        case .other: return
        }
        if place + 2 <= end { items.add(.tlsSignatureAlgorithm, Int(bytes.big16(place))) }
    }

    private func certificateRequest(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        guard start < end else { return }
        var place = start + 1 + Int(bytes.byte(start))
        if session.isVersion13 {
            session.isBroken = !TLSExtensions.read(bytes, place, end, .certificate, into: &items) { _ in }
            return
        }
        guard session.version == 0x0303, place + 2 <= end else { return }
        let last = min(end, place + 2 + Int(bytes.big16(place)))
        place += 2
        while place + 2 <= last {
            items.add(.tlsSignatureAlgorithm, Int(bytes.big16(place)))
            place += 2
        }
    }
}

/// How a cipher suite agrees on keys, where the server signs its share.
private enum KeyExchange {
    case ellipticCurve, finiteField, other

    private static let finite: Set<UInt16> = [
        0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0032, 0x0033, 0x0038, 0x0039, 0x0040, 0x0044, 0x0045, 0x0063,
        0x0065, 0x0066, 0x0067, 0x006A, 0x006B, 0x0087, 0x0088, 0x0099, 0x009A, 0x009E, 0x009F, 0x00A2, 0x00A3, 0x00BD,
        0x00BE, 0x00C3, 0x00C4, 0xC042, 0xC043, 0xC044, 0xC045, 0xC052, 0xC053, 0xC056, 0xC057, 0xC07C, 0xC07D, 0xC080,
        0xC081, 0xC09E, 0xC09F, 0xC0A2, 0xC0A3, 0xCCAA,
    ]
    private static let elliptic: Set<UInt16> = [
        0xC006, 0xC007, 0xC008, 0xC009, 0xC00A, 0xC010, 0xC011, 0xC012, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028,
        0xC02B, 0xC02C, 0xC02F, 0xC030, 0xC048, 0xC049, 0xC04C, 0xC04D, 0xC05C, 0xC05D, 0xC060, 0xC061, 0xC072, 0xC073,
        0xC076, 0xC077, 0xC086, 0xC087, 0xC08A, 0xC08B, 0xC0AC, 0xC0AD, 0xC0AE, 0xC0AF, 0xCC13, 0xCC14, 0xCCA8, 0xCCA9,
    ]

    init(_ suite: UInt16) {
        self =
            KeyExchange.elliptic.contains(suite)
            ? .ellipticCurve : KeyExchange.finite.contains(suite) ? .finiteField : .other
    }
}
