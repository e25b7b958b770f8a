import RoadblockCore

extension PlainFlow {
    /// The flow that a SYN begins.
    init(
        _ segment: SegmentFields,
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
            window: segment.tcp.window,
            options: options.signature,
            identification: segment.identification,
            timestamp: options.hasTimestamps ? options.timestampValue : nil
        )
        letters.add(UInt8(ascii: "S"))
        client.begin(segment, sighting, &pool)
        if let scale = options.windowScale {
            client.scale = Int8(min(scale, 14))
        } else {
            client.scale = -2
            server.scale = -2
        }
    }
}
