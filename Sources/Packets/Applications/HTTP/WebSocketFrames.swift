import RoadblockCore

/// Finds where the frames of a WebSocket end (RFC 6455 section 5.2); what they carry is not read.
enum WebSocketFrames {
    /// Reads the frames from `start` to `end`.
    static func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        canWait: Bool,
        into items: inout ApplicationItems
    ) -> MessageOutcome {
        var place = start
        while place < end {
            let length = length(bytes, place, end)
            if canWait {
                guard let length else { return .waits(at: place, .segment) }
                if place + length > end { return .waits(at: place, .bytes(length)) }
            }
            if place == start { items.enter(.webSocket) }
            if let length { items.add(.tcpMessageSize, length) }
            place += length ?? end - place
        }
        return .done
    }

    /// How long the frame at a place is; `nil` where too little of it is there.
    private static func length(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int) -> Int? {
        guard place + 2 <= end else { return nil }
        let mask = bytes.byte(place + 1) & 0x80 != 0 ? 4 : 0
        switch bytes.byte(place + 1) & 0x7F {
        case 126:
            guard place + 4 <= end else { return nil }
            return 4 + mask + Int(bytes.big16(place + 2))
        case 127:
            guard place + 10 <= end else { return nil }
            return 10 + mask + Int(min(bytes.big64(place + 2), 1 << 40))
        case let length: return 2 + mask + Int(length)
        }
    }
}
