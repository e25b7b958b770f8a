import Packets
import RoadblockCore

/// Whether an address is the operator's own or of the internet at large.
enum AddressSide {
    private static let inside: [IPPrefix] = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
        "fc00::/7", "fe80::/10", "::1/128",
    ].compactMap(IPPrefix.init(parsing:))

    /// True for private, shared, link-local and loopback addresses (RFC 1918, 6598, 3927, 4193, 4291).
    static func isInside(_ address: IPAddress) -> Bool { inside.contains { $0.contains(address) } }

    /// True when a group's asker is of the internet: a public address that asks a private one, or that is hops away.
    static func isOutside(_ group: FindingGroup) -> Bool {
        guard !isInside(group.identity.source) else { return false }
        if isInside(group.identity.destination) { return true }
        // Both public: a packet that has not been forwarded yet comes from the capture's own side.
        let hops = group.tcp.first?.fromClient.timeToLive ?? group.datagrams.first?.timeToLive ?? 0
        return hops != 64 && hops != 128 && hops != 255
    }
}
