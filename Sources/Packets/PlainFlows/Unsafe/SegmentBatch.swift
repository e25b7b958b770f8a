// Invariant: `segments` addresses `capacity` initialized places from `init` until `deinit`, and a subscript reaches no
// others. A segment's facts own nothing, so that nothing has to be destroyed.

import RoadblockCore

/// A plain segment, with what has to be found out before its flow is known.
struct SegmentInBatch {
    var fields: SegmentFields
    var key: FlowKey
    var fromLower: Bool
    var hash: UInt64
    /// What tells copies of the packet.
    var fingerprint: UInt64
    var time: Instant
    /// Bytes on the wire.
    var wireLength: Int
    /// One past the packet's record.
    var end: Int
    /// The place of the packet's flow; -1 where it is no plain one.
    var place = -1

    @inline(__always)
    init(_ fields: SegmentFields, _ bytes: borrowing RawSpan, _ time: Instant, wireLength: Int, end: Int) {
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
        self.end = end
    }
}

/// Segments that come one after the other: what each needs of memory is asked for before the first is taken.
@safe
struct SegmentBatch: ~Copyable {
    static let capacity = 8
    private let segments: UnsafeMutablePointer<SegmentInBatch>

    init() {
        unsafe segments = .allocate(capacity: Self.capacity)
        let none = SegmentFields(
            source: IPAddress(high: 0, low: 0),
            destination: IPAddress(high: 0, low: 0),
            sourcePort: 0,
            destinationPort: 0,
            tcp: Packet.TCPFields(),
            timeToLive: 0,
            identification: 0,
            payloadOffset: 0,
            payloadEnd: 0,
            hasUsualOptions: false
        )
        let empty = SegmentInBatch(none, RawSpan(), Instant(nanoseconds: 0), wireLength: 0, end: 0)
        unsafe segments.initialize(repeating: empty, count: Self.capacity)
    }

    deinit { unsafe segments.deallocate() }

    subscript(index: Int) -> SegmentInBatch {
        @inline(__always)
        unsafeAddress {
            precondition(index >= 0 && index < Self.capacity)
            return unsafe UnsafePointer(segments + index)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(index >= 0 && index < Self.capacity)
            return unsafe segments + index
        }
    }
}
