import RoadblockCore

/// What JSON begins with that holds a list of events, and how its items are read.
///
/// Known are the answers of CloudWatch Logs (API Reference: "FilterLogEvents", "GetLogEvents", "GetQueryResults"), what
/// its subscriptions deliver (User Guide: "Real-time processing of log data with subscriptions"), the files and answers of
/// CloudTrail ("CloudTrail log file examples", "LookupEvents"), arrays, and objects that are spread over several lines.
struct EnvelopeHead {
    enum Shape {
        /// Objects with `message` and `timestamp`.
        case logEvents
        /// Lists of `field` and `value`.
        case rows
        /// Objects with `@message` and `@timestamp`, as the console saves results.
        case named
        /// Objects with an event as text in `CloudTrailEvent`.
        case lookups
        /// Objects that are the events.
        case objects
    }

    var shape = Shape.objects
    /// True for items of a list; otherwise they follow one another.
    var isList = true
    /// True where the list is a member of an object, which ends behind it.
    var isInObject = false
    /// True for what a subscription sends to see whether somebody is there.
    var isControl = false
    /// Where the first item may begin.
    var start = 0
    private var stream: String?
    private var group: String?

    /// Bytes that stand before the first item at most.
    static let limit = 16 << 10
    /// What an event of CloudWatch Logs has.
    private static let eventMembers: Set = [
        "message", "timestamp", "ingestionTime", "eventId", "id", "logStreamName", "logGroupName", "logGroupIdentifier",
    ]
    /// Bytes of the first item that are looked at.
    private static let look = 4 << 10

    init() {}

