import RoadblockCore

/// Syslog of Cisco ASA and FTD: the messages that tell of refused, and of ended, connections.
///
/// Source: Cisco Secure Firewall ASA Series Syslog Messages; Cisco Secure Firewall Threat Defense Syslog Messages.
enum CiscoLog {
    static let names = ["host", "severity", "messageId", "text"]

    private static let marks = ["%ASA-", "%FTD-", "%PIX-"].map { Array($0.utf8) }

    /// Where the parts of a message lie.
    private struct Message {
        var mark: Int
        var severity: Range<Int>
        var id: Range<Int>
        var text: Range<Int>
    }

    private static func message(_ scan: LineScan) -> Message? {
        guard let mark = marks.lazy.compactMap({ scan.find($0, before: scan.start + 512) }).first else { return nil }
        // `%ASA-4-106023:`, or with a class between: `%ASA-session-4-106023:`.
        let close = scan.next(UInt8(ascii: ":"), from: mark, before: mark + 64)
        guard scan[close] == UInt8(ascii: ":"), close - mark > 9 else { return nil }
        let id = close - 6..<close
        guard scan.number(id) != nil, scan[close - 7] == UInt8(ascii: "-"), LineScan.isDigit(scan[close - 8]) else {
            return nil
        }
        return Message(mark: mark, severity: close - 8..<close - 7, id: id, text: scan.trimmed(close + 1..<scan.end))
    }

