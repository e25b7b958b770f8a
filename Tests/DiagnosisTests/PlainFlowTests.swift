import Diagnosis
import Foundation
import Inputs
import Packets
import RoadblockCore
import TestSupport
import Testing

/// The rows of a capture, with the packets of plain flows told apart or not, as lines of all columns.
private func lines(
    _ open: @escaping () throws(Failure) -> any ByteSource,
    takesPlainFlows: Bool,
    profile: WiresharkProfile
) throws -> [String] {
    let capture = try MergedCapture([("capture", open)])
    var lister = ConversationLister(
        filter: DisplayFilter(),
        profile: profile,
        inputCount: 1,
        takesPlainFlows: takesPlainFlows
    )
    var lines: [String] = []
    func take() {
        lines += lister.finished.map { listed in
            ConversationColumn.allCases.map { "\($0.value(of: listed))" }.joined(separator: " ")
        }
        lister.drain()
    }
    while true {
        _ = try lister.receivePlain(capture, atMost: .max)
        take()
        guard let (frame, input) = try capture.next() else { break }
        try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
            lister.receive(bytes, frame, input: input)
        }
        take()
    }
    lister.finish()
    take()
    return lines + lister.notes
}

private func expectSame(_ open: @escaping () throws(Failure) -> any ByteSource, _ comment: Comment) throws {
    for profile in [WiresharkProfile.v40, .v42, .v44, .v46] {
        let short = try lines(open, takesPlainFlows: true, profile: profile)
        let long = try lines(open, takesPlainFlows: false, profile: profile)
        #expect(short == long, comment)
    }
}

/// What is counted in a few numbers comes out as what each packet was looked at for.
struct PlainFlowTests {
    @Test(arguments: ListedCase.all)
    func `a case has the same rows either way`(_ item: ListedCase) throws {
        let path = CaseCaptures.folder.appending(path: "\(item.id).pcap").path
        try expectSame({ () throws(Failure) in try FileSource(path: path) }, "\(item.id)")
    }

    @Test(arguments: ["client.pcap", "server.pcap.gz"])
    func `a sample has the same rows either way`(_ name: String) throws {
        let path = CaseCaptures.root.appending(path: "samples/captures/\(name)").path
        try expectSame({ () throws(Failure) in try FileSource(path: path) }, "\(name)")
    }

    /// Conversations whose packets are lost, doubled, delayed and changed by chance, so that flows become plain and
    /// cease to be so at any moment.
    @Test(arguments: 0..<seedCount(40))
    func `a capture made by chance has the same rows either way`(_ seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let bytes = dice.capture(conversations: 60)
        try expectSame({ () throws(Failure) in MemorySource(bytes) }, "seed \(seed)")
    }
}

