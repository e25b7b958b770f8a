/// A field of the display-filter language: its name, what its values are, and where they come from.
package struct Field: Sendable {
    package let name: String
    package let type: FieldType
    let source: FieldSource
    /// How numbers are printed.
    var radix = Radix.decimal
    /// The words that stand for numbers.
    var labels = LabelTable.none

    /// `colons` and `blanks` stand between two bytes.
    enum Radix: Sendable { case decimal, hexadecimal, colons, blanks }

    init(_ name: String, _ type: FieldType, _ source: FieldSource) {
        self.name = name
        self.type = type
        self.source = source
    }

    func hexadecimal() -> Field { with { $0.radix = .hexadecimal } }

    func withColons() -> Field { with { $0.radix = .colons } }

    func withBlanks() -> Field { with { $0.radix = .blanks } }

    func labelled(_ labels: LabelTable) -> Field { with { $0.labels = labels } }

    private func with(_ change: (inout Field) -> Void) -> Field {
        var copy = self
        change(&copy)
        return copy
    }

    /// The type in a version: some changed in 4.2.
    package func type(in profile: WiresharkProfile) -> FieldType {
        guard profile < .v42 else { return type }
        return switch name {
        case "frame.time_epoch": .relativeTime
        case "http.response.code": .unsigned(bits: 16)
        case "http.file_data": .string
        default: type
        }
    }
}

/// What the values of a field are.
package enum FieldType: Hashable, Sendable {
    case unsigned(bits: Int)
    case signed(bits: Int)
    case frameNumber
    case boolean
    case real
    case string
    case bytes
    case `protocol`
    case ipv4
    case ipv6
    case ethernet
    case absoluteTime
    case relativeTime
    /// A mark without a value: only whether it is there can be asked.
    case label

    /// The type in an error message.
    var described: String {
        switch self {
        case .unsigned, .signed: "an integer"
        case .frameNumber: "a frame number"
        case .boolean: "true or false"
        case .real: "a number"
        case .string: "text"
        case .bytes: "bytes"
        case .protocol: "a protocol"
        case .ipv4: "an IPv4 address"
        case .ipv6: "an IPv6 address"
        case .ethernet: "an Ethernet address"
        case .absoluteTime: "a point in time"
        case .relativeTime: "a length of time"
        case .label: "a mark without a value"
        }
    }

    /// True for numbers that have no sign.
    var isNeverNegative: Bool {
        switch self {
        case .unsigned, .frameNumber: true
        default: false
        }
    }

    var isInteger: Bool {
        switch self {
        case .unsigned, .signed, .frameNumber: true
        default: false
        }
    }

    /// True when a value is one 64-bit number.
    var isWord: Bool {
        switch self {
        case .unsigned, .signed, .frameNumber, .boolean, .ipv4, .ethernet, .absoluteTime, .relativeTime: true
        default: false
        }
    }

    /// True when `contains`, `matches` and slices work byte by byte.
    var isByteString: Bool {
        switch self {
        case .bytes, .protocol, .ethernet, .string: true
        default: false
        }
    }
}

