import RoadblockCore

/// A plain segment, with what has to be found out before its flow is known.
struct SightedSegment {
    var fields: SegmentFields
    var key: FlowKey
    var fromLower: Bool
    var hash: UInt64
    /// What tells copies of the packet.
    var fingerprint: UInt64
    var time: Instant
    /// Bytes on the wire.
    var wireLength: Int

    @inline(__always)
    init(_ fields: SegmentFields, _ bytes: borrowing RawSpan, _ time: Instant, wireLength: Int) {
        self.fields = fields
        (key, fromLower) = FlowKey.make(
            fields.source,
            fields.sourcePort,
            fields.destination,
            fields.destinationPort,
            context: 0
        )
        hash = key.mixed
        fingerprint = CopyFilter.fingerprint(fields, bytes)
        self.time = time
        self.wireLength = wireLength
    }
}
