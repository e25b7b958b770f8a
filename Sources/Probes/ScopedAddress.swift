package import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An address, and the interface that a link-local one belongs to (RFC 4007).
package struct ScopedAddress: Hashable, Sendable {
    package var ip: IPAddress
    /// The number of the interface; 0 for none.
    package var scope: UInt32
    /// The interface's name, or its number where it has none.
    package var zone: String?

    package init(_ ip: IPAddress, scope: UInt32 = 0, zone: String? = nil) {
        self.ip = ip
        self.scope = scope
        self.zone = zone
    }
}

extension ScopedAddress: CustomStringConvertible {
    /// The address, with its interface where it needs one: `fe80::1%eth0`.
    package var description: String { zone.map { "\(ip)%\($0)" } ?? "\(ip)" }
}

extension ScopedAddress {
    /// The protocol family of sockets for this address.
    var family: Int32 { ip.isIPv4 ? AF_INET : AF_INET6 }

    /// The address and port in a socket address of the system: `sockaddr_in` or `sockaddr_in6`; `nil` for other kinds.
    static func read(socketAddress bytes: RawSpan) -> (address: ScopedAddress, port: UInt16)? {
        guard bytes.byteCount >= 16 else { return nil }
        #if canImport(Glibc)
        let family = Int32(bytes.byte(0)) | Int32(bytes.byte(1)) << 8
        #else
        let family = Int32(bytes.byte(1))
        #endif
        if family == AF_INET { return (ScopedAddress(IPAddress(ipv4: bytes.big32(4))), bytes.big16(2)) }
        guard family == AF_INET6, bytes.byteCount >= 28 else { return nil }
        let scope = bytes.little32(24)
        let ip = IPAddress(high: bytes.big64(8), low: bytes.big64(16))
        return (ScopedAddress(ip, scope: scope, zone: InterfaceNames.zone(of: scope)), bytes.big16(2))
    }

    /// The bytes of the system's socket address for this address and a port.
    func socketAddress(port: UInt16) -> [UInt8] {
        let length: UInt8 = ip.isIPv4 ? 16 : 28
        #if canImport(Glibc)
        var bytes = [UInt8(family), 0]
        #else
        var bytes = [length, UInt8(family)]
        #endif
        bytes += [UInt8(port >> 8), UInt8(port & 255)]
        func append(_ word: UInt64, _ count: Int) {
            for index in stride(from: count - 1, through: 0, by: -1) {
                bytes.append(UInt8(truncatingIfNeeded: word >> (8 * UInt64(index))))
            }
        }
        if ip.isIPv4 {
            append(ip.low, 4)
        } else {
            append(0, 4)
            append(ip.high, 8)
            append(ip.low, 8)
            append(UInt64(scope.byteSwapped), 4)
        }
        return bytes + Array(repeating: 0, count: Int(length) - bytes.count)
    }
}
