import RoadblockCore

/// What happened in a conversation, in Zeek's letters and connection states (Zeek, `scripts/base/protocols/conn`).
///
/// Letters: s SYN, h SYN/ACK, a acknowledgment alone, d payload, f FIN, r RST, t payload again, g a gap that the peer
/// acknowledged, w zero window, i FIN with RST, q SYN with FIN or RST; upper case for the client. `^` says that the
/// client did not send the first packet, `x` that there was more to tell. a, d, i and q stand once for each side; s, h,
/// f and r again with another sequence number; c, t, g and w at 1, 10, 100 and so on. c is a checksum that is wrong,
/// where the whole packet was captured and its side has shown right ones: not those that the sender leaves to its network
/// card; unlike in Zeek, the packet counts all the same, as it does with Zeek's option to ignore checksums.
package struct ConversationHistory: Sendable {
    private var letters = HistoryLetters()
    private var client = HistorySide()
    private var server = HistorySide()

    package init() {}

    /// The sides of a plain flow behind their first segments.
    init(_ flow: borrowing PlainFlow) {
        client = HistorySide(beginning: flow.client.initial, .syn, isAnswered: flow.marks.contains(.isAnswered))
        if flow.marks.contains(.isAnswered) {
            server = HistorySide(beginning: flow.server.initial, .synACK, isAnswered: true)
        }
    }

    /// Takes what a plain flow adds.
    mutating func add(_ flow: borrowing PlainFlow) {
        letters.add(flow.letters)
        client.add(flow.client)
        if flow.marks.contains(.isAnswered) { server.add(flow.server) }
        if flow.marks.contains(.clientHasRightChecksum) { client.noteRightChecksum() }
        if flow.marks.contains(.serverHasRightChecksum) { server.noteRightChecksum() }
    }

    /// Which letters both sides have, where a plain flow with these sides can go on; `nil` where it cannot.
    func letters(
        _ plainClient: borrowing PlainFlow.Side,
        _ plainServer: borrowing PlainFlow.Side
    ) -> (client: HistorySide.PlainLetters, server: HistorySide.PlainLetters)? {
        guard let client = client.plainLetters(plainClient), let server = server.plainLetters(plainServer) else {
            return nil
        }
        return (client, server)
    }

    /// The letters; empty where nothing that has one was seen.
    package var text: String { letters.text }

    /// Adds the letters to a text.
    package func append(to text: inout OutputSpan<UInt8>) { letters.append(to: &text) }

    /// Notes that the side that sent the first packet is not the client.
    package mutating func noteFlip() { letters.add(UInt8(ascii: "^")) }

    /// Makes the server the client: its SYN came behind packets that had told otherwise.
    package mutating func flip() {
        swap(&client, &server)
        letters.swapCase()
        noteFlip()
    }

    /// Notes a packet whose checksum is wrong.
    package mutating func note(_ checksum: ChecksumState, fromClient: Bool) {
        if fromClient {
            client.note(checksum, UInt8(ascii: "C"), &letters)
        } else {
            server.note(checksum, UInt8(ascii: "c"), &letters)
        }
    }

    /// True for a side of which a right checksum was seen.
    func hasRightChecksum(ofClient isClient: Bool) -> Bool {
        isClient ? client.hasRightChecksum : server.hasRightChecksum
    }

    /// Takes a datagram.
    @inline(__always)
    package mutating func addDatagram(fromClient: Bool) {
        if fromClient {
            client.addOnce(.payload, UInt8(ascii: "D"), &letters)
        } else {
            server.addOnce(.payload, UInt8(ascii: "d"), &letters)
        }
    }

    /// Takes a segment.
    @inline(__always)
    package mutating func add(_ tcp: Packet.TCPFields, fromClient: Bool) {
        if fromClient {
            HistorySide.step(tcp, &client, &server, &letters, small: 0)
        } else {
            HistorySide.step(tcp, &server, &client, &letters, small: 0x20)
        }
    }

    /// The state of an exchange of datagrams.
    package var datagramState: String {
        switch (client.seen.contains(.payload), server.seen.contains(.payload)) {
        case (true, true): "SF"
        case (true, false): "S0"
        case (false, true): "SHR"
        case (false, false): "OTH"
        }
    }

    /// The state of a TCP connection.
    package var connectionState: String {
        let clientIsInactive = client.endpoint == .inactive || client.endpoint == .partial
        let serverIsInactive = server.endpoint == .inactive || server.endpoint == .partial
        switch (client.endpoint, server.endpoint) {
        case (.synSent, .reset): return "REJ"
        case (.reset, .reset) where !client.seen.contains(.payload) && !server.seen.contains(.payload): return "REJ"
        case (_, .reset): return clientIsInactive ? "RSTRH" : "RSTR"
        // A SYN/ACK that nobody had asked for is answered with a reset.
        case (.reset, .established) where !client.seen.contains(.syn): return "RSTRH"
        case (.reset, _): return serverIsInactive ? "RSTOS0" : "RSTO"
        case (.closed, .closed): return "SF"
        case (.closed, _): return serverIsInactive ? "SH" : "S2"
        case (_, .closed): return clientIsInactive ? "SHR" : "S3"
        case (.synSent, .inactive): return "S0"
        case (.established, .established): return "S1"
        default: return "OTH"
        }
    }
}