/// Where a field's values come from.
///
/// A plain value without references, so that a compiled filter is one flat array.
enum FieldSource: Hashable, Sendable {
    /// A number in a header: big-endian bytes at an offset, masked and shifted down.
    case bits(LayerKind, at: UInt8, bytes: UInt8, mask: UInt64)
    /// Two numbers of a header, the one at `first` before the one at `second`.
    case pair(LayerKind, first: UInt8, second: UInt8, bytes: UInt8)
    /// An IPv6 address in a header.
    case wide(LayerKind, at: UInt8)
    case widePair(LayerKind, first: UInt8, second: UInt8)
    /// A number in an IPv6 extension header of a kind.
    case extensionBits(UInt8, at: UInt8, bytes: UInt8, mask: UInt64)
    /// A protocol: its header.
    case layer(LayerKind)
    /// An IPv6 extension header of a kind.
    case extensionLayer(UInt8)
    case wholeFrame
    case frame(FrameNumber)
    case ip(InternetNumber)
    case tcp(TCPNumber)
    case icmp(ICMPNumber)
    case arp(ARPMark)
    /// An address in an ARP message, whose place depends on the sizes that the message states.
    case arpAddress(ARPAddress)
    /// A label that the TCP analysis gives; the raw value of its flags.
    case verdict(UInt32)
    /// A label of the handshake, or one that says that the analysis says anything.
    case mark(TCPMark)
    /// A bit of `tcp.completeness`.
    case completenessBit(UInt8)
    case option(TCPOptionNumber)
    /// A TCP option of a kind as a protocol.
    case optionLayer(UInt8)
    case content(ContentBytes)
    /// A value in a part of a layer: an option, a message of one type.
    case part(LayerKind, Part, PartValue)
    /// How many bytes no protocol takes.
    case unreadLength
    case tracked(TrackedNumber)
    /// What a pcapng file says of the packet.
    case record(RecordItem)
    /// Bits of the flags that it says.
    case recordFlags(UInt32)
    /// A field that no capture alone gives a value: it needs a preference, a database or a user's mark.
    case never
    case text(ComputedText)
    case expert(ExpertValue)
    /// A column of the packet list.
    case column(SummaryColumn)
    /// Flags that become a counter where accurate ECN is agreed on, and that counter.
    case ecnFlag(UInt16)
    case ecnCounter
    /// What a protocol above the transport says, or what was put together of several packets.
    case application(ApplicationField)

    /// Numbers of the frame itself.
    enum FrameNumber: UInt8, Sendable {
        case number, length, capturedLength, time, shift, encapsulation, marked, ignored, timeDelta, timeDeltaDisplayed,
            timeRelative, interface
    }

    /// Numbers of the network layer that are not plain bits.
    enum InternetNumber: UInt8, Sendable {
        case version, headerLength, totalLength, fragmentOffset, checksumStatus, ethernetType, ethernetLength, vlanType
    }

    /// Numbers of TCP and UDP that are computed.
    enum TCPNumber: UInt8, Sendable {
        case stream, length, sequence, sequenceRaw, nextSequence, acknowledgment, headerLength
        case windowSize, windowScaleFactor, completeness, timeRelative, timeDelta
        case acksFrame, ackRTT, initialRTT, rto, rtoFrame, bytesInFlight, pushBytesSent
        case duplicateACKNumber, duplicateACKFrame, accurateECN, ordinal
        case tcpChecksumStatus, udpChecksumStatus
    }

    enum ICMPNumber: UInt8, Sendable {
        case identifier, identifierLittleEndian, sequence, sequenceLittleEndian, mtu, gateway, checksumStatus
        case echo6Identifier, echo6Sequence, mtu6, checksumStatus6
        case solicitedTarget, advertisedTarget
    }

    enum ARPMark: UInt8, Sendable { case isGratuitous, isProbe, isAnnouncement }

    enum ARPAddress: UInt8, Sendable { case senderLink, sender, targetLink, target }

    enum TCPMark: UInt8, Sendable {
        case syn, synACK, fin, activeFIN, passiveFIN, rst, analysis, flags, nonzeroACK, urgentPointer
    }

    enum TCPOptionNumber: UInt8, Sendable {
        case kind, length, maximumSegmentSize, windowShift, windowMultiplier, leftEdge, rightEdge, blockCount
        case timestampValue, timestampEcho
    }

    enum RecordItem: UInt8, Sendable {
        case section, interfaceName, interfaceDescription, queue, packetID, drops, comment, commentMark, direction
        case verdictMark, hardwareVerdict, trafficVerdict, expressVerdict
        case hashName, hashValue, oddTimeMark, longMark
    }

    enum SummaryColumn: UInt8, Sendable { case proto, info }

    /// What only a look back at earlier packets tells.
    enum TrackedNumber: UInt8, Sendable {
        case udpStream, udpRelative, udpDelta, udpOrdinal
        case echoRequest, echoTime, echo6Request, echo6Time
        case claim, claimFrame, claimAge
        case stream4, stream6, linkStream
    }

    enum ContentBytes: UInt8, Sendable {
        case tcpPayload, udpPayload, tcpOptions
        /// What no protocol takes.
        case unread
    }

