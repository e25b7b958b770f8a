// Invariant: the list that `getifaddrs` makes is freed in the function that asked for it, after what is needed has been
// copied; a name's buffer holds `IF_NAMESIZE` bytes, as `if_indextoname` wants.

import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The names of this host's interfaces.
struct InterfaceNames {
    private var entries: [(name: String, address: IPAddress, mask: IPAddress?)] = []

    /// The interfaces as they are now.
    init() {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return }
        defer { unsafe freeifaddrs(first) }
        var next = unsafe first
        while let entry = unsafe next {
            unsafe next = entry.pointee.ifa_next
            guard let address = unsafe ScopedAddress.read(entry.pointee.ifa_addr) else { continue }
            let mask = unsafe ScopedAddress.read(entry.pointee.ifa_netmask)
            entries.append((unsafe String(cString: entry.pointee.ifa_name), address.ip, mask?.ip))
        }
    }

    /// The interface that has an address, or else the first in whose network it is, as all of 127.0.0.0/8 is.
    func name(of address: IPAddress) -> String? {
        let exact = entries.first { $0.address == address }
        let near = entries.first { entry in
            guard let mask = entry.mask, entry.address.isIPv4 == address.isIPv4 else { return false }
            return (entry.address.high ^ address.high) & mask.high == 0
                && (entry.address.low ^ address.low) & mask.low == 0
        }
        return (exact ?? near)?.name
    }

    /// The name of the interface with a number, or the number where it has none; `nil` for 0.
    static func zone(of scope: UInt32) -> String? {
        guard scope != 0 else { return nil }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard unsafe if_indextoname(scope, &name) != nil else { return String(scope) }
        return unsafe name.withUnsafeBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe String(cString: $0) }
        }
    }
}

extension ScopedAddress {
    /// Reads a socket address that the system owns; `nil` for other kinds than IPv4 and IPv6.
    static func read(_ pointer: UnsafePointer<sockaddr>?) -> ScopedAddress? {
        guard let pointer = unsafe pointer else { return nil }
        let length: Int
        switch unsafe Int32(pointer.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(pointer), byteCount: length)
        return read(socketAddress: bytes)?.address
    }
}