/// One side of a connection as its history needs it.
struct HistorySide: Sendable {
    /// How far an endpoint has come.
    enum Endpoint: UInt8, Sendable {
        case inactive
        /// Packets without a handshake.
        case partial
        case synSent, established, closed, reset
    }

    /// What a side has sent.
    struct Seen: OptionSet, Sendable {
        let rawValue: UInt8
        static let acknowledgment = Seen(rawValue: 1)
        static let payload = Seen(rawValue: 2)
        static let inconsistent = Seen(rawValue: 4)
        static let several = Seen(rawValue: 8)
        static let syn = Seen(rawValue: 16)
        static let synACK = Seen(rawValue: 32)
        static let fin = Seen(rawValue: 64)
        static let reset = Seen(rawValue: 128)
    }

    private(set) var endpoint = Endpoint.inactive
    private(set) var seen: Seen = []
    private var hasNumbers = false
    private var hasGap = false
    /// Sequence numbers of the newest SYN, SYN/ACK, FIN and RST.
    private var synNumber: UInt32 = 0
    private var synACKNumber: UInt32 = 0
    private var finNumber: UInt32 = 0
    private var resetNumber: UInt32 = 0
    /// The first sequence number that was seen, and one past the highest; valid when `hasNumbers`.
    private var first: UInt32 = 0
    private var next: UInt32 = 0
    /// Start of bytes that were skipped; valid when `hasGap`.
    private var gapStart: UInt32 = 0
    private var repeats: UInt32 = 0
    private var gaps: UInt32 = 0
    private var zeroWindows: UInt32 = 0
    private var damages: UInt32 = 0
    private(set) var hasRightChecksum = false

    init() {}

    /// A side behind its SYN or SYN/ACK with a number.
    init(beginning number: UInt32, _ mark: Seen, isAnswered: Bool) {
        endpoint = isAnswered ? .established : .synSent
        seen = mark
        if mark == .syn { synNumber = number } else { synACKNumber = number }
        hasNumbers = true
        first = number
    }

    /// Takes what a side of a plain flow adds.
    mutating func add(_ side: borrowing PlainFlow.Side) {
        if side.hasDataLetter { seen.insert(.payload) }
        if side.hasAcknowledgedAlone { seen.insert(.acknowledgment) }
        next = side.next
        guard side.hasFIN else { return }
        seen.insert(.fin)
        finNumber = side.next &- 1
        endpoint = .closed
    }

    /// Which letters of a plain flow a side has.
    struct PlainLetters {
        var hasData: Bool
        var hasAcknowledged: Bool
    }

