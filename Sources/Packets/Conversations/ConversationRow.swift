package import RoadblockCore

/// One conversation as a list shows it: what Wireshark calls a stream, or ICMP echo with one identifier.
package struct ConversationRow: Sendable {
    /// What is spoken.
    package enum Kind: UInt8, Sendable {
        case tcp, udp, icmp, icmpv6

        package var name: String {
            switch self {
            case .tcp: "tcp"
            case .udp: "udp"
            case .icmp: "icmp"
            case .icmpv6: "icmpv6"
            }
        }

        package var hasPorts: Bool { self == .tcp || self == .udp }
    }

    package var kind: Kind
    /// `tcp.stream` or `udp.stream`; 0 for echo, which has none.
    package var stream: Int
    package var client: IPAddress
    package var server: IPAddress
    /// Ports; the identifier of echo stands in `clientPort`.
    package var clientPort: UInt16
    package var serverPort: UInt16
    /// The first and the last packet that counts.
    package var firstTime = Instant(nanoseconds: 0)
    package var lastTime = Instant(nanoseconds: 0)
    /// The newest packet of all.
    package var newestTime = Instant(nanoseconds: .min)
    package var clientPackets = 0
    package var clientBytes = 0
    package var serverPackets = 0
    package var serverBytes = 0
    /// SYNs without ACK.
    package var synCount = 0
    package var retransmissions = 0
    /// In nanoseconds; 0 where it is unknown.
    package var initialRTT: Int64 = 0
    package var completeness: UInt8 = 0
    /// True once a packet was seen, whether it counts or not.
    package var hasPacket = false
    package var history = ConversationHistory()

    init(
        _ kind: Kind,
        stream: Int,
        client: IPAddress,
        clientPort: UInt16,
        server: IPAddress,
        serverPort: UInt16
    ) {
        self.kind = kind
        self.stream = stream
        self.client = client
        self.clientPort = clientPort
        self.server = server
        self.serverPort = serverPort
    }

    /// Zeek's `conn_state`.
    package var state: String {
        switch kind {
        case .tcp: history.connectionState
        case .udp: history.datagramState
        case .icmp, .icmpv6: "OTH"
        }
    }

    /// Nanoseconds from the first packet that counts to the last.
    package var duration: Int64 { lastTime.nanoseconds(since: firstTime) }

    /// Packets that count.
    package var packets: Int { clientPackets &+ serverPackets }

    @inline(__always)
    func isFromClient(_ source: IPAddress, _ port: UInt16) -> Bool { source == client && port == clientPort }

    /// Takes a TCP segment.
    @inline(__always)
    mutating func receive(_ packet: Packet, _ facts: PacketFacts, _ sighting: Sighting) {
        var fromClient = isFromClient(packet.ip.source, packet.sourcePort)
        if packet.tcp.flags.intersection([.syn, .ack]) == .syn {
            if !fromClient, synCount == 0 {
                flip()
                fromClient = true
            }
            synCount &+= 1
        }
        if !facts.segment.flags.isDisjoint(with: .anyRetransmission), !facts.segment.isHidden { retransmissions &+= 1 }
        completeness = facts.segment.completenessAfter
        initialRTT = facts.segment.initialRTT ?? 0
        if sighting.isNew {
            history.note(sighting.checksum, fromClient: fromClient)
            history.add(packet.tcp, fromClient: fromClient)
        }
        take(sighting, fromClient: fromClient)
    }

    /// Takes a packet of a side, and counts it where it counts.
    @inline(__always)
    mutating func take(_ sighting: Sighting, fromClient: Bool) {
        let time = sighting.time
        hasPacket = true
        if time > newestTime { newestTime = time }
        guard sighting.isCounted else { return }
        if packets == 0 {
            firstTime = time
            lastTime = time
        } else {
            if time < firstTime { firstTime = time }
            if time > lastTime { lastTime = time }
        }
        if fromClient {
            clientPackets &+= 1
            clientBytes &+= sighting.length
        } else {
            serverPackets &+= 1
            serverBytes &+= sighting.length
        }
    }

    /// Makes the server the client.
    mutating func flip() {
        swap(&client, &server)
        swap(&clientPort, &serverPort)
        swap(&clientPackets, &serverPackets)
        swap(&clientBytes, &serverBytes)
        history.flip()
    }
}

extension ConversationRow {
    /// One packet, and what is known of it.
    package struct Sighting {
        package var time: Instant
        /// Bytes on the wire.
        package var length: Int
        /// True when it was not captured before: only then it is a part of the history.
        package var isNew: Bool
        /// True when a filter selects it: only then it is counted.
        package var isCounted: Bool

        package var checksum: ChecksumState

        package init(time: Instant, length: Int, isNew: Bool, isCounted: Bool, checksum: ChecksumState) {
            self.time = time
            self.length = length
            self.isNew = isNew
            self.isCounted = isCounted
            self.checksum = checksum
        }
    }
}
