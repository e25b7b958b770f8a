extension FieldCatalogue {
    /// What was put together of several packets: TCP segments, and the fragments of IP datagrams.
    static let reassemblyFields: [Field] =
        [
            text("frame.protocols", .protocolNames),
            label("tcp.segments", .application(.tcpSegments)),
            Field("tcp.segment", .frameNumber, .application(.tcpSegment)),
            unsigned("tcp.segment.count", 32, .application(.tcpSegmentCount)),
            Field("tcp.segment_data", .bytes, .application(.tcpSegmentBytes)),
            Field("tcp.reassembled_in", .frameNumber, .application(.tcpReassembledIn)),
            unsigned("tcp.reassembled.length", 32, .application(.tcpReassembledLength)),
            unsigned("tcp.pdu.size", 32, .application(.tcpMessageSize)),
            Field("tcp.reassembled.data", .bytes, .application(.tcpReassembledBytes)),
            Field("ip.fragments", .bytes, .application(.ipFragments)),
            Field("ip.reassembled_in", .frameNumber, .application(.ipReassembledIn)),
            unsigned("ip.reassembled.length", 32, .application(.ipReassembledLength)),
            Field("ip.reassembled.data", .bytes, .application(.ipReassembledBytes)),
            label("ipv6.fragments", .application(.ip6Fragments)),
            Field("ipv6.reassembled.in", .frameNumber, .application(.ip6ReassembledIn)),
            unsigned("ipv6.reassembled.length", 32, .application(.ip6ReassembledLength)),
            Field("ipv6.reassembled.data", .bytes, .application(.ip6ReassembledBytes)),
        ]
        + fragmentFields(
            "ip.fragment",
            [
                .ipFragment, .ipFragmentCount, .ipFragmentOverlap, .ipFragmentConflict, .ipFragmentTails,
                .ipFragmentTooLong, .ipFragmentError,
            ]
        )
        + fragmentFields(
            "ipv6.fragment",
            [
                .ip6Fragment, .ip6FragmentCount, .ip6FragmentOverlap, .ip6FragmentConflict, .ip6FragmentTails,
                .ip6FragmentTooLong, .ip6FragmentError,
            ]
        )

    private static func fragmentFields(_ name: String, _ fields: [ApplicationField]) -> [Field] {
        [
            Field(name, .frameNumber, .application(fields[0])),
            unsigned("\(name).count", 32, .application(fields[1])),
            boolean("\(name).overlap", .application(fields[2]), .none),
            boolean("\(name).overlap.conflict", .application(fields[3]), .none),
            boolean("\(name).multipletails", .application(fields[4]), .none),
            boolean("\(name).toolongfragment", .application(fields[5]), .none),
            Field("\(name).error", .frameNumber, .application(fields[6])),
        ]
    }
}
