import RoadblockCore

/// Reads the extensions of a handshake message (RFC 8446 section 4.2).
enum TLSExtensions {
    /// The message that the extensions are in.
    enum Message: Sendable { case client, server, encrypted, certificate }

    /// What is found while reading.
    enum Finding {
        case type(UInt16)
        case group(UInt16)
        case pointFormat(UInt8)
        case supportedVersion(UInt16)
        case applicationProtocol([UInt8])
        case signature(UInt16)
    }

    /// Adds the values of a list of extensions.
    ///
    /// - Returns: false where an extension is longer than its list.
    static func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ message: Message,
        into items: inout ApplicationItems,
        note: (Finding) -> Void
    ) -> Bool {
        guard start + 2 <= end else { return true }
        let total = Int(bytes.big16(start))
        items.add(.tlsExtensionsLength, total)
        let last = start + 2 + total
        guard last <= end else { return true }
        var place = start + 2
        while place + 4 <= last {
            let type = bytes.big16(place)
            let length = Int(bytes.big16(place + 2))
            guard place + 4 + length <= last else { return false }
            items.add(.tlsExtensionType, Int(type))
            items.add(.tlsExtensionLength, length)
            note(.type(type))
            let content = place + 4
            read(type, bytes, content, content + length, message, into: &items, note: note)
            place = content + length
        }
        return true
    }

    private static func read(
        _ type: UInt16,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ message: Message,
        into items: inout ApplicationItems,
        note: (Finding) -> Void
    ) {
        switch type {
        case 0: serverNames(bytes, start, end, into: &items)
        case 10:
            words(bytes, start + 2, end, first: start) {
                items.add(.tlsSupportedGroup, Int($0))
                note(.group($0))
            }
        case 11:
            guard start < end else { return }
            for place in start + 1..<max(start + 1, min(end, start + 1 + Int(bytes.byte(start)))) {
                note(.pointFormat(bytes.byte(place)))
            }
        // The last is that of delegated credentials (RFC 9345 section 4).
        case 13, 50,
            34 where message == .client:
            words(bytes, start + 2, end, first: start) {
                items.add(.tlsSignatureAlgorithm, Int($0))
                if type == 13 { note(.signature($0)) }
            }
        case 16: protocols(bytes, start, end, into: &items, note: note)
        case 18: SignedTimestamps.read(list: bytes, start, end, into: &items)
        case 40, 51: keyShares(bytes, start, end, message, into: &items)
        case 43:
            if message == .client {
                guard start < end else { return }
                var place = start + 1
                while place + 2 <= end {
                    items.add(.tlsSupportedVersion, Int(bytes.big16(place)))
                    note(.supportedVersion(bytes.big16(place)))
                    place += 2
                }
            } else if start + 2 <= end {
                items.add(.tlsSupportedVersion, Int(bytes.big16(start)))
                note(.supportedVersion(bytes.big16(start)))
            }
        default:
            if !isReadElsewhere(type) { items.add(.tlsExtensionBytes, bytes, start, end) }
        }
    }

    /// Extensions that Wireshark has fields of their own for, so that their bytes are not shown whole.
    private static func isReadElsewhere(_ type: UInt16) -> Bool {
        switch type {
        case 1, 5, 15, 17, 19, 20, 21, 22, 23, 27, 28, 34, 41, 42, 44, 45, 47, 48, 49, 53, 54, 57, 13172, 17513, 65281,
            65445, 65486:
            true
        default: false
        }
    }

    /// The numbers of a list whose length in bytes stands at `first`.
    private static func words(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        first: Int,
        _ take: (UInt16) -> Void
    ) {
        guard first + 2 <= end else { return }
        let last = min(end, start + Int(bytes.big16(first)))
        var place = start
        while place + 2 <= last {
            take(bytes.big16(place))
            place += 2
        }
    }

    /// Server names (RFC 6066 section 3).
    private static func serverNames(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        guard start + 2 <= end else { return }
        items.add(.tlsServerNameListLength, Int(bytes.big16(start)))
        let last = min(end, start + 2 + Int(bytes.big16(start)))
        var place = start + 2
        while place + 3 <= last {
            let length = Int(bytes.big16(place + 1))
            items.add(.tlsServerNameType, Int(bytes.byte(place)))
            items.add(.tlsServerNameLength, length)
            guard place + 3 + length <= last else { return }
            items.add(.tlsServerName, bytes, place + 3, place + 3 + length)
            place += 3 + length
        }
    }

    /// Application protocols (RFC 7301 section 3.1).
    private static func protocols(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems,
        note: (Finding) -> Void
    ) {
        guard start + 2 <= end else { return }
        let last = min(end, start + 2 + Int(bytes.big16(start)))
        var place = start + 2
        while place < last {
            let length = Int(bytes.byte(place))
            guard length > 0, place + 1 + length <= last else { return }
            items.add(.tlsALPN, bytes, place + 1, place + 1 + length)
            note(.applicationProtocol(bytes.copy(place + 1, place + 1 + length)))
            place += 1 + length
        }
    }

    private static func keyShares(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ message: Message,
        into items: inout ApplicationItems
    ) {
        guard message == .client else {
            // The choice of a retried hello is another field.
            if start + 2 < end { items.add(.tlsKeyShareGroup, Int(bytes.big16(start))) }
            return
        }
        guard start + 2 <= end else { return }
        let last = start + 2 + Int(bytes.big16(start))
        guard last <= end else { return }
        var place = start + 2
        while place + 4 <= last {
            items.add(.tlsKeyShareGroup, Int(bytes.big16(place)))
            place += 4 + Int(bytes.big16(place + 2))
        }
    }
}
