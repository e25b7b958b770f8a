import RoadblockCore

extension PlainFlow {
    /// The flow that a SYN begins.
    init(
        _ segment: SegmentNumbers,
        timeToLive: UInt8,
        identification: UInt16,
        _ options: TCPOptions,
        _ sighting: PlainSighting,
        _ key: FlowKey,
        clientIsLower: Bool,
        stream: UInt32,
        slot: Int32,
        _ pool: inout SegmentPool
    ) {
        self.key = key
        self.stream = stream
        self.slot = slot
        marks = clientIsLower ? [.open, .clientIsLower] : .open
        firstTime = sighting.time
        lastTime = sighting.time
        syn = OpeningSYN(
            window: segment.window,
            options: options.signature,
            identification: UInt32(identification),
            timestamp: options.hasTimestamps ? options.timestampValue : nil
        )
        letters.add(UInt8(ascii: "S"))
        client.begin(segment, timeToLive: timeToLive, sighting, &pool)
        if let scale = options.windowScale {
            client.scale = Int8(min(scale, 14))
        } else {
            client.scale = -2
            server.scale = -2
        }
    }
}
