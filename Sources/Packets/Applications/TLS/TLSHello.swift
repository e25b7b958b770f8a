import Crypto
import RoadblockCore

/// Reads the two hello messages (RFC 8446 sections 4.1.2 and 4.1.3).
enum TLSHello {
    static func readClient(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ session: TLSSession,
        side: Int,
        into items: inout ApplicationItems
    ) {
        session.serverSide = 1 - side
        let prints: [ApplicationField] = [.tlsJA3, .tlsJA3Full, .tlsJA4, .tlsJA4Raw]
        var print = TLSFingerprint(wanted: prints.contains { items.wants($0) })
        guard let place = opening(bytes, start, end, into: &items, &print) else { return }
        guard place + 2 <= end else { return }
        let suitesLength = Int(bytes.big16(place))
        items.add(.tlsCipherSuitesLength, suitesLength)
        var suite = place + 2
        let suitesEnd = suite + suitesLength
        guard suitesEnd <= end else { return }
        if suitesLength > 0 { items.mark(.tlsCipherSuites) }
        while suite + 2 <= suitesEnd {
            items.add(.tlsCipherSuite, Int(bytes.big16(suite)))
            print.suite(bytes.big16(suite))
            suite += 2
        }
        guard suitesEnd < end else { return }
        let methodsEnd = suitesEnd + 1 + Int(bytes.byte(suitesEnd))
        guard methodsEnd <= end else { return }
        for method in suitesEnd + 1..<methodsEnd { items.add(.tlsCompressionMethod, Int(bytes.byte(method))) }
        session.isBroken = !TLSExtensions.read(bytes, methodsEnd, end, .client, into: &items) { found in
            print.take(found)
            // Early data is of TLS 1.3 alone (RFC 8446 section 4.2.10).
            if case .type(42) = found, session.version == 0 { session.version = 0x0304 }
        }
        guard !session.isBroken else { return }
        items.add(.tlsJA3Full, made: print.text(forClient: true))
        items.add(.tlsJA3, made: Insecure.MD5.hash(data: print.text(forClient: true)).hexadecimal)
        items.add(.tlsJA4, made: print.ja4(isRaw: false))
        items.add(.tlsJA4Raw, made: print.ja4(isRaw: true))
    }

    static func readServer(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ session: TLSSession,
        side: Int,
        into items: inout ApplicationItems
    ) {
        session.serverSide = side
        guard start + 2 <= end else { return }
        session.version = bytes.big16(start)
        var print = TLSFingerprint(wanted: items.wants(.tlsJA3S) || items.wants(.tlsJA3SFull))
        // The drafts before the 22nd had neither session identifier nor compression.
        let isOldDraft = session.version >> 8 == 0x7F && session.version < 0x7F16
        guard var place = opening(bytes, start, end, hasSessionID: !isOldDraft, into: &items, &print) else { return }
        guard place + 2 <= end else { return }
        session.cipherSuite = bytes.big16(place)
        items.add(.tlsCipherSuite, Int(session.cipherSuite))
        print.suite(session.cipherSuite)
        place += 2
        if !isOldDraft {
            guard place < end else { return }
            items.add(.tlsCompressionMethod, Int(bytes.byte(place)))
            place += 1
        }
        session.isBroken = !TLSExtensions.read(bytes, place, end, .server, into: &items) { found in
            print.take(found)
            switch found {
            case .supportedVersion(let version): session.version = version
            case .applicationProtocol(let name): session.applicationProtocol = name
            default: break
            }
        }
        guard !session.isBroken else { return }
        items.add(.tlsJA3SFull, made: print.text(forClient: false))
        items.add(.tlsJA3S, made: Insecure.MD5.hash(data: print.text(forClient: false)).hexadecimal)
    }

    /// Version, random number and session identifier.
    ///
    /// - Returns: the place behind them; `nil` where the message ends before.
    private static func opening(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        hasSessionID: Bool = true,
        into items: inout ApplicationItems,
        _ print: inout TLSFingerprint
    ) -> Int? {
        guard start + 2 <= end else { return nil }
        items.add(.tlsHandshakeVersion, Int(bytes.big16(start)))
        print.version = bytes.big16(start)
        guard start + 34 <= end else { return nil }
        items.add(.tlsRandom, bytes, start + 2, start + 34)
        guard hasSessionID else { return start + 34 }
        guard start + 35 <= end else { return nil }
        let length = Int(bytes.byte(start + 34))
        items.add(.tlsSessionIDLength, length)
        guard start + 35 + length <= end else { return nil }
        if length > 0 { items.add(.tlsSessionID, bytes, start + 35, start + 35 + length) }
        return start + 35 + length
    }
}
