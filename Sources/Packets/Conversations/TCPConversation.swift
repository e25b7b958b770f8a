package import RoadblockCore

/// One TCP connection attempt and what became of it, as the verdict needs it: a plain value, no history of packets.
///
/// Copies of packets are left out before they come here. The side that sent the SYN is the client.
package struct TCPConversation: Sendable {
    package var client: IPAddress
    package var server: IPAddress
    package var clientPort: UInt16
    package var serverPort: UInt16
    /// True when a SYN or a SYN/ACK told who the client is.
    package var isOriented = false
    /// True once the client acknowledged the SYN/ACK, or data went both ways.
    package var isEstablished = false
    /// True once a packet of the server came after its reset.
    package var serverSpokeAfterReset = false
    /// The input whose packet came first.
    package var input: UInt16
    /// The row of a list that it belongs to.
    package var row = RowReference.none
    package var lastTime: Instant
    /// Seconds of silence before the packet that nobody answered.
    package var idleBefore: Float = 0
    /// First packet's flags, for probes without SYN.
    package var firstFlags = TCPFlags(rawValue: 0)

    // What most packets touch stands in front, and so it does in each side.
    package var fromClient = TCPSide()
    package var fromServer = TCPSide()

    package var firstTime: Instant

    /// SYNs of the client.
    package var syns = FrameList<12>()
    /// SYN/ACKs of the server.
    package var synACKs = FrameList<5>()
    /// SYNs that had been sent when the first SYN/ACK came.
    package var synsBeforeSYNACK: UInt16 = 0
    /// SYNs that came after a SYN/ACK had been captured, before the handshake was complete.
    package var synsAfterSYNACK: UInt16 = 0
    package var established = FrameReference.none
    /// The client acknowledged or sent something that only an answer that was not captured explains.
    package var provesMissingReply = false
    /// The server answered a SYN that was not captured.
    package var provesMissingRequest = false
    /// The first packet that is a proof of either.
    package var proof = FrameReference.none

    /// Resets that refuse the SYN.
    package var refusals = FrameList<3>()
    package var refusalTimeToLive: UInt8 = 0
    /// An ACK that does not fit the SYN: the server holds an older connection.
    package var hasChallenge = false
    /// True when a reset came when everything that was sent had been acknowledged and a FIN had been seen.
    package var resetAfterClose = false
    /// True when the first reset tore down an exchange that was under way.
    package var resetWasUnfinished = false
    package var isSimultaneousOpen = false

    package var error = ICMPAnswer()
    /// Fragmentation needed, or packet too big.
    package var sizeError = ICMPAnswer()

    // The client's first SYN, to tell its system.
    package var synWindow: UInt16 = 0
    package var synOptions: UInt64 = 0
    /// IPv4 identification.
    package var synIdentification: UInt32 = 0
    /// Value of the timestamps option; `nil` without it.
    package var synTimestamp: UInt32?
    package var synHadData = false
    package var synHadECN = false
    /// A later SYN of the same attempt came without the data, or without ECN, of the first.
    package var synLostData = false
    package var synLostECN = false
    package var packets: UInt32 { fromClient.packets &+ fromServer.packets }
    package var bytes: UInt64 { fromClient.bytes &+ fromServer.bytes }

    /// Handshake round trip in nanoseconds; 0 when unknown.
    package var handshakeRTT: Int64 = 0

    package init(client: IPAddress, clientPort: UInt16, server: IPAddress, serverPort: UInt16, at: FrameReference) {
        self.client = client
        self.clientPort = clientPort
        self.server = server
        self.serverPort = serverPort
        input = at.input
        firstTime = at.time
        lastTime = at.time
    }

    /// True for the conversation of two ends, whichever of them is the client.
    @inline(__always)
    func isBetween(_ a: IPAddress, _ aPort: UInt16, _ b: IPAddress, _ bPort: UInt16) -> Bool {
        (client == a && clientPort == aPort && server == b && serverPort == bPort)
            || (client == b && clientPort == bPort && server == a && serverPort == aPort)
    }

    /// True once both sides closed or one reset: only stragglers can follow.
    package var isOver: Bool {
        !refusals.isEmpty || fromClient.resetCount > 0 || fromServer.resetCount > 0
            || (fromClient.finCount > 0 && fromServer.finCount > 0)
    }
}

/// An ICMP error that quotes a packet of a conversation.
package struct ICMPAnswer: Sendable {
    package var type: UInt8 = 0
    package var code: UInt8 = 0
    package var isVersion6 = false
    package var sender = IPAddress(high: 0, low: 0)
    package var frames = FrameList<2>()
    package var mtu: UInt32 = 0
    /// True when it is about an answer, not about a request.
    package var isAboutReply = false

    package init() {}

    package var exists: Bool { !frames.isEmpty }

    /// True for "fragmentation needed" and "packet too big".
    package var isSizeError: Bool { isVersion6 ? type == 2 : type == 3 && code == 4 }
}
