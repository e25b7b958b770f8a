import RoadblockCore
import TestSupport
import Testing

@testable import Probes

struct SystemFormTests {
    static let addresses = [
        ScopedAddress(IPAddress(ipv4: 0x0A01_0203)), ScopedAddress(IPAddress(high: 0xFD00_0000_0000_0001, low: 0x1234)),
        ScopedAddress(IPAddress(high: 0xFE80_0000_0000_0000, low: 1), scope: 70_000, zone: "70000"),
    ]

    @Test(arguments: addresses)
    func `a socket address reads back`(_ address: ScopedAddress) {
        let bytes = address.socketAddress(port: 0xABCD)
        #expect(bytes.count == (address.ip.isIPv4 ? 16 : 28))
        withRawBytes(bytes) { view in
            let read = ScopedAddress.read(socketAddress: view)
            #expect(read?.address == address)
            #expect(read?.port == 0xABCD)
            #expect(ScopedAddress.read(socketAddress: view.extracting(first: 15)) == nil)
        }
    }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("127.1", "127.0.0.1"), ("::1", "::1"), ("::ffff:10.0.0.1", "10.0.0.1"),
        ("name.test", nil), ("", nil), ("10.0.0.256", nil),
    ])
    func `reads addresses without asking anybody`(_ text: String, _ address: String?) {
        #expect(NameLookup.numeric(text).map { "\($0)" } == address)
    }

    #if os(Linux)
    /// A control message as the kernel writes it: length, level, type, `sock_extended_err`, the sender's address.
    static func message(level: UInt8, kind: UInt8, error: [UInt8], sender: [UInt8]) -> [UInt8] {
        let content = error + sender
        var bytes = [UInt8(16 + content.count)] + [UInt8](repeating: 0, count: 7)
        bytes += [level, 0, 0, 0, kind, 0, 0, 0] + content
        return bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    }

    static let router = addresses[0].socketAddress(port: 0)
    static let router6 = addresses[1].socketAddress(port: 0)
    /// `EHOSTUNREACH`, origin ICMP, type 3, code 13.
    static let prohibited: [UInt8] = [113, 0, 0, 0, 2, 3, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    /// `EACCES`, origin ICMPv6, type 1, code 1.
    static let prohibited6: [UInt8] = [13, 0, 0, 0, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    /// `EMSGSIZE`, origin the system itself.
    static let local: [UInt8] = [90, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    static let first = ICMPReply(type: 3, code: 13, isVersion6: false, sender: addresses[0], errorNumber: 113)
    static let second = ICMPReply(type: 1, code: 1, isVersion6: true, sender: addresses[1], errorNumber: 13)

    static let messages: [(bytes: [UInt8], reply: ICMPReply?)] = [
        (message(level: 0, kind: 11, error: prohibited, sender: router), first),
        (message(level: 41, kind: 25, error: prohibited6, sender: router6), second),
        (
            message(level: 1, kind: 2, error: prohibited, sender: router)
                + message(level: 41, kind: 25, error: prohibited6, sender: router6), second
        ),
        (message(level: 0, kind: 11, error: local, sender: router), nil),
        (
            message(level: 0, kind: 11, error: prohibited, sender: [UInt8](repeating: 0, count: 16)),
            ICMPReply(type: 3, code: 13, isVersion6: false, sender: nil, errorNumber: 113)
        ), ([], nil), ([255] + [UInt8](repeating: 0, count: 40), nil), ([UInt8](repeating: 0, count: 40), nil),
        ([UInt8](repeating: 255, count: 64), nil),
    ]

    @Test(arguments: messages)
    func `reads the ICMP error of an error queue`(_ row: (bytes: [UInt8], reply: ICMPReply?)) {
        withRawBytes(row.bytes) { #expect(ICMPReply.read(controlMessages: $0) == row.reply) }
    }

    @Test
    func `no cut of a control message is read beyond its end`() {
        let whole = SystemFormTests.message(
            level: 41,
            kind: 25,
            error: SystemFormTests.prohibited6,
            sender: SystemFormTests.router6
        )
        for count in 0..<60 {
            withRawBytes(Array(whole.prefix(count))) { #expect(ICMPReply.read(controlMessages: $0) == nil) }
        }
    }
    #endif
}
