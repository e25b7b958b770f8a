import RoadblockCore

/// Reads the protocols above the transport: DNS, TLS and HTTP, from datagrams and from the bytes of connections.
///
/// A message that spans segments is read in the packet that completes it, in one pass, as tshark shows it. What waits is
/// bounded by connection and in all; `notices` tells when something was given up.
package struct ApplicationReader: ~Copyable {
    let profile: WiresharkProfile
    private let isNeeded: Bool
    var streams = StreamTable()
    var exchanges = DNSExchanges()
    private var datagrams = HTTPDatagrams()

    package init(wanted: ApplicationFieldSet, profile: WiresharkProfile) {
        self.profile = profile
        isNeeded = wanted.needsMessages
    }

    /// What had to be left out so far.
    package var notices: [String] {
        var notices: [String] = []
        if streams.droppedMessages > 0 {
            notices.append(
                "\(streams.droppedMessages) messages were longer than can be held back and were not put together"
            )
        }
        if streams.droppedStreams > 0 {
            notices.append("\(streams.droppedStreams) connections with messages not yet whole made room for newer ones")
        }
        return notices
    }

    /// Writes what the packet's payload says to its facts; for TCP, the analysis of the segment must stand there.
    @inline(__always)
    package mutating func read(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        guard isNeeded else { return }
        readPayload(packet, bytes, facts)
    }

    private mutating func readPayload(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        facts.applications.isInFrame = true
        facts.applications.isCutShort = false
        facts.applications.serverPort = 0
        switch packet.transport {
        case .udp where !packet.ip.isFragment: readDatagram(packet, bytes, facts)
        case .tcp where facts.hasSegment: readSegment(packet, bytes, facts)
        case .icmp, .icmpv6: readQuote(packet, bytes, facts)
        default: break
        }
        guard facts.applications.wants(.protocolNames) else { return }
        let names = ProtocolChain.text(bytes, packet, facts)
        facts.applications.add(.protocolNames, made: names)
    }

    private mutating func readDatagram(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        guard packet.payloadOffset < packet.payloadEnd else { return }
        let ports = (packet.sourcePort, packet.destinationPort)
        guard
            let kind = ApplicationPorts.datagrams(min(ports.0, ports.1))
                ?? ApplicationPorts.datagrams(max(ports.0, ports.1))
        else { return }
        let (key, _) = FlowKey.make(packet.ip.source, ports.0, packet.ip.destination, ports.1, context: 1)
        readMessage(kind, key, bytes, packet.payloadOffset, packet.payloadEnd, facts)
    }

    /// Reads the datagram that an ICMP error quotes.
    private mutating func readQuote(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        guard packet.hasQuote, packet.quote.hasPorts, packet.quote.ip.protocolNumber == IPProtocol.udp,
            facts.layerCount > 0
        else { return }
        let layer = packet.layers[facts.layerCount - 1]
        guard layer.kind == .udp, layer.payload < Int(layer.end) else { return }
        let ports = (packet.quote.sourcePort, packet.quote.destinationPort)
        guard
            let kind = ApplicationPorts.datagrams(min(ports.0, ports.1))
                ?? ApplicationPorts.datagrams(max(ports.0, ports.1))
        else { return }
        readMessage(kind, nil, bytes, layer.payload, Int(layer.end), facts)
    }

    /// Reads one message; `flow` is `nil` where it is quoted, and so no part of a conversation.
    private mutating func readMessage(
        _ kind: ApplicationProtocol,
        _ flow: FlowKey?,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ facts: PacketFacts
    ) {
        if kind != .ssdp { facts.applications.enter(kind) }
        let variant: DNSMessage.Variant
        switch kind {
        case .dns: variant = .dns
        case .mdns: variant = .mdns
        case .llmnr: variant = .llmnr
        default:
            let conversation = flow.map { datagrams.conversation($0) } ?? HTTPConversation()
            let place = HTTPMessage.Place(
                conversation: conversation,
                time: facts.frame.time,
                frame: facts.number,
                kind: kind,
                canWait: false,
                isLast: true,
                showsRequestOfResponse: false,
                side: 0
            )
            _ = HTTPMessage.read(bytes, start, end, place, into: &facts.applications)
            return
        }
        if kind == .dns, start + 4 <= end { facts.applications.add(.dns, bytes, start, end) }
        guard let message = DNSMessage.read(bytes, start, end, variant, into: &facts.applications) else {
            return noteBroken(facts)
        }
        if !message.isWhole { noteBroken(facts) }
        guard let flow else {
            if message.isResponse, message.isWhole { facts.applications.mark(.dnsUnsolicited) }
            return
        }
        exchanges.note(
            message,
            flow,
            time: facts.frame.time,
            number: facts.number,
            into: &facts.applications
        )
    }

    /// Notes that a message goes on behind the end: that of what was captured, or that of what was sent.
    func noteBroken(_ facts: PacketFacts) {
        if facts.frame.capturedLength < facts.frame.originalLength {
            facts.applications.isCutShort = true
        } else {
            facts.applications.mark(.expertItem)
        }
    }
}