    /// Where a field of the log's own lies.
    static func field(_ name: String, _ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> Piece {
        let scan = LineScan(block, range)
        guard let message = message(scan) else { return .none }
        switch name {
        case "severity": return scan.piece(message.severity)
        case "messageId": return scan.piece(message.id)
        case "text": return scan.piece(message.text)
        default: return SyslogPrefix(scan, before: message.mark, clock).host
        }
    }

    static func read(_ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> FirewallRecord {
        let scan = LineScan(block, range)
        guard let message = message(scan) else { return .other }
        let syslog = SyslogPrefix(scan, before: message.mark, clock)
        var record = FirewallRecord()
        record.time = syslog.time
        record.marks = syslog.marks
        record.device = syslog.host
        record.packets = 1
        let text = CiscoText(scan, message.text)
        switch scan.number(message.id) {
        case 106_023, 106_010, 106_014: text.readDeny(&record)
        case 106_001, 106_006, 106_007, 106_015, 106_016, 106_017, 106_018, 106_020, 106_021, 106_022, 106_012:
            text.readDenied(&record)
        case 106_100, 106_102, 106_103: text.readAccessList(&record)
        case 710_003, 710_005, 710_006: text.readAccess(&record)
        case 302_013, 302_015:
            text.readBuilt(&record)
            // Its end tells what became of it.
            record.kind = .other
        case 302_014, 302_016: text.readTeardown(&record)
        case 430_002: CiscoEvent(scan, message.text).read(&record, isEnd: false)
        case 430_003: CiscoEvent(scan, message.text).read(&record, isEnd: true)
        default: return other(record)
        }
        if record.kind == .record, record.source == nil || record.destination == nil || record.time == nil {
            record.kind = .damaged
        }
        return record
    }

    private static func other(_ record: FirewallRecord) -> FirewallRecord {
        var record = record
        record.kind = .other
        record.packets = nil
        return record
    }
}

/// The words of one message.
private struct CiscoText {
    let scan: LineScan
    let text: Range<Int>
    private var words: [Range<Int>] = []

    /// No message that is read has more words.
    private static let wordLimit = 64

    init(_ scan: LineScan, _ text: Range<Int>) {
        self.scan = scan
        self.text = text
        var index = text.lowerBound
        while words.count < Self.wordLimit {
            let word = scan.word(from: index, before: text.upperBound)
            if word.isEmpty { break }
            words.append(word)
            index = word.upperBound
        }
    }

    private func place(of word: String, from start: Int = 0) -> Int? {
        let bytes = Array(word.utf8)
        return words.indices.first { $0 >= start && scan.equals(words[$0], bytes) }
    }

    /// The word behind another one.
    private func word(behind word: String, from start: Int = 0) -> Range<Int>? {
        place(of: word, from: start).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }

    private struct End {
        var interface = Piece.none
        var address: IPAddress?
        var port: UInt16?
    }

    /// `outside:203.0.113.7/41822`, `203.0.113.7/41822`, `outside/203.0.113.7(41822)` or an address alone.
    private func end(_ word: Range<Int>) -> End {
        var word = word
        var found = End()
        while word.count > 1, [UInt8(ascii: ","), UInt8(ascii: ";")].contains(scan[word.upperBound - 1]) {
            word = word.lowerBound..<word.upperBound - 1
        }
        if scan[word.lowerBound] == UInt8(ascii: "("), scan[word.upperBound - 1] == UInt8(ascii: ")") {
            word = word.lowerBound + 1..<max(word.lowerBound + 1, word.upperBound - 1)
        }
        // A user's name stands in brackets behind the port.
        let bracket = scan.next(UInt8(ascii: "("), from: word.lowerBound, before: word.upperBound)
        if bracket < word.upperBound {
            let close = scan.next(UInt8(ascii: ")"), from: bracket, before: word.upperBound)
            found.port = scan.port(min(bracket + 1, close)..<close)
            word = word.lowerBound..<bracket
        }
        if let address = scan.address(word) {
            found.address = address
            return found
        }
        let slash = scan.next(UInt8(ascii: "/"), from: word.lowerBound, before: word.upperBound)
        let colon = scan.next(UInt8(ascii: ":"), from: word.lowerBound, before: word.upperBound)
        let isPlain = scan.address(word.lowerBound..<slash) != nil
        if !isPlain, colon < word.upperBound, colon < slash {
            found.interface = scan.piece(word.lowerBound..<colon)
            word = colon + 1..<word.upperBound
        } else if !isPlain, slash < word.upperBound, found.port != nil {
            found.interface = scan.piece(word.lowerBound..<slash)
            word = slash + 1..<word.upperBound
        }
        let last = scan.next(UInt8(ascii: "/"), from: word.lowerBound, before: word.upperBound)
        if last < word.upperBound {
            found.port = scan.port(last + 1..<word.upperBound) ?? found.port
            word = word.lowerBound..<last
        }
        found.address = scan.address(word)
        return found
    }

    private func set(_ record: inout FirewallRecord, _ source: Range<Int>?, _ destination: Range<Int>?) {
        let (from, to) = (source.map(end) ?? End(), destination.map(end) ?? End())
        (record.source, record.sourcePort) = (from.address, from.port)
        (record.destination, record.destinationPort) = (to.address, to.port)
        record.interface = from.interface.isEmpty ? to.interface : from.interface
    }

    /// The protocol that one of the first words names; `protocol 50` has a number.
    private func setProtocol(_ record: inout FirewallRecord) {
        for (index, word) in words.prefix(6).enumerated() {
            if scan.equals(word, Array("protocol".utf8)), index + 1 < words.count {
                record.protocolNumber = ProtocolName.number(scan.bytes(words[index + 1]))
                return
            }
            guard word.count > 1, !LineScan.isDigit(scan[word.lowerBound]) else { continue }
            if let number = ProtocolName.number(scan.bytes(word)) {
                record.protocolNumber = number
                return
            }
        }
    }

    private func setFlags(_ record: inout FirewallRecord) {
        guard record.protocolNumber == 6, let place = place(of: "flags") else { return }
        let names: [(String, UInt8)] = [("FIN", 1), ("SYN", 2), ("RST", 4), ("PSH", 8), ("ACK", 16), ("URG", 32)]
        record.tcpFlags = words[(place + 1)...].reduce(0) { bits, word in
            bits | (names.first { scan.equals(word, Array($0.0.utf8)) }?.1 ?? 0)
        }
    }

    /// `Deny tcp src outside:A/p dst inside:B/p by access-group "outside_in"`.
    func readDeny(_ record: inout FirewallRecord) {
        setProtocol(&record)
        set(&record, word(behind: "src"), word(behind: "dst"))
        record.action = .drop
        record.isFromAsker = true
        if let place = place(of: "access-group"), place + 1 < words.count {
            var name = words[place + 1]
            if scan[name.lowerBound] == UInt8(ascii: "\"") {
                let close = scan.next(UInt8(ascii: "\""), from: name.lowerBound + 1, before: text.upperBound)
                name = name.lowerBound + 1..<close
            }
            record.rule = scan.piece(name)
        }
    }

    /// `Inbound TCP connection denied from A/p to B/p flags SYN on interface outside`, and the like.
    func readDenied(_ record: inout FirewallRecord) {
        setProtocol(&record)
        set(&record, word(behind: "from"), word(behind: "to"))
        if let interface = word(behind: "interface") { record.interface = scan.piece(interface) }
        record.action = .drop
        setFlags(&record)
        record.isFromAsker = record.protocolNumber == 6 && record.tcpFlags == nil
        // `(no connection)`: not a rule, but a state that is lost.
        let head = place(of: "from").map { words[$0].lowerBound } ?? text.lowerBound
        let open = scan.next(UInt8(ascii: "("), from: text.lowerBound, before: head)
        if open < head {
            let close = scan.next(UInt8(ascii: ")"), from: open, before: text.upperBound)
            record.reason = scan.piece(min(open + 1, close)..<close)
        } else if let due = place(of: "due"), due + 2 < words.count, let last = words.last {
            record.reason = scan.piece(words[due + 2].lowerBound..<last.upperBound)
        }
    }

    /// `access-list NAME denied tcp outside/A(p) -> inside/B(p) hit-cnt 1 first hit`.
    func readAccessList(_ record: inout FirewallRecord) {
        setProtocol(&record)
        record.rule = word(behind: "access-list").map(scan.piece) ?? .none
        if let arrow = place(of: "->"), arrow > 0, arrow + 1 < words.count {
            set(&record, words[arrow - 1], words[arrow + 1])
        }
        record.packets = word(behind: "hit-cnt").flatMap(scan.number)
        record.isFromAsker = true
        if place(of: "denied") != nil { record.action = .drop }
        if place(of: "permitted") != nil || place(of: "est-allowed") != nil {
            (record.action, record.answer) = (.accept, .some)
        }
    }

    /// `TCP access denied by ACL from A/p to outside:B/p`: to the firewall itself.
    func readAccess(_ record: inout FirewallRecord) {
        setProtocol(&record)
        set(&record, word(behind: "from"), word(behind: "to"))
        record.action = .drop
        record.isFromAsker = true
    }

    /// `Built inbound TCP connection 12 for outside:A/p (A/p) to inside:B/p (B/p)`.
    func readBuilt(_ record: inout FirewallRecord) {
        setProtocol(&record)
        let (near, far) = (word(behind: "for"), word(behind: "to"))
        let isOutbound = place(of: "outbound") != nil
        set(&record, isOutbound ? far : near, isOutbound ? near : far)
        (record.action, record.isFromAsker) = (.accept, true)
    }

    /// `Teardown TCP connection 12 for outside:A/p to inside:B/p duration 0:00:30 bytes 0 SYN Timeout`.
    func readTeardown(_ record: inout FirewallRecord) {
        setProtocol(&record)
        let (near, far) = (word(behind: "for"), word(behind: "to"))
        set(&record, near, far)
        // It does not say who asked; the lower port is the service's.
        if (record.sourcePort ?? 0) < (record.destinationPort ?? 0) { set(&record, far, near) }
        record.packets = nil
        record.isFromAsker = true
        (record.action, record.answer) = (.accept, .some)
        let total = place(of: "bytes")
        record.bytes = total.flatMap { $0 + 1 < words.count ? scan.number(words[$0 + 1]) : nil }
        if let duration = word(behind: "duration"), let end = record.time, let seconds = seconds(duration) {
            record.end = end
            record.time = end &- seconds &* 1000
        }
        guard let total, total + 2 < words.count else { return }
        let reason = words[total + 2].lowerBound..<words[words.count - 1].upperBound
        record.reason = scan.piece(reason)
        guard record.protocolNumber == 6 else { return }
        if scan.holds(Array("SYN Timeout".utf8), at: reason.lowerBound) {
            (record.action, record.answer) = (.drop, .none)
        }
        if scan.holds(Array("TCP Reset".utf8), at: reason.lowerBound) {
            record.action = .reset
            if record.bytes == 0 { record.answer = .reset }
        }
    }

    /// `1:02:03` in seconds.
    private func seconds(_ word: Range<Int>) -> Int64? {
        let parts = scan.bytes(word).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, word.count < 16 else { return nil }
        let numbers = parts.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else { return nil }
        return numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
    }
}
