import RoadblockCore

/// Lines that rules with LOG as target write: iptables, nftables, ufw, firewalld.
///
/// The line says what was logged, not what became of it: the prefix that its rule was given tells that, or nothing does.
/// Source: Linux, net/netfilter/nf_log_syslog.c (the order of the words); manual pages of the tools (their prefixes).
enum NetfilterLog {
    /// Fields of the log's own; others are found by their name as well.
    static let names = [
        "host", "prefix", "IN", "OUT", "PHYSIN", "PHYSOUT", "MAC", "SRC", "DST", "LEN", "TOS", "PREC", "TC", "HOPLIMIT",
        "FLOWLBL", "TTL", "ID", "PROTO", "SPT", "DPT", "TYPE", "CODE", "WINDOW", "RES", "URGP", "MARK", "UID", "GID",
    ]

    private static let mark = Array("IN=".utf8)
    private static let second = Array(" OUT=".utf8)
    private static let source = Array(" SRC=".utf8)
    private static let tag = Array("kernel:".utf8)

    static func read(_ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> FirewallRecord {
        let scan = LineScan(block, range)
        guard let body = body(scan) else { return .other }
        let (prefix, head) = prefix(scan, before: body)
        let syslog = SyslogPrefix(scan, before: head, clock)
        var record = FirewallRecord()
        record.time = syslog.time
        record.marks = syslog.marks
        record.device = syslog.host
        record.rule = scan.piece(ruleName(scan, prefix))
        record.action = action(scan.bytes(prefix.count > 128 ? prefix.lowerBound..<prefix.lowerBound + 128 : prefix))
        fill(&record, scan, from: body)
        if record.source == nil || record.destination == nil { record.kind = .damaged }
        // What lets packets in lets the connection in that they begin.
        if record.action == .accept {
            let flags = record.tcpFlags ?? 2
            record.isFromAsker = record.protocolNumber != 6 || flags & 18 == 2
            record.answer = record.isFromAsker ? .some : .untold
        }
        return record
    }

    /// The offset of `IN=` in front of `OUT=`; a prefix that does not end in a blank may stand right before it.
    private static func body(_ scan: LineScan) -> Int? {
        var from = scan.start
        while let at = scan.find(mark, from: from) {
            let isWord = at == scan.start || !isNameByte(scan[at - 1])
            if isWord || scan.find(source, from: at) != nil, let out = scan.find(second, from: at, before: at + 64) {
                let between = at + mark.count..<out
                // The interface is one word: nothing else stands between the two.
                if scan.word(from: between.lowerBound, before: out).upperBound >= out || between.isEmpty { return at }
            }
            from = at + mark.count
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 32) &- 97 < 26 || LineScan.isDigit(byte) || byte == UInt8(ascii: "_")
    }

    /// The rule's prefix, and where what stands before it ends.
    private static func prefix(_ scan: LineScan, before body: Int) -> (prefix: Range<Int>, head: Int) {
        if scan[scan.start] != UInt8(ascii: "<"), let at = scan.find(tag, before: body) {
            return (message(scan, at + tag.count..<body), at)
        }
        // Any year will do to find out where the time ends.
        let syslog = SyslogPrefix(scan, before: body, LogClock(now: 0))
        if syslog.isStructured { return (message(scan, syslog.end..<body), syslog.end) }
        if let at = scan.find(tag, before: body) { return (message(scan, at + tag.count..<body), at) }
        let end = syslog.end
        let word = scan.word(from: end, before: body)
        let isTag =
            scan[word.upperBound - 1] == UInt8(ascii: ":") && scan[word.upperBound - 2] == UInt8(ascii: "]")
            && scan[word.lowerBound] != UInt8(ascii: "[")
        return (scan.trimmed((isTag ? word.upperBound : end)..<body), max(end, word.lowerBound))
    }

    /// What the kernel says, without the time since start, in brackets in front of it.
    private static func message(_ scan: LineScan, _ range: Range<Int>) -> Range<Int> {
        let message = scan.trimmed(range)
        guard scan[message.lowerBound] == UInt8(ascii: "[") else { return message }
        let close = scan.next(UInt8(ascii: "]"), from: message.lowerBound, before: range.upperBound)
        let inside = scan.bytes(min(message.lowerBound + 1, close)..<close)
        let isTime = inside.allSatisfy { LineScan.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == 32 }
        return isTime && !inside.isEmpty ? scan.trimmed(min(close + 1, range.upperBound)..<range.upperBound) : message
    }

    /// The prefix without the brackets around it and the colon behind it.
    private static func ruleName(_ scan: LineScan, _ prefix: Range<Int>) -> Range<Int> {
        var name = prefix
        if !name.isEmpty, [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: ",")].contains(scan[name.upperBound - 1])
        {
            name = scan.trimmed(name.lowerBound..<name.upperBound - 1)
        }
        if name.count > 2, scan[name.lowerBound] == UInt8(ascii: "["), scan[name.upperBound - 1] == UInt8(ascii: "]") {
            name = scan.trimmed(name.lowerBound + 1..<name.upperBound - 1)
        }
        return name
    }

