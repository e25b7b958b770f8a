/// What a file says of a packet beside its bytes and its time; most of it only a pcapng file.
package struct FrameRecord: Sendable {
    /// Ordinal of the section, from 1; 0 in a pcap file.
    package var section = 0
    package var interfaceName: [UInt8] = []
    package var interfaceDescription: [UInt8] = []
    package var comments: [[UInt8]] = []
    package var flags: UInt32?
    /// Packets lost between this one and the one before it on its interface.
    package var drops: UInt64?
    package var packetID: UInt64?
    package var queue: UInt32?
    /// Verdicts of hardware and of eBPF programs: their kind, and what they say.
    package var verdicts: [(kind: UInt8, content: [UInt8])] = []
    /// Hashes of the packet: their algorithm, and what it gave.
    package var hashes: [(kind: UInt8, content: [UInt8])] = []
    /// True where the fraction of the arrival time is a second or more.
    package var hasOddTime = false
    /// True where more bytes are there than the packet is said to have had.
    package var isLongerThanSaid = false

    package init() {}
}
