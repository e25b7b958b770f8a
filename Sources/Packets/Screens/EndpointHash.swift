import RoadblockCore

/// Two ends of a conversation as one number, the same for both directions, and which of them sent.
///
/// Different pairs of ends may share a number.
struct EndpointHash {
    /// Well mixed in its upper bits.
    let value: UInt64
    /// True when the sender is the lower end, as `FlowKey` orders them.
    let isFromLower: Bool

    /// Both halves of an address, and a port.
    typealias End = (high: UInt64, low: UInt64, port: UInt16)

    /// Of two IPv4 ends.
    @inline(__always)
    init(_ source: UInt64, _ destination: UInt64) {
        value = Self.mix(source, destination)
        isFromLower = source <= destination
    }

    /// Of two ends of any kind.
    @inline(__always)
    init(_ source: End, _ destination: End) {
        value = Self.mix(Self.end(source), Self.end(destination))
        isFromLower =
            source.high != destination.high
            ? source.high < destination.high
            : source.low != destination.low ? source.low < destination.low : source.port <= destination.port
    }

    init(_ packet: Packet) {
        let (source, destination) = (packet.ip.source, packet.ip.destination)
        self.init(
            (source.high, source.low, packet.sourcePort),
            (destination.high, destination.low, packet.destinationPort)
        )
    }

    /// An IPv4 end as a number; in the order of ends.
    @inline(__always)
    static func end(_ address: UInt32, _ port: UInt16) -> UInt64 { UInt64(address) << 16 | UInt64(port) }

    @inline(__always)
    private static func end(_ end: End) -> UInt64 {
        // An IPv4 address in its mapped form.
        if end.high == 0, end.low >> 32 == 0xFFFF { return Self.end(UInt32(truncatingIfNeeded: end.low), end.port) }
        let high = end.high &* 0xFF51_AFD7_ED55_8CCD
        return end.low &+ (high ^ high >> 29) &+ UInt64(end.port) &* 0x1656_67B1_9E37_79F9
    }

    @inline(__always)
    private static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let (a, b) = (first &* 0x9E37_79B9_7F4A_7C15, second &* 0x9E37_79B9_7F4A_7C15)
        return ((a ^ a >> 32) &+ (b ^ b >> 32)) &* 0xBF58_476D_1CE4_E5B9
    }
}
