import Packets
import RoadblockCore
import TestSupport
import Testing

struct DecoderTests {
    /// An IPv4 packet with a TCP SYN from 10.0.0.1 port 40000 to 10.0.0.2 port 443.
    static let syn = bytes(
        "4500002800070000400600000a0000010a0000029c4001bb000003e800000000500200ff00000000"
    )

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { UInt8($0 > 57 ? $0 - 87 : $0 - 48) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func decode(_ data: [UInt8], link: UInt16, original: Int? = nil) -> Packet {
        let packet = Packet()
        withRawBytes(data) { bytes in
            Decoder().decode(
                bytes,
                linkType: LinkType(rawValue: link),
                originalLength: original ?? data.count,
                into: packet
            )
        }
        return packet
    }

    @Test(arguments: CaseCaptures.table("encapsulations.csv"))
    func `finds the segment under every link and tunnel`(_ row: [String: String]) throws {
        let link = try #require(UInt16(row["link"] ?? ""))
        let prefix = Self.bytes(row["prefix"] ?? "")
        let packet = Self.decode(prefix + Self.syn, link: link)
        #expect(packet.transport == .tcp)
        #expect("\(packet.ip.source) \(packet.ip.destination)" == "10.0.0.1 10.0.0.2")
        #expect(packet.sourcePort == 40_000 && packet.destinationPort == 443)
        #expect(packet.tcp.flags == .syn && packet.tcp.sequence == 1000)
        #expect(!packet.isCut)
    }

    @Test(arguments: CaseCaptures.table("encapsulations.csv"))
    func `takes lengths from the headers of a packet that is cut anywhere`(_ row: [String: String]) throws {
        let link = try #require(UInt16(row["link"] ?? ""))
        let whole = Self.bytes(row["prefix"] ?? "") + Self.syn
        // Ports, numbers, flags and window take 16 of the 20 bytes.
        let enough = whole.count - 4
        for length in 0..<whole.count {
            let packet = Self.decode(Array(whole.prefix(length)), link: link, original: whole.count)
            #expect((packet.transport == .tcp) == (length >= enough), "cut at \(length)")
            #expect(packet.isCut, "cut at \(length)")
            #expect(packet.transport != .tcp || packet.tcp.flags == .syn && packet.tcp.optionsCaptured < 0)
            for index in 0..<packet.layerCount {
                let layer = packet.layers[index]
                #expect(layer.payload <= length && Int(layer.end) <= length, "cut at \(length)")
                #expect(!layer.isCut || index == packet.layerCount - 1, "cut at \(length)")
            }
        }
    }

    @Test
    func `tells Ethernet padding from payload and fills in a total length of zero`() {
        var padded = Self.bytes("0200000000010200000000020800") + Self.syn + Array(repeating: 0, count: 6)
        #expect(Self.decode(padded, link: 1).tcp.payloadLength == 0)
        padded[16] = 0
        padded[17] = 0
        #expect(Self.decode(padded, link: 1).tcp.payloadLength == 6)
    }

    @Test
    func `walks IPv6 extension headers to the segment, and stops at a later fragment`() {
        let addresses = "fd000000000000000000000000000001fd000000000000000000000000000002"
        let tcp = "9c4001bb000003e800000000500200ff00000000"
        // Hop-by-hop, destination options, then TCP.
        let packet = Self.decode(
            Self.bytes("6000000000240040" + addresses + "3c00010400000000" + "0600010400000000" + tcp),
            link: 101
        )
        #expect(packet.transport == .tcp && packet.destinationPort == 443)
        #expect("\(packet.ip.source)" == "fd00::1")
        let fragment = Self.decode(
            Self.bytes("60000000001c2c40" + addresses + "060005a800000001" + tcp),
            link: 101
        )
        #expect(fragment.transport == .none && fragment.ip.fragmentOffset == 1448)
    }

    @Test(arguments: [8, 20, 40])
    func `reads what an ICMP error quotes, as far as it goes`(_ quoted: Int) {
        let error = Self.bytes("4500004400000000400100000a0000fe0a000001" + "030d000000000000")
        let packet = Self.decode(error + Self.syn.prefix(20 + min(20, quoted)), link: 101)
        #expect(packet.transport == .icmp && packet.icmp.type == 3 && packet.icmp.code == 13)
        #expect(packet.hasQuote && packet.quote.hasPorts && packet.quote.destinationPort == 443)
        #expect(packet.quote.sequence == 1000)
        #expect(packet.quote.hasTCPHeader == (quoted >= 16))
    }
}
