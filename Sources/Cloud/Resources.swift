package import RoadblockCore

/// Something of the cloud that has an id and tags.
package protocol TaggedResource: Sendable {
    var id: String { get }
    /// In the order in which they were read; no key twice.
    var tags: [Tag] { get }
}

extension TaggedResource {
    /// The value of a tag; where the spelling is not there, of the first one that differs only in case.
    package func tag(_ key: String) -> String? {
        (try? TagMap(of: tags, desired: [key], match: .ignoringCase))?.entries.first?.value
    }

    /// The `Name` tag, unless it is empty.
    package var name: String? { tag("Name").flatMap { $0.isEmpty ? nil : $0 } }
}

/// A virtual machine.
///
/// Source: Amazon EC2 API Reference, "Instance".
package struct Instance: TaggedResource, Hashable {
    package var id: String
    package var tags: [Tag]
    /// Such as `running`; `nil` where only tags are known.
    package var state: String?
    package var vpc: String?
    /// Private and public, of both families.
    package var addresses: [IPAddress] = []
    package var dnsNames: [String] = []

    package init(id: String, tags: [Tag] = []) {
        self.id = id
        self.tags = tags
    }

    /// True once it has given its addresses away.
    package var isGone: Bool { state == "terminated" || state == "shutting-down" }
}

/// A network interface, of an instance, a load balancer or a NAT gateway.
///
/// Source: Amazon EC2 API Reference, "NetworkInterface" and "InstanceNetworkInterface".
package struct NetworkInterface: TaggedResource, Hashable {
    package var id: String
    package var tags: [Tag]
    package var description: String?
    /// The instance that it is attached to.
    package var instance: String?
    package var vpc: String?
    package var addresses: [IPAddress] = []
    package var dnsNames: [String] = []

    package init(id: String, tags: [Tag] = []) {
        self.id = id
        self.tags = tags
    }
}