    /// The head at an offset; `nil` where there is none, or not all of it.
    init?(_ bytes: [UInt8], from offset: Int) {
        var index = EnvelopeHead.skipSpace(bytes, offset)
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "[") {
            start = index + 1
            index = EnvelopeHead.skipSpace(bytes, start)
            guard index < bytes.count else { return nil }
            let item = EnvelopeHead.item(bytes, index)
            if bytes[index] == UInt8(ascii: "["), item.holds("\"field\"") {
                shape = .rows
            } else if bytes[index] == UInt8(ascii: "{") {
                let isNamed = item.holds("\"@message\"") && item.holds("\"@timestamp\"")
                let isEvent = ["\"ingestionTime\"", "\"logStreamName\"", "\"eventId\""].contains(where: item.holds)
                shape = isEvent && item.holds("\"message\"") ? .logEvents : isNamed ? .named : .objects
            } else if bytes[index] != UInt8(ascii: "]") || EnvelopeHead.skipSpace(bytes, index + 1) < bytes.count {
                // A list of nothing, and nothing else, has no events.
                return nil
            }
            return
        }
        guard bytes[index] == UInt8(ascii: "{") else { return nil }
        if findList(bytes, index) { return }
        (isList, start) = (false, index)
        if EnvelopeHead.isLogEvent(bytes, index) {
            shape = .logEvents
        } else if !EnvelopeHead.isSpread(bytes, index) {
            return nil
        }
    }

    /// True for an event of CloudWatch Logs by itself, as `jq '.events[]'` prints it, or a flow record as Firehose has it.
    private static func isLogEvent(_ bytes: [UInt8], _ start: Int) -> Bool {
        var scan = ObjectScan()
        let window = min(bytes.count, start + limit)
        guard let end = scan.end(bytes, from: start), end <= window,
            let value = try? JSONReader.value(of: bytes, in: start..<end)
        else { return false }
        guard case .object(let members) = value, case .string(let message)? = value["message"] else { return false }
        // A program's own events may be called so too, and have other fields, or times as text.
        if whole(value["timestamp"]) != nil, whole(value["ingestionTime"]) != nil {
            return members.allSatisfy { eventMembers.contains($0.name) }
        }
        // Flow logs that are delivered by Firehose have nothing else.
        guard members.count == 1 else { return false }
        return FlowLogLayout(guessedFrom: [message.split(separator: " ").map(String.init)]) != nil
    }

    /// True for an object over several lines, or with another behind it in its line, as Firehose delivers them.
    private static func isSpread(_ bytes: [UInt8], _ start: Int) -> Bool {
        var end = start + 1
        while end < bytes.count, isSpace(bytes[end]), bytes[end] != 10 { end += 1 }
        if end < bytes.count, bytes[end] == 10 { return true }
        var scan = ObjectScan()
        guard let close = scan.end(bytes, from: start) else { return false }
        // A line that is cut is no part of an object with those behind it.
        if bytes[start..<close].contains(10) { return (try? JSONReader.value(of: bytes, in: start..<close)) != nil }
        var next = close
        while next < bytes.count, isSpace(bytes[next]), bytes[next] != 10 { next += 1 }
        return next < bytes.count && bytes[next] == UInt8(ascii: "{")
    }

    /// Finds the list of events among the members of an object, with what stands before it.
    private mutating func findList(_ bytes: [UInt8], _ opening: Int) -> Bool {
        var reader = JSONReader(bytes, in: opening..<min(bytes.count, opening + EnvelopeHead.limit))
        var isFirst = true
        var owner: String?
        var place = 0
        while let name = try? reader.nextName(&isFirst) {
            place += 1
            let isAlone = place == 1 && name.lowercased() == "records"
            if reader.kind() == .array,
                let shape = EnvelopeHead.shape(name, bytes, reader.offset + 1)
                    ?? (isAlone ? EnvelopeHead.shape(ofOnly: bytes, reader.offset + 1) : nil)
            {
                self.shape = shape
                isInObject = true
                start = reader.offset + 1
                if let owner, let name = group { group = "\(owner):\(name)" }
                return true
            }
            guard reader.kind() == .string else {
                if (try? reader.skip()) == nil { return false }
                continue
            }
            guard let text = (try? reader.value())?.text else { return false }
            switch name {
            case "owner": owner = text
            case "logGroup": group = text
            case "logStream": stream = text
            case "messageType": isControl = text == "CONTROL_MESSAGE"
            default: break
            }
        }
        return false
    }

    /// How the items of a list are read that has this name and begins so; `nil` for any other list.
    private static func shape(_ name: String, _ bytes: [UInt8], _ start: Int) -> Shape? {
        let index = skipSpace(bytes, start)
        guard index < bytes.count else { return nil }
        let isEmpty = bytes[index] == UInt8(ascii: "]")
        let item = item(bytes, index)
        let isObject = bytes[index] == UInt8(ascii: "{")
        switch name {
        case "events", "logEvents": return isEmpty || isObject && item.holds("\"message\"") ? .logEvents : nil
        case "Records":
            // Notifications of S3 are called so too, and are single events.
            return isEmpty || isObject && item.holds("\"eventTime\"") && !item.holds("\"s3\"") ? .objects : nil
        case "Events": return isObject && item.holds("\"CloudTrailEvent\"") ? .lookups : nil
        case "results": return bytes[index] == UInt8(ascii: "[") && item.holds("\"field\"") ? .rows : nil
        default: return nil
        }
    }

    /// How the items of `{"records": […]}` are read, where there is nothing else in the object; `nil` for what Lambda is
    /// called with, which is one event.
    private static func shape(ofOnly bytes: [UInt8], _ start: Int) -> Shape? {
        let index = skipSpace(bytes, start)
        guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return nil }
        let item = item(bytes, index)
        let callers = ["sqs", "sns", "kinesis", "dynamodb", "ses"].map { "\"aws:\($0)\"" }
        guard !item.holds("\"s3\""), !callers.contains(where: item.holds) else { return nil }
        var scan = ObjectScan()
        // A list that is not all there is a long one, and no member of an event.
        guard let end = scan.end(bytes, from: start - 1) else { return .objects }
        let close = skipSpace(bytes, end)
        guard close < bytes.count, bytes[close] == UInt8(ascii: "}") else { return nil }
        let next = skipSpace(bytes, close + 1)
        return next == bytes.count || bytes[next...].prefix(64).holds("ecords\"") ? .objects : nil
    }

    /// The first bytes of an item.
    private static func item(_ bytes: [UInt8], _ index: Int) -> ArraySlice<UInt8> {
        bytes[index..<min(bytes.count, index + look)]
    }

    private static func skipSpace(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
        return index
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

extension EnvelopeHead {
    /// The message of an item and what is said of it; `nil` where it is no such item.
    func event(_ bytes: [UInt8], _ range: Range<Int>) -> ([UInt8], LogEvent)? {
        if shape == .objects { return (Array(bytes[range]), LogEvent()) }
        guard let value = try? JSONReader.value(of: bytes, in: range) else { return nil }
        switch shape {
        case .objects: return nil
        case .rows: return row(value)
        case .named:
            guard case .object(let members) = value else { return nil }
            return row(
                .array(
                    members.map { member in
                        let text = member.value.text ?? member.value.compact
                        return .object([.init("field", .string(member.name)), .init("value", .string(text))])
                    }
                )
            )
        case .lookups:
            guard case .string(let event) = value["CloudTrailEvent"] else { return nil }
            return (Array(event.utf8), LogEvent())
        case .logEvents:
            guard case .string(let message) = value["message"] else {
                // Another object behind events by themselves.
                return isList ? nil : (Array(bytes[range]), LogEvent())
            }
            let event = LogEvent(
                timestamp: EnvelopeHead.whole(value["timestamp"]),
                ingestionTime: EnvelopeHead.whole(value["ingestionTime"]),
                stream: value["logStreamName"]?.text ?? stream,
                group: group
            )
            var text = Array(message.utf8)
            while text.last == 10 || text.last == 13 { text.removeLast() }
            return (text, event)
        }
    }

    /// A row of a query's results: its `@message`, or all its values as a JSON object.
    private func row(_ value: JSONValue) -> ([UInt8], LogEvent)? {
        guard case .array(let cells) = value else { return nil }
        var event = LogEvent()
        var members: [JSONValue.Member] = []
        var message: String?
        for cell in cells {
            guard case .string(let name) = cell["field"] else { return nil }
            guard case .string(let text) = cell["value"], name != "@ptr" else { continue }
            switch name {
            case "@message": message = text
            case "@timestamp": event.timestamp = EventTime.isoMilliseconds(Array(text.utf8))
            case "@ingestionTime": event.ingestionTime = EventTime.isoMilliseconds(Array(text.utf8))
            case "@logStream": event.stream = text
            case "@log": event.group = text
            default: break
            }
            let number = text.utf8.count < 16 ? Int(text) : nil
            let isNumber = number.map { String($0) == text } ?? false
            members.append(.init(name, isNumber ? .optional(number) : .string(text)))
        }
        return (Array((message ?? JSONValue.object(members).compact).utf8), event)
    }

    private static func whole(_ value: JSONValue?) -> Int64? {
        switch value {
        case .int(let number): Int64(number)
        case .double(let number): Int64(exactly: number.rounded(.down))
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// True when a text stands somewhere in the bytes.
    fileprivate func holds(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return false }
        return (startIndex...(endIndex - wanted.count)).contains {
            self[$0] == first && self[$0...].starts(with: wanted)
        }
    }
}