    private static let refusing: [(word: String, action: FirewallRecord.Action)] = [
        ("REJECT", .reject), ("DROP", .drop), ("BLOCK", .drop), ("DENY", .drop), ("DENIED", .drop),
    ]
    private static let accepting = ["ACCEPT", "ALLOW", "PERMIT"]

    /// What the words of a prefix say of the packets; nothing where they say both or neither.
    static func action(_ prefix: [UInt8]) -> FirewallRecord.Action {
        let text = prefix.map { $0 &- 97 < 26 ? $0 &- 32 : $0 }
        func holds(_ word: String) -> Bool {
            let word = Array(word.utf8)
            guard text.count >= word.count else { return false }
            return (0...(text.count - word.count)).contains { text[$0..<$0 + word.count].elementsEqual(word) }
        }
        let refused = refusing.first { holds($0.word) }?.action
        let isPassed = text.split { !($0 &- 65 < 26) }.contains { $0.elementsEqual("PASS".utf8) }
        let isAccepted = isPassed || accepting.contains(where: holds)
        if let refused { return isAccepted ? .unknown : refused }
        return isAccepted ? .accept : .unknown
    }

    private static let flags: [(word: [UInt8], bit: UInt8)] = [
        ("FIN", 1), ("SYN", 2), ("RST", 4), ("PSH", 8), ("ACK", 16), ("URG", 32),
    ].map { (Array($0.0.utf8), $0.1) }

    private static func fill(_ record: inout FirewallRecord, _ scan: LineScan, from body: Int) {
        var index = body
        var (input, output) = (Piece.none, Piece.none)
        var bits: UInt8 = 0
        var isInner = false
        while true {
            var word = scan.word(from: index)
            if word.isEmpty { break }
            index = word.upperBound
            // ICMP errors hold the header that they are about, in brackets.
            if scan[word.lowerBound] == UInt8(ascii: "[") { isInner = true }
            if isInner {
                if scan[word.upperBound - 1] == UInt8(ascii: "]") { isInner = false }
                continue
            }
            let equals = scan.next(UInt8(ascii: "="), from: word.lowerBound, before: word.upperBound)
            guard equals < word.upperBound else {
                for flag in flags where scan.equals(word, flag.word) { bits |= flag.bit }
                continue
            }
            let name = word.lowerBound..<equals
            word = equals + 1..<word.upperBound
            switch (name.count, scan[name.lowerBound]) {
            case (2, UInt8(ascii: "I")) where input.isEmpty && scan[name.lowerBound + 1] == UInt8(ascii: "N"):
                input = scan.piece(word)
            case (3, UInt8(ascii: "O")): if output.isEmpty { output = scan.piece(word) }
            case (3, UInt8(ascii: "S")):
                if scan[name.lowerBound + 1] == UInt8(ascii: "R") {
                    record.source = record.source ?? scan.address(word)
                } else if scan[name.lowerBound + 1] == UInt8(ascii: "P") {
                    record.sourcePort = record.sourcePort ?? scan.port(word)
                }
            case (3, UInt8(ascii: "D")):
                if scan[name.lowerBound + 1] == UInt8(ascii: "S") {
                    record.destination = record.destination ?? scan.address(word)
                } else if scan[name.lowerBound + 1] == UInt8(ascii: "P") {
                    record.destinationPort = record.destinationPort ?? scan.port(word)
                }
            case (3, UInt8(ascii: "L")): if record.bytes == nil { record.bytes = scan.number(word) }
            case (5, UInt8(ascii: "P")):
                if record.protocolNumber == nil { record.protocolNumber = ProtocolName.number(scan.bytes(word)) }
            default: break
            }
        }
        record.packets = 1
        if record.protocolNumber == 6 { record.tcpFlags = bits }
        record.interface = input.isEmpty ? output : input
        record.direction =
            switch (input.isEmpty, output.isEmpty) {
            case (false, true): .ingress
            case (true, false): .egress
            case (false, false): .forward
            case (true, true): nil
            }
    }

    /// Where the value of a field of the log's own lies.
    static func field(_ name: [UInt8], _ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> Piece {
        let scan = LineScan(block, range)
        guard let body = body(scan) else { return .none }
        if name == Array("prefix".utf8) { return scan.piece(prefix(scan, before: body).prefix) }
        if name == Array("host".utf8) {
            return SyslogPrefix(scan, before: prefix(scan, before: body).head, clock).host
        }
        let wanted = name + [UInt8(ascii: "=")]
        var index = body
        while true {
            let word = scan.word(from: index)
            // The inner header of an ICMP error comes last.
            if word.isEmpty || scan[word.lowerBound] == UInt8(ascii: "[") { return .none }
            if scan.holds(wanted, at: word.lowerBound) {
                return scan.piece(word.lowerBound + wanted.count..<max(word.upperBound, word.lowerBound + wanted.count))
            }
            index = word.upperBound
        }
    }
}
