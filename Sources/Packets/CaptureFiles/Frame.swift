package import RoadblockCore

/// One captured frame: when, how long, and on what kind of link; its bytes are asked of the reader.
package struct Frame: Sendable {
    /// Ordinal in its file, from 1.
    package var number: Int
    /// Arrival; zero where the file has no time for it (Simple Packet Block).
    package var time: Instant
    /// Bytes in the file.
    package var capturedLength: Int
    /// Bytes on the wire.
    package var originalLength: Int
    package var linkType: LinkType
    /// Interface ordinal in its section (pcapng), 0 in pcap.
    package var interface: Int
    /// Octets of frame check sequence at the end, where the file says so.
    package var checkSequenceLength: Int
    /// True where the file keeps times finer than microseconds.
    package var hasNanoseconds = false
    /// True where the file names interfaces.
    package var hasInterface = false
}

/// What the first bytes of a frame are: a LINKTYPE_ value of the pcap and pcapng formats.
package struct LinkType: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let null = LinkType(rawValue: 0)
    package static let ethernet = LinkType(rawValue: 1)
    package static let ppp = LinkType(rawValue: 9)
    package static let rawAlternative12 = LinkType(rawValue: 12)
    package static let rawAlternative14 = LinkType(rawValue: 14)
    package static let pppSerial = LinkType(rawValue: 50)
    package static let pppoe = LinkType(rawValue: 51)
    package static let raw = LinkType(rawValue: 101)
    package static let ciscoHDLC = LinkType(rawValue: 104)
    package static let loop = LinkType(rawValue: 108)
    package static let enc = LinkType(rawValue: 109)
    package static let linuxCooked = LinkType(rawValue: 113)
    package static let pppWithDirection = LinkType(rawValue: 204)
    package static let mpls = LinkType(rawValue: 219)
    package static let ipv4 = LinkType(rawValue: 228)
    package static let ipv6 = LinkType(rawValue: 229)
    package static let linuxCooked2 = LinkType(rawValue: 276)
}
