import RoadblockCore

extension PacketSummary {
    /// Marks of the analysis, ports, flags, numbers and options.
    mutating func describeTCP(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts
    ) {
        proto = "TCP"
        let tcp = packet.tcp
        if let analysis = facts.analysis, !analysis.isHidden { addMarks(analysis) }
        number(Int64(packet.sourcePort))
        add(" → ")
        number(Int64(packet.destinationPort))
        addFlags(tcp.flags)
        add("Seq=")
        number(Int64(facts.analysis?.sequence ?? tcp.sequence))
        if tcp.flags.contains(.ack) {
            add(" Ack=")
            number(Int64(facts.analysis?.acknowledgment ?? tcp.acknowledgment))
        }
        add(" Win=")
        number(Int64(facts.analysis?.windowSize ?? Int(tcp.window)))
        if tcp.flags.contains(.urg), tcp.optionsCaptured >= 0 {
            add(" Urg=")
            number(Int64(bytes.big16(tcp.headerOffset + 18)))
        }
        guard tcp.optionsCaptured >= 0 else { return }
        add(" Len=")
        number(Int64(tcp.payloadLength))
        if tcp.optionsCaptured > 0 { addOptions(packet, bytes, facts) }
    }

    private mutating func number(_ value: Int64) { FieldPrinter.appendDecimal(value, to: &info) }

    private mutating func addFlags(_ flags: TCPFlags) {
        let names: [(TCPFlags, String)] = [
            (.fin, "FIN"), (.syn, "SYN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"), (.ece, "ECE"),
            (.cwr, "CWR"), (.ae, "AE"),
        ]
        add(" [")
        let start = info.count
        for (flag, name) in names where flags.contains(flag) {
            if info.count > start { add(", ") }
            add(name)
        }
        if info.count == start { add("<None>") }
        add("] ")
    }

    /// The marks in front, the one decided last first.
    private mutating func addMarks(_ analysis: SegmentAnalysis) {
        let flags = analysis.flags
        guard !flags.isEmpty else { return }
        let marks: [(AnalysisFlags, String)] = [
            (.zeroWindowProbeACK, "ZeroWindowProbeAck"), (.zeroWindow, "ZeroWindow"),
            (.zeroWindowProbe, "ZeroWindowProbe"), (.duplicateACK, "Dup ACK"), (.keepAliveACK, "Keep-Alive ACK"),
            (.keepAlive, "Keep-Alive"), (.windowFull, "Window Full"), (.windowUpdate, "Window Update"),
            (.ackLostSegment, "ACKed unseen segment"), (.lostSegment, "Previous segment not captured"),
            (.outOfOrder, "Out-Of-Order"), (.spuriousRetransmission, "Spurious Retransmission"),
            (.fastRetransmission, "Fast Retransmission"), (.retransmission, "Retransmission"),
            (.reusedPorts, "Port numbers reused"),
        ]
        for (flag, name) in marks where flags.contains(flag) {
            if flag == .retransmission, !flags.isDisjoint(with: [.fastRetransmission, .spuriousRetransmission]) {
                continue
            }
            add("[TCP \(name)")
            if flag == .duplicateACK { add(" \(analysis.duplicateACKFrame)#\(analysis.duplicateACKNumber)") }
            add("] ")
        }
    }

    private mutating func addOptions(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts
    ) {
        let tcp = packet.tcp
        let layer = Layer(
            kind: .tcp,
            isQuoted: false,
            isCut: false,
            offset: Int32(truncatingIfNeeded: tcp.headerOffset),
            headerLength: Int32(truncatingIfNeeded: 20 + tcp.optionsCaptured),
            end: 0
        )
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes), option.isWhole {
            let offset = option.offset
            switch (option.kind, option.length) {
            case (2, 4): add(" MSS=\(bytes.big16(offset + 2))")
            case (3, 3): add(" WS=\(1 << Int(min(14, bytes.byte(offset + 2))))")
            case (4, 2): add(" SACK_PERM")
            case (5, 10...):
                var words = WordList()
                FieldSource.TCPOptionNumber.leftEdge.read(bytes, layer, facts, option, into: &words)
                FieldSource.TCPOptionNumber.rightEdge.read(bytes, layer, facts, option, into: &words)
                let blocks = words.count / 2
                for index in 0..<blocks { add(" SLE=\(words[index]) SRE=\(words[blocks + index])") }
            case (8, 10): add(" TSval=\(bytes.big32(offset + 2)) TSecr=\(bytes.big32(offset + 6))")
            case (34, _): add(option.length == 2 ? " TFO=R" : " TFO=C")
            default: break
            }
        }
    }
}
