package import Inputs
package import RoadblockCore

/// Reads one input in blocks of whole lines; gzip, zstd and UTF-16 are unwrapped, and so is JSON around the events, such
/// as `aws logs filter-log-events` prints.
package final class LineReader {
    package let name: String
    private let source: any ByteSource
    /// Bytes read and not yet given out.
    private var rest: [UInt8]
    /// The source has no more bytes.
    private var isAtEnd = false
    /// All bytes are given out.
    private var isOver: Bool { isAtEnd && rest.isEmpty }
    private var nextLine = 1
    /// Lines are counted, which takes a look at every byte.
    package var countsLines = true
    private var isEnvelope = false
    private var envelope = EnvelopeReader()
    private var isList = false
    private var list = ListReader()
    /// True for the bytes of a gzip file.
    let isGzip: Bool
    /// True where events have times in front of them, as CloudWatch exports them; lines without belong to the event before.
    package internal(set) var isStamped = false

    /// Lines that were too long to be read.
    package private(set) var overlongCount = 0
    /// What is to be said about the input as a whole; complete after the last block.
    package private(set) var notes: [String] = []
    /// Bytes taken from the file so far, before decompression.
    package var bytesConsumed: Int { source.bytesConsumed }

    /// Bytes that a block is filled with, unless a line is longer.
    package static let blockSize = 256 << 10

    /// Opens the decompressors and looks at the first bytes.
    ///
    /// - Throws: `Failure` of kind `badInput` for an empty input, one that is cut before its first line is over, or one
    ///   that is compressed more than three times over.
    package init(name: String, source: any ByteSource) throws(Failure) {
        self.name = name
        let buffer = StreamBuffer(source, capacity: 64 << 10)
        isGzip = try buffer.require(4) && buffer.big32(0) >> 16 == 0x1F8B
        self.source = try Unwrapping.source(name, buffer)
        rest = []
        try readAhead()
        if let note = notes.first, !rest.contains(10) {
            throw Failure(.badInput, "\(name) holds no whole line: \(note)", code: "cut-input")
        }
        try dropZeros()
        guard !rest.isEmpty else {
            throw Failure(.badInput, source.bytesConsumed == 0 ? "\(name) is empty" : "\(name) holds nothing")
        }
        isList = ListReader.begins(rest)
        isEnvelope = !isList && EnvelopeReader.begins(rest)
        // The first event tells what the others are, however long it is.
        while holdsEvents, !isAtEnd, rest.count < LineBlock.lineLimit, firstLines(1).isEmpty {
            try readMore(rest.count)
        }
        if isAtEnd, isEnvelope ? EnvelopeReader.isCut(rest) : isList && ListReader.isCut(rest) {
            throw Failure(.badInput, "\(name) holds no whole event: the JSON ends early", code: "cut-input")
        }
    }

    /// True when the events of an envelope, or the items of a list, are read, not bare lines.
    package var holdsEvents: Bool { isEnvelope || isList }

    /// True when rows are numbered by their events.
    var holdsMessages: Bool { isEnvelope }

    /// Reads the first lines, so that they can be looked at.
    private func readAhead() throws(Failure) {
        while rest.count < 64 << 10, !isAtEnd { try readMore(64 << 10) }
    }

    /// Goes over the zeros in front, which a file has that was cut while a program wrote on at its old place.
    private func dropZeros() throws(Failure) {
        var dropped = 0
        while rest.first == 0 {
            let count = rest.prefix { $0 == 0 }.count
            rest.removeFirst(count)
            dropped += count
            try readAhead()
        }
        if dropped > 0 { notes.append("begins with \(dropped) bytes of zeros, which are left out") }
    }

    /// Takes back what a block holds from an offset on: the beginning of a line.
    func takeBack(_ block: LineBlock, from offset: Int) {
        let lines = countsLines ? block.lineCount : 0
        rest = block.takeRest(from: offset) + rest
        if countsLines { nextLine -= lines - block.lineCount }
    }

    private func readMore(_ count: Int) throws(Failure) {
        let got = try readBytes(source, count, into: &rest)
        if got == 0 {
            isAtEnd = true
            if let note = source.endNote { notes.append(note) }
        }
    }

    /// The first lines of the input, up to a count; of an envelope the first messages.
    package func firstLines(_ count: Int) -> [[UInt8]] {
        if isEnvelope { return EnvelopeReader.firstMessages(rest, count) }
        if isList { return ListReader.firstItems(rest, count) }
        return rest.split(separator: 10, maxSplits: count, omittingEmptySubsequences: true).prefix(count)
            .map { $0.last == 13 ? Array($0.dropLast()) : Array($0) }
    }

    /// True where the input begins with flow tuples of Azure, whose records may be long.
    var holdsTuples: Bool {
        rest.first { $0 != 32 && !(9...13).contains($0) }.map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
            ?? false
            && !isEnvelope && FirewallFormat.holdsTuples(rest)
    }

    /// The first bytes of the input.
    package var firstBytes: [UInt8] { Array(rest.prefix(4096)) }

    /// Drops the first line: a header.
    package func skipLine() {
        guard let end = rest.firstIndex(of: 10) else {
            rest = []
            return
        }
        rest.removeSubrange(...end)
        nextLine += 1
    }

    /// Fills a block with the next lines, of so many bytes where none is longer; false at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`, or `badInput` for an envelope that is no JSON.
    package func fill(_ block: LineBlock, size: Int = LineReader.blockSize) throws(Failure) -> Bool {
        block.clear()
        if isEnvelope { return try fillEvents(block, size) }
        if isList { return try fillItems(block, size) }
        while !isOver, block.length < size || block.lineEnd(from: 0) == nil {
            // A block stays within what its texts can be named by.
            guard block.length <= LineBlock.lineLimit - LineReader.blockSize else {
                try skipOverlongLine(block)
                continue
            }
            try readInto(block, min(max(size, block.length), LineReader.blockSize))
        }
        let unfinished = isStamped ? try takeLastEvent(block) : isOver ? [] : block.takeRest()
        rest.insert(contentsOf: unfinished, at: 0)
        guard block.length > 0 else { return false }
        block.firstLine = nextLine
        if countsLines { nextLine += block.lineCount }
        return true
    }

    /// Takes the last event off a block, as lines may follow that belong to it; reads on where there is no other.
    private func takeLastEvent(_ block: LineBlock) throws(Failure) -> [UInt8] {
        var searched = 1
        while !isOver {
            if let start = block.lastStamp(from: searched) { return block.takeRest(from: start) }
            guard block.length <= LineBlock.lineLimit - LineReader.blockSize else { return block.takeRest() }
            searched = max(1, block.length - ExportStamp.length)
            try readInto(block)
        }
        return []
    }

    /// Adds to a block what was read before, or what comes next, up to a count.
    private func readInto(_ block: LineBlock, _ count: Int = LineReader.blockSize) throws(Failure) {
        guard rest.isEmpty else {
            block.append(Array(rest.prefix(count)))
            rest.removeFirst(min(count, rest.count))
            return
        }
        let got = try appendBytes(source, count, to: block)
        if got == 0 {
            isAtEnd = true
            if let note = source.endNote { notes.append(note) }
        }
    }

    /// Reads over a line that is longer than any that is kept; the block is empty then.
    private func skipOverlongLine(_ block: LineBlock) throws(Failure) {
        overlongCount += 1
        nextLine += 1
        block.clear()
        while !isOver {
            if let end = rest.firstIndex(of: 10) {
                rest.removeSubrange(...end)
                return
            }
            rest = []
            try readMore(LineReader.blockSize)
        }
    }

    private func fillItems(_ block: LineBlock, _ size: Int) throws(Failure) -> Bool {
        block.firstLine = 1
        while block.length < size {
            switch list.next(&rest) {
            case .item(let item, let line):
                guard block.length == 0 || item.count < LineBlock.lineLimit - block.length else {
                    list.putBack(item, line: line)
                    return true
                }
                block.appendItem(item, line: line)
            case .skipped: overlongCount += 1
            case .needsMore:
                guard !isAtEnd else {
                    if list.isOpen || !rest.isEmpty { notes.append("the JSON ends early") }
                    list.end()
                    return block.rowCount > 0
                }
                try readMore(LineReader.blockSize)
                list.isFinal = isAtEnd
            case .damaged(let what):
                notes.append(what)
                list.end()
                return block.rowCount > 0
            case .ended: return block.rowCount > 0
            }
        }
        return true
    }

    /// Fills a block with events, which are numbered as lines are.
    private func fillEvents(_ block: LineBlock, _ size: Int) throws(Failure) -> Bool {
        block.firstLine = nextLine
        while block.length < size {
            envelope.isFinal = isAtEnd
            switch envelope.next(&rest) {
            case .event(let message, let event):
                if message.count <= LineBlock.lineLimit - block.length {
                    append(message, event, to: block)
                } else {
                    // The message waits for a block of its own where it fits one.
                    guard message.count < LineBlock.lineLimit / 2, block.length == 0 else {
                        if block.length > 0 {
                            envelope.putBack(message, event)
                            return true
                        }
                        overlongCount += 1
                        nextLine += 1
                        continue
                    }
                    append(message, event, to: block)
                }
            case .skipped:
                overlongCount += 1
                nextLine += 1
            case .needsMore:
                guard !isAtEnd else {
                    if !envelope.isComplete { notes.append("the JSON ends early") }
                    envelope.end()
                    return block.rowCount > 0
                }
                try readMore(LineReader.blockSize)
            case .damaged(let what):
                notes.append(what)
                envelope.end()
                return block.rowCount > 0
            case .ended: return block.rowCount > 0
            }
        }
        return true
    }

    private func append(_ message: [UInt8], _ event: LogEvent, to block: LineBlock) {
        block.appendEvent(message, event, place: nextLine - block.firstLine)
        nextLine += 1
    }
}
