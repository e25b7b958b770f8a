import RoadblockCore

/// When SYNs come by at the beginning of a capture: enough to see that another capture's clock is far off.
struct OpeningClock {
    /// By initial sequence number.
    private var times: [UInt32: Instant] = [:]

    /// Frames that are looked at.
    private static let frameLimit = 20_000
    /// Clocks that differ by less need no correction for reading in order.
    private static let least: Int64 = 500_000_000
    private static let tolerance: Int64 = 1_000_000_000

    /// Reads the beginning of a capture.
    init(_ reader: CaptureReader) throws(Failure) {
        let packet = Packet()
        let decoder = Decoder()
        for _ in 0..<Self.frameLimit {
            guard let frame = try reader.next() else { return }
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                decoder.decode(frame, bytes, into: packet)
            }
            guard packet.transport == .tcp, packet.tcp.flags.intersection([.syn, .ack]) == .syn else { continue }
            if times[packet.tcp.sequence] == nil { times[packet.tcp.sequence] = frame.time }
        }
    }

    /// Nanoseconds that this clock is ahead of another; `nil` where they saw too little in common to tell, or agree.
    func lead(over other: OpeningClock) -> Int64? {
        var differences: [Int64] = []
        for (number, time) in times {
            if let there = other.times[number] { differences.append(time.nanoseconds(since: there)) }
        }
        differences.sort()
        guard !differences.isEmpty else { return nil }
        let median = differences[differences.count / 2]
        let agreeing = differences.count { ($0 &- median).magnitude < Self.tolerance.magnitude }
        return agreeing * 2 > differences.count && median.magnitude >= Self.least.magnitude ? median : nil
    }
}
