import RoadblockCore

/// What is known of an HTTP/2 connection: what headers its sides may refer to, and the bodies that hold DNS messages.
final class HTTP2Session {
    /// A DNS message that came as the body of a stream (RFC 8484).
    struct Message {
        let stream: UInt32
        let bytes: [UInt8]
    }

    private struct Side {
        var table = HeaderTable()
        /// A block of header fields that goes on in the next frame.
        var block: [UInt8] = []
        /// False once a block could not be read.
        var isReadable = true
        /// The bodies that are still to come to their end, by stream.
        var bodies: [UInt32: Body] = [:]
    }

    private struct Body {
        var encoding: [UInt8]
        var bytes: [UInt8] = []
    }

    /// Bytes of a block of header fields, and of a body.
    private static let byteLimit = 1 << 17
    private static let bodyLimit = 256

    private var sides = [Side(), Side()]
    private var messages: [Message] = []

    var heldBytes: Int { sides.reduce(0) { $0 + HTTP2Session.held($1) } }

    private static func held(_ side: Side) -> Int {
        side.bodies.values.reduce(side.table.size + side.block.count) { $0 + $1.bytes.count + 64 }
    }

    /// Forgets what it holds; headers that refer to earlier ones cannot be read any more.
    func release() {
        for index in 0..<2 {
            sides[index] = Side()
            sides[index].isReadable = false
        }
    }

    /// The messages that were completed since the last call.
    func takeMessages() -> [Message] {
        defer { messages = [] }
        return messages
    }

    /// Takes a part of a block of header fields of a stream.
    func takeHeaders(_ side: Int, _ stream: UInt32, _ part: [UInt8], isLast: Bool) {
        guard sides[side].isReadable else { return }
        guard sides[side].block.count + part.count <= HTTP2Session.byteLimit else {
            sides[side] = Side()
            sides[side].isReadable = false
            return
        }
        sides[side].block += part
        guard isLast else { return }
        let block = sides[side].block
        sides[side].block = []
        var type: [UInt8] = []
        var encoding: [UInt8] = []
        let isWhole = sides[side].table.read(block) { name, value in
            if name == Array("content-type".utf8) { type = value }
            if name == Array("content-encoding".utf8) { encoding = value }
        }
        if !isWhole { sides[side].isReadable = false }
        guard HTTPHeaders.mediaType(type) == HTTPHeaders.dnsMessage,
            sides[side].bodies.count < HTTP2Session.bodyLimit
        else { return }
        sides[side].bodies[stream] = Body(encoding: encoding)
    }

    func takeBody(_ side: Int, _ stream: UInt32, _ bytes: borrowing RawSpan, _ start: Int, _ end: Int) {
        guard let body = sides[side].bodies[stream], start < end else { return }
        if body.bytes.count + end - start > HTTP2Session.byteLimit {
            sides[side].bodies[stream] = nil
        } else {
            sides[side].bodies[stream]?.bytes += bytes.copy(start, end)
        }
    }

    /// The stream ends: its body is whole.
    func end(_ side: Int, _ stream: UInt32) {
        guard let body = sides[side].bodies.removeValue(forKey: stream), !body.bytes.isEmpty else { return }
        let bytes = body.encoding.isEmpty ? body.bytes : HTTPBody.decode(body.bytes, body.encoding) ?? body.bytes
        messages.append(Message(stream: stream, bytes: bytes))
    }
}