    /// The same, where a side of a plain flow goes on with this one; `nil` where it does not.
    func plainLetters(_ side: borrowing PlainFlow.Side) -> PlainLetters? {
        guard hasNumbers, !hasGap, next == side.next, endpoint == .established || endpoint == .partial else {
            return nil
        }
        return PlainLetters(hasData: seen.contains(.payload), hasAcknowledged: seen.contains(.acknowledgment))
    }

    /// Adds a letter the first time.
    @inline(__always)
    mutating func addOnce(_ mark: Seen, _ letter: UInt8, _ letters: inout HistoryLetters) {
        guard !seen.contains(mark) else { return }
        seen.insert(mark)
        letters.add(letter)
    }

    /// A wrong checksum says something of a side that has shown right ones; who leaves them to its network card, or whose
    /// packets were rewritten, has none.
    mutating func note(_ checksum: ChecksumState, _ letter: UInt8, _ letters: inout HistoryLetters) {
        switch checksum {
        case .unknown: break
        case .right: hasRightChecksum = true
        case .wrong: if hasRightChecksum { Self.addScaled(&damages, letter, &letters) }
        }
    }

    mutating func noteRightChecksum() { hasRightChecksum = true }

    /// Adds a letter the first time, and whenever the number is another one.
    private static func addChanged(
        _ mark: Seen,
        _ letter: UInt8,
        _ number: UInt32,
        _ old: inout UInt32,
        _ seen: inout Seen,
        _ letters: inout HistoryLetters
    ) {
        guard !seen.contains(mark) || old != number else { return }
        seen.insert(mark)
        old = number
        letters.add(letter)
    }

    /// Counts, and adds a letter at 1, 10, 100 and so on.
    private static func addScaled(_ count: inout UInt32, _ letter: UInt8, _ letters: inout HistoryLetters) {
        guard count < .max else { return }
        count &+= 1
        switch count {
        case 1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000: letters.add(letter)
        default: break
        }
    }

    /// Takes a segment of one side; `small` makes its letters lower case.
    @inline(__always)
    static func step(
        _ tcp: Packet.TCPFields,
        _ own: inout HistorySide,
        _ peer: inout HistorySide,
        _ letters: inout HistoryLetters,
        small: UInt8
    ) {
        let flags = tcp.flags
        let isControl = !flags.isDisjoint(with: [.syn, .fin, .rst])
        if isControl { own.noteFlags(tcp, peer, &letters, small) }
        if flags.contains(.rst) {
            // What a reset carries is no part of the stream.
            own.reset(tcp, &peer)
            return
        }
        let length = UInt32(truncatingIfNeeded: tcp.payloadLength)
        if length > 0 {
            own.addOnce(.payload, UInt8(ascii: "D") | small, &letters)
            if own.repeatsPayload(tcp.sequence &+ (flags.contains(.syn) ? 1 : 0), length) {
                addScaled(&own.repeats, UInt8(ascii: "T") | small, &letters)
            }
        } else if flags.contains(.ack), !isControl {
            own.addOnce(.acknowledgment, UInt8(ascii: "A") | small, &letters)
        }
        if flags.contains(.fin) { own.noteFIN(tcp.sequence &+ length, &letters, small) }
        if tcp.window == 0 { addScaled(&own.zeroWindows, UInt8(ascii: "W") | small, &letters) }
        if flags.contains(.ack), peer.isGap(before: tcp.acknowledgment) {
            addScaled(&peer.gaps, UInt8(ascii: "G") | (small ^ 0x20), &letters)
        }
        if length > 0 || isControl { own.advance(tcp) }
        if isControl {
            own.moveOn(flags, &peer)
        } else if own.endpoint == .inactive {
            own.endpoint = .partial
        }
    }

