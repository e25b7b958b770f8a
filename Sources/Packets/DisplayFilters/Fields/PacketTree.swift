import RoadblockCore

/// Writes all that is known of a packet: a line for each layer, and below it the fields of the catalogue.
package final class PacketTree {
    private var reader: FieldReader
    private let profile: WiresharkProfile
    /// The fields of the frame, and of each kind of layer.
    private let frameFields: [Field]
    private let layerFields: [[Field]]
    /// The field of what the applications say, by its number.
    private let applicationFields: [Field?]
    /// Names that the next field may lie below.
    private var parents: [String] = []

    /// Bytes of a value that are printed.
    private static let byteLimit = 64

    package init(profile: WiresharkProfile, zone: any LocalZone) {
        reader = FieldReader(profile: profile, zone: zone)
        self.profile = profile
        let kinds = Int(LayerKind.data.rawValue) + 1
        var layers: [[Field]] = Array(repeating: [], count: kinds)
        var applications: [Field?] = Array(repeating: nil, count: ApplicationField.allCases.count)
        var frame: [Field] = []
        for field in FieldCatalogue.fields where PacketTree.isShown(field) {
            switch field.source {
            case .frame, .record, .recordFlags: frame.append(field)
            case .application(.protocolNames): frame.append(field)
            case .application(let own): applications[Int(own.rawValue)] = applications[Int(own.rawValue)] ?? field
            default: if let kind = field.source.layerKind { layers[Int(kind.rawValue)].append(field) }
            }
        }
        frameFields = frame
        layerFields = layers
        applicationFields = applications
    }

    /// False for what says again what other fields say, and for what no capture tells.
    private static func isShown(_ field: Field) -> Bool {
        switch field.source {
        case .never, .pair, .widePair, .wholeFrame, .layer, .extensionLayer: false
        case .frame(let number): number != .marked && number != .ignored
        case .text(let text): text == .tcpFlags || text == .completeness
        case .part(_, .link(.addresses), _): false
        case .part(_, .internet(let part), _): ![.bothMAC, .bothISATAP, .both6to4].contains(part)
        default: true
        }
    }

    /// Adds the layers of a packet, and an empty line.
    package func append(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts, to text: inout [UInt8]) {
        let frame = facts.frame
        heading(
            "Frame \(facts.number): \(frame.originalLength) bytes, \(frame.capturedLength) captured",
            to: &text
        )
        for field in frameFields { add(field, packet, bytes, facts, to: &text) }
        for index in 0..<facts.layerCount {
            let layer = packet.layers[index]
            guard layer.kind != .none, layer.kind != .data else { continue }
            let title = PacketTree.title(layer.kind, FieldSource.extensionKind(bytes, packet, index))
            heading(title + (layer.isQuoted ? ", quoted" : ""), to: &text)
            for field in layerFields[Int(layer.kind.family.rawValue)] {
                add(field, packet, bytes, facts, layers: 1 << UInt32(index), to: &text)
            }
        }
        appendApplications(bytes, facts, to: &text)
        for index in 0..<facts.layerCount {
            guard let range = ProtocolChain.unread(index, bytes, packet, facts),
                let field = FieldCatalogue.field("data.data")
            else { continue }
            heading("Data, \(range.count) bytes (data)", to: &text)
            append(.range(range.lowerBound, range.upperBound), of: field, bytes, to: &text)
        }
        text.append(10)
    }

    private func appendApplications(_ bytes: borrowing RawSpan, _ facts: PacketFacts, to text: inout [UInt8]) {
        var section = ""
        for item in facts.applications.items {
            guard let field = applicationFields[Int(item.field.rawValue)] else { continue }
            let name = String(field.name.prefix { $0 != "." })
            if name != section || name == field.name {
                section = name
                heading(PacketTree.applicationTitle(name), to: &text)
            }
            if name != field.name { append(item.value, of: field, bytes, to: &text) }
        }
    }

    private func heading(_ title: String, to text: inout [UInt8]) {
        parents = []
        text.append(contentsOf: (title + "\n").utf8)
    }

    /// Adds a line for each value of a field.
    private func add(
        _ field: Field,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        layers: UInt32 = .max,
        to text: inout [UInt8]
    ) {
        reader.read(field, packet, bytes, facts, layers: layers)
        for value in reader.values { append(value, of: field, bytes, to: &text) }
    }

    private func append(_ value: FieldValue, of field: Field, _ bytes: borrowing RawSpan, to text: inout [UInt8]) {
        while let parent = parents.last, parent == field.name || !field.name.hasPrefix(parent + ".") {
            parents.removeLast()
        }
        for _ in 0...parents.count { text.append(contentsOf: [32, 32]) }
        parents.append(field.name)
        text.append(contentsOf: field.name.utf8)
        let type = field.type(in: profile)
        if type != .label, type != .protocol {
            text.append(contentsOf: ": ".utf8)
            appendText(value, type, field, bytes, to: &text)
        }
        text.append(10)
    }

    private func appendText(
        _ value: FieldValue,
        _ type: FieldType,
        _ field: Field,
        _ bytes: borrowing RawSpan,
        to text: inout [UInt8]
    ) {
        var plain: [UInt8] = []
        if type != .string, value.byteCount > Self.byteLimit {
            reader.printer.append(value.prefix(Self.byteLimit), of: field, bytes, to: &plain)
            plain.append(contentsOf: "… (\(value.byteCount) bytes)".utf8)
        } else {
            reader.printer.append(value, of: field, bytes, to: &plain)
        }
        text.append(contentsOf: String(decoding: plain, as: UTF8.self).visible.utf8)
        guard case .word(let number) = value, type != .boolean, let label = field.labels.text(number) else { return }
        text.append(contentsOf: " (\(label))".utf8)
    }
}

