import Inputs
package import RoadblockCore

extension MergedCapture {
    /// Gives the next frames to a follower as long as it takes them as packets of plain flows, up to a count.
    ///
    /// It ends with a frame behind which there may be no room for another row. `number` is the ordinal of the first.
    /// - Throws: `Failure` of kind `readOrWrite`.
    package func follow(
        _ follower: inout ConversationFollower,
        atMost limit: Int,
        number: Int
    ) throws(Failure) -> SkippedFrames {
        guard follower.takesPlainFlows, let reader = readerInUse else { return SkippedFrames() }
        return try reader.follow(&follower, atMost: limit, number: number)
    }
}

extension CaptureReader {
    /// The same for one file; frames in anything but a plain pcap file on Ethernet are left to `next`.
    fileprivate func follow(
        _ follower: inout ConversationFollower,
        atMost limit: Int,
        number: Int
    ) throws(Failure) -> SkippedFrames {
        finishFrame()
        var taken = SkippedFrames()
        guard case .pcap(let format) = container, format.isPlain, format.linkType == .ethernet,
            format.checkSequenceLength == 0
        else { return taken }
        var isCut = true
        while isCut {
            isCut = false
            let (count, end) = try buffer.withBytes(0, buffer.available) { (bytes) throws(Failure) -> (Int, Int) in
                let first = number &+ taken.count
                return follower.take(bytes, format, atMost: limit &- taken.count, number: first, &isCut, &taken.last)
            }
            buffer.consume(end)
            taken.count &+= count
            frameCount &+= count
            // A record that is cut by the window's end is read to its end.
            if isCut { isCut = try buffer.require(buffer.available &+ 1) }
        }
        return taken
    }
}

extension ConversationFollower {
    /// Takes the records in a window of a capture's bytes as long as they are packets of plain flows.
    ///
    /// `isCut` tells that the window ended within a record.
    /// - Returns: how many there were, and where they end.
    fileprivate mutating func take(
        _ bytes: borrowing RawSpan,
        _ format: PcapFormat,
        atMost limit: Int,
        number: Int,
        _ isCut: inout Bool,
        _ last: inout Instant
    ) -> (count: Int, end: Int) {
        var (count, offset) = (0, 0)
        let packetLimit = format.packetLimit
        let unit: Int64 = format.isNanoseconds ? 1 : 1000
        while count < limit, !isFull {
            guard let start = RecordStart(bytes, offset, length: 16) else {
                isCut = true
                break
            }
            let captured = Int(start.word(bytes, 8, isLittleEndian: true))
            let original = Int(start.word(bytes, 12, isLittleEndian: true))
            guard captured <= packetLimit, original >= captured else { break }
            let end = offset &+ 16 &+ captured
            guard end <= bytes.byteCount else {
                isCut = true
                break
            }
            let time = Instant(
                nanoseconds: Int64(start.word(bytes, 0, isLittleEndian: true)) &* 1_000_000_000
                    &+ Int64(start.word(bytes, 4, isLittleEndian: true)) &* unit
            )
            guard takePlain(bytes, offset &+ 16, captured, wireLength: original, time: time, number: number &+ count)
            else { break }
            last = time
            offset = end
            count &+= 1
        }
        return (count, offset)
    }
}