    /// Adds the letters of SYN and RST, and those of flags that do not go together.
    private mutating func noteFlags(
        _ tcp: Packet.TCPFields,
        _ peer: HistorySide,
        _ letters: inout HistoryLetters,
        _ small: UInt8
    ) {
        let flags = tcp.flags
        if flags.contains(.syn) {
            if !flags.isDisjoint(with: [.fin, .rst]) {
                addOnce(.several, UInt8(ascii: "Q") | small, &letters)
            } else if flags.contains(.ack) {
                let letter = UInt8(ascii: "H") | small
                Self.addChanged(.synACK, letter, tcp.sequence, &synACKNumber, &seen, &letters)
            } else {
                let letter = UInt8(ascii: "S") | small
                Self.addChanged(.syn, letter, tcp.sequence, &synNumber, &seen, &letters)
            }
        } else if flags.contains([.fin, .rst]) {
            addOnce(.inconsistent, UInt8(ascii: "I") | small, &letters)
        } else if flags.contains(.rst) {
            Self.addChanged(.reset, UInt8(ascii: "R") | small, tcp.sequence, &resetNumber, &seen, &letters)
        }
    }

    private mutating func noteFIN(_ number: UInt32, _ letters: inout HistoryLetters, _ small: UInt8) {
        Self.addChanged(.fin, UInt8(ascii: "F") | small, number, &finNumber, &seen, &letters)
    }

    /// True for payload of which every byte was seen before, and none of which was skipped.
    @inline(__always)
    private func repeatsPayload(_ start: UInt32, _ length: UInt32) -> Bool {
        guard hasNumbers, Int32(bitPattern: start &+ length &- next) <= 0, Int32(bitPattern: start &- first) >= 0 else {
            return false
        }
        return !hasGap || Int32(bitPattern: start &- gapStart) < 0
    }

    /// True when the peer acknowledges bytes of this side that were not seen; it does so once for each gap.
    ///
    /// One number behind all that was seen may be a FIN. Before the handshake the peer speaks of another connection.
    @inline(__always)
    private mutating func isGap(before number: UInt32) -> Bool {
        guard hasNumbers, endpoint != .synSent else { return false }
        if hasGap, Int32(bitPattern: number &- gapStart) > 0 {
            hasGap = false
            return true
        }
        let ahead = Int32(bitPattern: number &- next)
        if ahead > 0 { next = number }
        return ahead > 1
    }

    /// Takes the numbers of a segment that has some.
    @inline(__always)
    private mutating func advance(_ tcp: Packet.TCPFields) {
        let start = tcp.sequence
        let end = start &+ tcp.sequenceLength
        guard hasNumbers else {
            hasNumbers = true
            first = start
            next = end
            return
        }
        if Int32(bitPattern: start &- first) < 0 { first = start }
        let ahead = Int32(bitPattern: start &- next)
        if ahead > 0, !hasGap {
            hasGap = true
            gapStart = next
        } else if hasGap, start == gapStart {
            hasGap = false
        }
        if Int32(bitPattern: end &- next) > 0 { next = end }
    }

    /// Moves the endpoints on a SYN or FIN.
    private mutating func moveOn(_ flags: TCPFlags, _ peer: inout HistorySide) {
        if flags.contains(.syn) {
            if flags.contains(.ack) {
                if endpoint.rawValue < Endpoint.established.rawValue { endpoint = .established }
                if peer.endpoint == .synSent { peer.endpoint = .established }
            } else {
                noteSYN(&peer)
            }
        }
        if flags.contains(.fin), endpoint != .reset { endpoint = .closed }
    }

    private mutating func noteSYN(_ peer: inout HistorySide) {
        switch endpoint {
        case .inactive: endpoint = peer.endpoint == .established ? .established : .synSent
        case .reset where peer.endpoint == .inactive || peer.endpoint == .partial:
            // The attempt that was given up was never answered: this one begins anew.
            endpoint = .synSent
            peer.endpoint = .inactive
        default: break
        }
    }

    /// Takes a reset, unless it answers a SYN without acknowledging it (RFC 9293 section 3.10.7.3).
    private mutating func reset(_ tcp: Packet.TCPFields, _ peer: inout HistorySide) {
        if peer.endpoint == .synSent, endpoint == .inactive, peer.hasNumbers {
            let acknowledged = tcp.acknowledgment &- (peer.synNumber &+ 1)
            guard tcp.flags.contains(.ack) ? acknowledged <= 1 << 16 : tcp.sequence == 0 else { return }
        }
        endpoint = .reset
    }
}