/// A generator of numbers, and of conversations, that gives the same for the same seed.
private struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % sides
    }

    /// A side of a conversation.
    struct End {
        var address: UInt8
        var port: UInt16
        var next: UInt32
        var acknowledged: UInt32 = 0
    }

    /// One TCP header with payload, over IPv4 and Ethernet.
    mutating func segment(_ from: End, _ to: End, _ flags: UInt8, payload: Int, window: UInt16 = 8192) -> [UInt8] {
        let total = 40 + payload
        var bytes: [UInt8] = Array(repeating: 0, count: 12) + [8, 0]
        let number = UInt16(roll(65_536))
        bytes += [0x45, 0, UInt8(total >> 8), UInt8(total & 255), UInt8(number >> 8), UInt8(number & 255), 0x40, 0]
        bytes += [64, 6, 0, 0, 10, 0, 0, from.address, 10, 0, 0, to.address]
        for port in [from.port, to.port] { bytes += [UInt8(port >> 8), UInt8(port & 255)] }
        for word in [from.next, from.acknowledged] {
            bytes += [UInt8(word >> 24), UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
        }
        bytes += [0x50, flags, UInt8(window >> 8), UInt8(window & 255), 0, 0, 0, 0]
        return bytes + (0..<payload).map { _ in UInt8(roll(256)) }
    }

    /// The packets of one conversation, in order.
    mutating func conversation(_ index: Int) -> [[UInt8]] {
        // A few numbers are close to where they start again from 0.
        let starts: [UInt32] = [1000, .max - 600, .max - 1, .max, 0, 77]
        var client = End(address: UInt8(1 + roll(5)), port: UInt16(40_000 + index % 40), next: starts[roll(6)])
        var server = End(address: UInt8(100 + roll(3)), port: [80, 443, 5000][roll(3)], next: starts[roll(6)])
        var packets: [[UInt8]] = []
        for _ in 0...(roll(8) == 0 ? roll(3) : 0) { packets.append(segment(client, server, 0x02, payload: 0)) }
        client.next &+= 1
        if roll(10) == 0 { return packets + [segment(server, client, 0x14, payload: 0, window: 0)] }
        server.acknowledged = client.next
        packets.append(segment(server, client, 0x12, payload: 0))
        server.next &+= 1
        client.acknowledged = server.next
        if roll(6) > 0 { packets.append(segment(client, server, 0x10, payload: 0)) }
        for _ in 0..<roll(30) {
            let isClient = roll(2) == 0
            let size = roll(4) == 0 ? 0 : 1 + roll(roll(5) == 0 ? 3 : 400)
            let window: UInt16 = roll(25) == 0 ? 0 : roll(8) == 0 ? 4096 : 8192
            let step = UInt32(roll(20) == 0 ? roll(900) : 0)
            if isClient {
                client.next &+= step
                if roll(2) == 0 { client.acknowledged = server.next }
                packets.append(segment(client, server, roll(2) == 0 ? 0x18 : 0x10, payload: size, window: window))
                client.next &+= UInt32(size)
            } else {
                server.next &+= step
                if roll(2) == 0 { server.acknowledged = client.next }
                packets.append(segment(server, client, roll(2) == 0 ? 0x18 : 0x10, payload: size, window: window))
                server.next &+= UInt32(size)
            }
        }
        switch roll(5) {
        case 0: packets.append(segment(client, server, 0x14, payload: 0, window: 0))
        case 1: packets.append(segment(server, client, 0x04, payload: 0, window: 0))
        case 2: break
        default:
            packets.append(segment(client, server, 0x11, payload: roll(3) == 0 ? 5 : 0))
            client.next &+= 1
            server.acknowledged = client.next
            packets.append(segment(server, client, 0x11, payload: 0))
            server.next &+= 1
            client.acknowledged = server.next
            packets.append(segment(client, server, 0x10, payload: 0))
        }
        return packets
    }

    /// A capture of conversations that run at the same time.
    mutating func capture(conversations count: Int) -> [UInt8] {
        var file = CaptureBytes()
        file.fileHeader()
        var running: [[[UInt8]]] = []
        var begun = 0
        var micros = 1_000_000
        while begun < count || !running.isEmpty {
            if begun < count, running.count < 6 {
                running.append(conversation(begun).reversed())
                begun += 1
            }
            let index = roll(running.count)
            guard let packet = running[index].popLast() else {
                running.remove(at: index)
                continue
            }
            micros += roll(60) == 0 ? roll(30_000_000) : roll(3000)
            if roll(60) == 0 { micros -= min(micros - 1_000_000, roll(2000)) }
            let copies = roll(40) == 0 ? 2 : roll(40) == 0 ? 0 : 1
            for _ in 0..<copies {
                file.packet(seconds: UInt32(micros / 1_000_000), fraction: UInt32(micros % 1_000_000), packet)
                micros += roll(2) == 0 ? roll(500) : roll(300_000)
            }
            // Sent again, or late.
            if roll(25) == 0 { running[index].insert(packet, at: max(0, running[index].count - roll(4))) }
            if roll(25) == 0, running[index].count > 1 {
                running[index].swapAt(running[index].count - 1, running[index].count - 2)
            }
        }
        return file.bytes
    }
}
