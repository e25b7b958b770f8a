import RoadblockCore

/// A resource record of a DNS message (RFC 1035 section 4.1.3).
enum DNSRecord {
    /// Adds the values of the record at a place.
    ///
    /// - Returns: the place behind it; `nil` where the message ends before.
    static func read(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        message start: Int,
        _ end: Int,
        _ variant: DNSMessage.Variant,
        into items: inout ApplicationItems
    ) -> Int? {
        guard let name = DNSName.read(bytes, place, message: start, end) else { return nil }
        let after = place + name.length
        // Wireshark shows nothing of a record that is cut.
        guard after + 10 <= end, after + 10 + Int(bytes.big16(after + 8)) <= end else { return nil }
        let type = bytes.big16(after)
        if type != 33 { items.add(.dnsRecordName, made: name.text) }
        items.add(.dnsRecordType, Int(type))
        let isOptions = type == 41
        if !isOptions {
            items.add(.dnsRecordClass, Int(bytes.big16(after + 2) & (variant == .mdns ? 0x7FFF : 0xFFFF)))
            items.add(.dnsRecordTimeToLive, Int(bytes.big32(after + 4)))
        }
        let length = Int(bytes.big16(after + 8))
        items.add(.dnsRecordLength, length)
        let content = after + 10
        if length > 0 {
            guard read(type, bytes, content, length, start, end, name, into: &items) else { return nil }
        }
        return content + length
    }

    /// Adds what a record of a type holds.
    ///
    /// - Returns: false where the message ends before.
    private static func read(
        _ type: UInt16,
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ length: Int,
        _ start: Int,
        _ end: Int,
        _ owner: DNSName,
        into items: inout ApplicationItems
    ) -> Bool {
        switch type {
        case 1:
            guard place + 4 <= end else { return false }
            items.add(.dnsA, Int(bytes.big32(place)))
        case 28:
            guard place + 16 <= end else { return false }
            items.add(.dnsAAAA, wide: IPAddress(high: bytes.big64(place), low: bytes.big64(place + 8)))
        case 2: return addName(.dnsNS, bytes, place, start, end, into: &items) != nil
        case 5: return addName(.dnsCNAME, bytes, place, start, end, into: &items) != nil
        case 12: return addName(.dnsPTR, bytes, place, start, end, into: &items) != nil
        case 6:
            guard let mailbox = addName(.dnsSOAPrimary, bytes, place, start, end, into: &items),
                let numbers = addName(.dnsSOAMailbox, bytes, mailbox, start, end, into: &items),
                numbers + 4 <= end
            else { return false }
            items.add(.dnsSOASerial, Int(bytes.big32(numbers)))
            guard numbers + 20 <= end else { return false }
            items.add(.dnsSOAMinimum, Int(bytes.big32(numbers + 16)))
        case 15:
            guard place + 2 <= end else { return false }
            items.add(.dnsMXPreference, Int(bytes.big16(place)))
            return addName(.dnsMXName, bytes, place + 2, start, end, into: &items) != nil
        case 16: return addTexts(bytes, place, length, end, into: &items)
        case 33:
            // The owner of a service record is `_service._protocol.name` (RFC 2782).
            addServiceName(owner, into: &items)
            guard place + 6 <= end else { return false }
            items.add(.dnsSRVPriority, Int(bytes.big16(place)))
            items.add(.dnsSRVWeight, Int(bytes.big16(place + 2)))
            items.add(.dnsSRVPort, Int(bytes.big16(place + 4)))
            return addName(.dnsSRVTarget, bytes, place + 6, start, end, into: &items) != nil
        case 43, 48: return place + 4 <= end
        case 46: return place + 18 <= end && DNSName.read(bytes, place + 18, message: start, end) != nil
        case 47:
            guard let next = DNSName.read(bytes, place, message: start, end) else { return false }
            return addTypes(bytes, place + next.length, place + length, end, into: &items)
        case 50:
            // Hash, flags, iterations, salt and the hashed name (RFC 5155 section 3.2).
            guard place + 5 <= end else { return false }
            let hash = place + 5 + Int(bytes.byte(place + 4))
            guard hash < end else { return false }
            return addTypes(bytes, hash + 1 + Int(bytes.byte(hash)), place + length, end, into: &items)
        case 62: return addTypes(bytes, place + 6, place + length, end, into: &items)
        default: break
        }
        return true
    }

    /// The types in a bit map of windows (RFC 4034 section 4.1.2), which Wireshark gives the name of a record's type.
    private static func addTypes(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ last: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) -> Bool {
        var place = place
        while place < last {
            guard place + 2 <= end else { return false }
            let window = Int(bytes.byte(place)) << 8
            let length = Int(bytes.byte(place + 1))
            let present = min(length, end - place - 2)
            for index in 0..<present {
                let bits = bytes.byte(place + 2 + index)
                for bit in 0..<8 where bits & 0x80 >> UInt8(bit) != 0 {
                    items.add(.dnsRecordType, window + index * 8 + bit)
                }
            }
            guard present == length else { return false }
            place += 2 + length
        }
        return true
    }

    /// - Returns: the place behind the name; `nil` where the message ends before.
    private static func addName(
        _ field: ApplicationField,
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) -> Int? {
        guard let name = DNSName.read(bytes, place, message: start, end) else { return nil }
        items.add(field, made: name.text)
        return place + name.length
    }

    private static func addTexts(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ length: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) -> Bool {
        var offset = place
        while offset < place + length {
            guard offset < end else { return false }
            let count = Int(bytes.byte(offset))
            items.add(.dnsTXTLength, count)
            guard offset + 1 + count <= end else { return false }
            items.add(.dnsTXT, bytes, offset + 1, offset + 1 + count)
            offset += 1 + count
        }
        return true
    }

    private static func addServiceName(_ owner: DNSName, into items: inout ApplicationItems) {
        let parts = owner.text.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return }
        items.add(.dnsSRVName, made: Array(parts[2]))
    }
}
