/// Writes packets byte by byte, for tests of what reads them: Ethernet, IPv4, and TCP or UDP without checksums.
package enum PacketBytes {
    package static let client: [UInt8] = [10, 0, 0, 1]
    package static let server: [UInt8] = [10, 0, 0, 2]

    package static func word(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    package static func long(_ value: Int) -> [UInt8] { word(value >> 16) + word(value) }

    /// An Ethernet frame with an IPv4 packet; `fragment` is the word of flags and offset.
    package static func internet(
        _ content: [UInt8],
        protocol number: UInt8,
        fromClient: Bool = true,
        identification: Int = 1,
        fragment: Int = 0
    ) -> [UInt8] {
        let ethernet: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
        let addresses = fromClient ? client + server : server + client
        return ethernet + [0x45, 0] + word(20 + content.count) + word(identification) + word(fragment)
            + [64, number, 0, 0] + addresses + content
    }

    package static func datagram(_ content: [UInt8], from source: Int, to destination: Int) -> [UInt8] {
        word(source) + word(destination) + word(8 + content.count) + [0, 0] + content
    }

    /// A segment of a connection of port 40000 with a server's port.
    package static func segment(
        _ content: [UInt8],
        port: Int,
        fromClient: Bool = true,
        sequence: Int,
        flags: UInt8 = 0x18,
        clientPort: Int = 40000
    ) -> [UInt8] {
        let ports = fromClient ? word(clientPort) + word(port) : word(port) + word(clientPort)
        let header = ports + long(sequence) + long(1) + [0x50, flags] + word(8192) + [0, 0, 0, 0]
        return internet(header + content, protocol: 6, fromClient: fromClient)
    }
}
