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
        guard case .pcap(let format) = container, format.linkType == .ethernet, format.checkSequenceLength == 0 else {
            return taken
        }
        var isCut = true
        while isCut {
            isCut = false
            let (count, end) = try buffer.withBytes(0, buffer.available) { (bytes) throws(Failure) -> (Int, Int) in
                var (count, offset) = (0, 0)
                let header = format.packetHeaderLength
                while taken.count &+ count < limit, !follower.isFull {
                    guard offset &+ header <= bytes.byteCount else {
                        isCut = true
                        break
                    }
                    guard let place = format.place(bytes, offset) else { break }
                    guard place.end <= bytes.byteCount else {
                        isCut = true
                        break
                    }
                    let time = format.time(bytes, offset)
                    guard
                        follower.takePlain(
                            bytes,
                            place.start,
                            place.length,
                            wireLength: format.lengths(bytes, offset).original,
                            time: time,
                            number: number &+ taken.count &+ count
                        )
                    else { break }
                    taken.last = time
                    offset = place.end
                    count &+= 1
                }
                return (count, offset)
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