extension FieldValue {
    /// The value's first bytes, where it consists of bytes.
    fileprivate func prefix(_ count: Int) -> FieldValue {
        switch self {
        case .range(let start, let end): .range(start, min(end, start + count))
        case .bytes(let own): .bytes(Array(own.prefix(count)))
        default: self
        }
    }
}

extension PacketTree {
    /// What a layer is called, with the name that its fields begin with.
    private static func title(_ kind: LayerKind, _ extensionKind: UInt8?) -> String {
        switch kind {
        case .ethernet: "Ethernet (eth)"
        case .vlan: "VLAN tag (vlan)"
        case .serviceVLAN: "Provider VLAN tag (ieee8021ad)"
        case .linuxCooked, .linuxCooked2: "Linux cooked capture (sll)"
        case .null: "Loopback (null)"
        case .ppp: "Point-to-Point Protocol (ppp)"
        case .pppoe: "PPP over Ethernet (pppoe)"
        case .mpls: "MPLS label (mpls)"
        case .ciscoHDLC: "Cisco HDLC (chdlc)"
        case .llc: "Logical Link Control (llc)"
        case .arp: "Address Resolution Protocol (arp)"
        case .ipv4: "Internet Protocol version 4 (ip)"
        case .ipv6: "Internet Protocol version 6 (ipv6)"
        case .ipv6Extension:
            switch extensionKind {
            case 0: "IPv6 hop-by-hop options (ipv6.hopopts)"
            case 43: "IPv6 routing header (ipv6.routing)"
            case 44: "IPv6 fragment header (ipv6.fraghdr)"
            case 60: "IPv6 destination options (ipv6.dstopts)"
            default: "IPv6 extension header"
            }
        case .tcp: "Transmission Control Protocol (tcp)"
        case .udp: "User Datagram Protocol (udp)"
        case .icmp: "Internet Control Message Protocol (icmp)"
        case .icmpv6: "Internet Control Message Protocol version 6 (icmpv6)"
        case .gre: "Generic Routing Encapsulation (gre)"
        case .erspan: "Mirrored port (erspan)"
        case .vxlan: "Virtual Extensible LAN (vxlan)"
        case .geneve: "Generic Network Virtualization Encapsulation (geneve)"
        case .ciscoMetadata: "Cisco metadata (cmd)"
        case .none, .data: "Data (data)"
        }
    }

    private static func applicationTitle(_ name: String) -> String {
        switch name {
        case "dns": "Domain Name System (dns)"
        case "tls": "Transport Layer Security (tls)"
        case "http": "Hypertext Transfer Protocol (http)"
        case "tcp": "Message over several TCP segments (tcp)"
        case "ip", "ipv6": "Datagram in several fragments (\(name))"
        default: "\(name)"
        }
    }
}