    enum ComputedText: UInt8, Sendable {
        case tcpFlags, sourceHost4, destinationHost4, host4, sourceHost6, destinationHost6, host6
        case sourceLink, destinationLink, link, completeness
    }

    /// What the values need of the TCP analysis of the whole capture up to the packet.
    var analysisDepth: AnalysisDepth {
        switch self {
        case .verdict, .completenessBit: .labels
        case .mark(let mark): mark.analysisDepth
        // What TCP carries is read from the first copy of a segment.
        case .content(.unread), .unreadLength, .text(.completeness), .expert, .column: .labels
        case .ecnFlag, .ecnCounter, .text(.tcpFlags): .labels
        case .option(let option): option == .leftEdge || option == .rightEdge ? .labels : .none
        case .tcp(let number):
            switch number {
            case .length, .headerLength, .sequenceRaw, .accurateECN, .tcpChecksumStatus, .udpChecksumStatus: .none
            // The initial round trip is shown only beside other items, of which these are one.
            case .bytesInFlight, .pushBytesSent, .initialRTT: .flight
            default: .labels
            }
        // Retransmitted bytes are not read again.
        case .application(let field): field.isOfFragments ? .none : .labels
        default: .none
        }
    }

    /// True where what the analysis says may change the values: some parts of a TCP header are counted from its numbers.
    var asksAnalysis: Bool {
        if case .part(.tcp, _, _) = self { return true }
        return analysisDepth > .none
    }

    /// True for numbers that depend on all conversations of the capture.
    var namesStreams: Bool { self == .tcp(.stream) }

    /// True when the values need a look back at earlier packets.
    var needsTracking: Bool {
        switch self {
        case .tracked, .expert: true
        default: false
        }
    }

    /// True when the values need what the file says beside the bytes.
    var needsRecord: Bool {
        switch self {
        case .record, .recordFlags, .expert: true
        default: false
        }
    }

    /// What has to be read of the protocols above the transport.
    var application: ApplicationField? {
        switch self {
        case .application(let field): field
        case .expert: .expertItem
        default: nil
        }
    }

    /// The protocol whose layers `#` counts; `nil` for the frame.
    var layerKind: LayerKind? {
        switch self {
        case .bits(let kind, _, _, _), .pair(let kind, _, _, _), .wide(let kind, _), .widePair(let kind, _, _),
            .layer(let kind), .part(let kind, _, _):
            kind
        case .extensionBits, .extensionLayer: .ipv6Extension
        case .wholeFrame, .frame, .never, .unreadLength, .content(.unread), .record, .recordFlags,
            .application, .expert, .column:
            nil
        case .ip(let number):
            switch number {
            case .version, .headerLength, .totalLength, .fragmentOffset, .checksumStatus: .ipv4
            case .ethernetType, .ethernetLength: .ethernet
            case .vlanType: .vlan
            }
        case .tcp(let number): number == .udpChecksumStatus ? .udp : .tcp
        case .icmp(let number): number.rawValue >= ICMPNumber.echo6Identifier.rawValue ? .icmpv6 : .icmp
        case .arp, .arpAddress: .arp
        case .verdict, .completenessBit, .mark, .option, .optionLayer, .ecnFlag, .ecnCounter: .tcp
        case .tracked(let number):
            switch number {
            case .udpStream, .udpRelative, .udpDelta, .udpOrdinal: .udp
            case .echoRequest, .echoTime: .icmp
            case .echo6Request, .echo6Time: .icmpv6
            case .claim, .claimFrame, .claimAge: .arp
            case .stream4: .ipv4
            case .stream6: .ipv6
            case .linkStream: .ethernet
            }
        case .content(let content): content == .udpPayload ? .udp : .tcp
        case .text(let text):
            switch text {
            case .tcpFlags, .completeness: .tcp
            case .sourceLink, .destinationLink, .link: .ethernet
            case .sourceHost4, .destinationHost4, .host4: .ipv4
            case .sourceHost6, .destinationHost6, .host6: .ipv6
            }
        }
    }
}

extension FieldSource.TCPMark {
    fileprivate var analysisDepth: AnalysisDepth {
        switch self {
        case .analysis: .flight
        case .flags, .activeFIN, .passiveFIN: .labels
        default: .none
        }
    }
}
