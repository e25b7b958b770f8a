import RoadblockCore

/// What the protocols above the transport say in one packet: the values that were asked for, in their order.
package struct ApplicationItems {
    struct Item {
        let field: ApplicationField
        let value: FieldValue
    }

    /// Values that one packet may have; what would come behind them is left out.
    private static let limit = 1 << 16
    /// Bytes that the values of one packet may take.
    private static let byteLimit = 1 << 24

    private(set) var items: [Item] = []
    /// The protocols of the packet above the transport, outermost first.
    private(set) var protocols: [ApplicationProtocol] = []
    /// What is read; the rest is not kept.
    let wanted: ApplicationFieldSet
    /// True while the bytes that are read are those of the frame itself, so that values can refer to them.
    var isInFrame = true
    /// The port that the connection's SYN went to; 0 where that is not known.
    var serverPort: UInt16 = 0
    /// True where the snap length cut a message.
    var isCutShort = false
    private var byteCount = 0

    package init(wanted: ApplicationFieldSet = ApplicationFieldSet()) { self.wanted = wanted }

    /// Forgets the values, for the next packet.
    @inline(__always)
    package mutating func clear() {
        guard !items.isEmpty || !protocols.isEmpty else { return }
        items.removeAll(keepingCapacity: true)
        protocols.removeAll(keepingCapacity: true)
        byteCount = 0
    }

    @inline(__always)
    func wants(_ field: ApplicationField) -> Bool { wanted.contains(field) }

    mutating func enter(_ layer: ApplicationProtocol) {
        if protocols.count < 64 { protocols.append(layer) }
    }

    /// Names a protocol before those that were entered from a place on.
    mutating func enter(_ layer: ApplicationProtocol, at place: Int) {
        if protocols.count < 64 { protocols.insert(layer, at: place) }
    }

    /// Adds a number.
    @inline(__always)
    mutating func add(_ field: ApplicationField, _ number: Int) {
        if wants(field) { append(field, .word(Int64(number))) }
    }

    /// Adds the mark that something is there.
    @inline(__always)
    mutating func mark(_ field: ApplicationField) {
        if field != .expertItem { add(field, 1) }
        guard wants(.expertItem), let ordinal = ExpertItem.ordinals[Int(field.rawValue)] else { return }
        append(.expertItem, .word(Int64(ordinal)))
    }

    mutating func add(_ field: ApplicationField, wide address: IPAddress) {
        if wants(field) { append(field, .wide(address)) }
    }

    /// Adds a text or bytes that were made, not found.
    mutating func add(_ field: ApplicationField, made bytes: @autoclosure () -> [UInt8]) {
        guard wants(field) else { return }
        let own = bytes()
        byteCount += own.count
        append(field, .bytes(own))
    }

    /// Adds bytes of the message.
    mutating func add(_ field: ApplicationField, _ bytes: borrowing RawSpan, _ start: Int, _ end: Int) {
        guard wants(field) else { return }
        guard !isInFrame else { return append(field, .range(start, max(start, end))) }
        byteCount += max(0, end - start)
        guard byteCount < ApplicationItems.byteLimit else { return }
        append(field, .bytes(bytes.copy(start, end)))
    }

    /// Adds bytes that are neither the frame's nor the message's.
    mutating func add(copied field: ApplicationField, _ bytes: borrowing RawSpan, _ start: Int, _ end: Int) {
        let wasInFrame = isInFrame
        isInFrame = false
        add(text: field, bytes, start, end)
        isInFrame = wasInFrame
    }

    /// Adds text of the message, as C programs keep it: up to the first zero, and only of ASCII.
    mutating func add(text field: ApplicationField, _ bytes: borrowing RawSpan, _ start: Int, _ end: Int) {
        guard wants(field) else { return }
        var place = start
        while place < end, bytes.byte(place) &- 1 < 127 { place += 1 }
        guard place < end else { return add(field, bytes, start, end) }
        var own: [UInt8] = []
        for place in start..<end {
            let byte = bytes.byte(place)
            if byte == 0 { break }
            if byte < 128 { own.append(byte) } else { own += [0xEF, 0xBF, 0xBD] }
        }
        byteCount += own.count
        append(field, .bytes(own))
    }

    private mutating func append(_ field: ApplicationField, _ value: FieldValue) {
        guard items.count < ApplicationItems.limit, byteCount < ApplicationItems.byteLimit else { return }
        items.append(Item(field: field, value: value))
    }

    /// Adds the numbers of a field.
    @inline(__always)
    func read(_ field: ApplicationField, into words: inout WordList) {
        for item in items where item.field == field {
            if case .word(let number) = item.value { words.append(number) } else { words.append(1) }
        }
    }

    func read(_ field: ApplicationField, into values: inout [FieldValue]) {
        for item in items where item.field == field { values.append(item.value) }
    }

    func has(_ field: ApplicationField) -> Bool {
        for item in items where item.field == field { return true }
        return false
    }
}

/// A protocol above the transport, as `frame.protocols` names it.
enum ApplicationProtocol: UInt8, Sendable {
    case dns, mdns, llmnr, tls, http, http2, webSocket, facebookZero, ssdp, ipp, data

    var name: String {
        switch self {
        case .dns: "dns"
        case .mdns: "mdns"
        case .llmnr: "llmnr"
        case .tls: "tls"
        case .http: "http"
        case .http2: "http2"
        case .webSocket: "websocket"
        case .facebookZero: "fb_zero"
        case .ssdp: "ssdp"
        case .ipp: "ipp"
        case .data: "data"
        }
    }
}

extension RawSpan {
    /// The bytes from one place to another, both brought within the span.
    func copy(_ start: Int, _ end: Int) -> [UInt8] {
        let first = max(0, min(start, byteCount))
        let last = max(first, min(end, byteCount))
        var copy: [UInt8] = []
        copy.reserveCapacity(last - first)
        for offset in first..<last { copy.append(byte(offset)) }
        return copy
    }
}
