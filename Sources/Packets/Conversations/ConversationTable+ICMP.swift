import RoadblockCore

extension ConversationTable {
    mutating func receiveICMP(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ frame: Frame,
        _ at: FrameReference
    ) {
        if packet.hasQuote {
            receiveError(packet, at)
            return
        }
        let isVersion6 = packet.transport == .icmpv6
        switch (isVersion6, packet.icmp.type) {
        case (true, 135), (true, 136): noteNeighbour(packet.arp, at)
        case (false, 8), (false, 0), (true, 128), (true, 129):
            let type = packet.icmp.type
            receiveEcho(packet, bytes, frame, at, type == 8 || type == 128)
        // Errors whose quote was cut before its ports.
        case (true, 1...4), (false, 3), (false, 11): facts.inputs[Int(at.input)].unreadableErrors += 1
        default: break
        }
    }

    private mutating func receiveEcho(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ frame: Frame,
        _ at: FrameReference,
        _ isRequest: Bool
    ) {
        let (client, server) =
            isRequest ? (packet.ip.source, packet.ip.destination) : (packet.ip.destination, packet.ip.source)
        let key = Self.echoKey(client, server, packet.icmp.identifier)
        let slot: Int
        if let found = datagramIndex.value(key) {
            slot = found
        } else {
            var conversation = DatagramConversation(
                client: client,
                clientPort: packet.icmp.identifier,
                server: server,
                serverPort: 0,
                isEcho: true,
                at: at
            )
            conversation.startsWithReply = !isRequest
            slot = openDatagrams(key, conversation)
        }
        if isRequest, datagrams[slot].requests.isEmpty { datagrams[slot].mark = RequestMark(packet, bytes) }
        if isRequest, packet.ip.moreFragments { datagrams[slot].hasFragments = true }
        datagrams[slot].receive(
            fromClient: isRequest,
            payloadLength: packet.payloadLength,
            wireLength: frame.originalLength,
            timeToLive: packet.ip.timeToLive,
            at: at
        )
    }

    /// Echo has no ports: the key is directed by the asker and kept apart from ports by its context.
    static func echoKey(_ client: IPAddress, _ server: IPAddress, _ identifier: UInt16) -> FlowKey {
        FlowKey(lower: client, upper: server, ports: UInt32(identifier), context: 0xFFFF_0001)
    }

    private mutating func receiveError(_ packet: Packet, _ at: FrameReference) {
        var answer = ICMPAnswer()
        answer.type = packet.icmp.type
        answer.code = packet.icmp.code
        answer.isVersion6 = packet.transport == .icmpv6
        answer.sender = packet.ip.source
        answer.mtu = packet.icmp.mtu
        answer.frames.add(at)
        // Redirects and parameter problems tell nothing about a block.
        guard answer.isVersion6 ? answer.type <= 3 : answer.type == 3 || answer.type == 11 else { return }
        let quote = packet.quote
        switch quote.ip.protocolNumber {
        case IPProtocol.tcp where quote.hasPorts:
            let (key, _) = FlowKey.make(
                quote.ip.source,
                quote.sourcePort,
                quote.ip.destination,
                quote.destinationPort,
                context: 0
            )
            if let slot = index.value(key) {
                tcp[slot].receive(answer, quote, at)
            } else {
                note(StrayError(quote: quote, answer: answer, at: at))
            }
        case IPProtocol.udp where quote.hasPorts:
            let (key, _) = FlowKey.make(
                quote.ip.source,
                quote.sourcePort,
                quote.ip.destination,
                quote.destinationPort,
                context: 0
            )
            attach(answer, quote, datagramIndex.value(key), at)
        case IPProtocol.icmp, IPProtocol.icmpv6:
            let key = Self.echoKey(quote.ip.source, quote.ip.destination, quote.icmpIdentifier)
            attach(answer, quote, datagramIndex.value(key), at)
        case IPProtocol.tcp, IPProtocol.udp: facts.inputs[Int(at.input)].unreadableErrors += 1
        default: break
        }
    }

    private mutating func attach(_ answer: ICMPAnswer, _ quote: Packet.Quote, _ slot: Int?, _ at: FrameReference) {
        guard let slot else { return note(StrayError(quote: quote, answer: answer, at: at)) }
        // Only what the client sent asks for something: an error about the answer speaks of the client, and one about
        // the size of a datagram of nothing that is blocked.
        let c = datagrams[slot]
        guard !answer.isSizeError else { return }
        guard quote.ip.source == c.client, c.isEcho || quote.sourcePort == c.clientPort else {
            datagrams[slot].replyError.add(answer, at)
            return
        }
        datagrams[slot].error.add(answer, at)
        if at.time > datagrams[slot].lastTime { datagrams[slot].lastTime = at.time }
    }

    private mutating func note(_ stray: StrayError) {
        if strayErrors.count < Self.strayLimit { strayErrors.append(stray) }
    }

    mutating func noteNeighbour(_ arp: Packet.ARPFields, _ at: FrameReference) {
        func isKnown(_ address: IPAddress) -> Bool {
            facts.neighbours[address] != nil || facts.neighbours.count < CaptureFacts.neighbourLimit
        }
        if isKnown(arp.sender) { facts.neighbours[arp.sender, default: .init()].isAlive = true }
        if arp.isRequest, arp.sender != arp.target, isKnown(arp.target) {
            facts.neighbours[arp.target, default: .init()].requests.add(at)
        }
    }
}
