import RoadblockCore

/// Collects what saved answers say of each instance and interface, and merges it.
struct SnapshotContent {
    /// More than this was read: tags, addresses, names and objects together.
    struct TooMuch: Error {}

    /// Tags of one resource, and when each was read.
    private struct TagLayers {
        private var described: [Tag] = []
        private var descriptionTime = 0
        private var added: [(tag: Tag, time: Int)] = []

        /// A description lists all tags: what an earlier one said is over.
        mutating func describe(_ tags: [Tag], _ time: Int) {
            described = tags
            descriptionTime = time
        }

        mutating func add(_ tag: Tag, _ time: Int) { added.append((tag, time)) }

        /// One tag for each key: the one that was read last.
        var merged: [Tag] {
            let isBefore = { (entry: (tag: Tag, time: Int)) in entry.time < descriptionTime }
            let ordered =
                added.lazy.filter(isBefore).map(\.tag) + described + added.lazy.filter { !isBefore($0) }.map(\.tag)
            var places: [ExactText: Int] = [:]
            var merged: [Tag] = []
            for tag in ordered {
                if let place = places[ExactText(tag.key)] {
                    merged[place] = tag
                } else {
                    places[ExactText(tag.key)] = merged.count
                    merged.append(tag)
                }
            }
            return merged
        }
    }

    private var instances: [String: (instance: Instance, tags: TagLayers)] = [:]
    private var interfaces: [String: (interface: NetworkInterface, tags: TagLayers)] = [:]
    private var loose: [[Tag]] = []
    private var time = 0
    private var count = 0

    /// Tags, addresses, names and objects that are kept, of all files together.
    static let limit = 10_000_000

    private mutating func keep(_ more: Int) throws {
        count += more
        guard count <= SnapshotContent.limit else { throw TooMuch() }
        time += 1
    }

    func snapshot() -> ResourceSnapshot {
        ResourceSnapshot(
            instances: instances.values.map { entry in
                var instance = entry.instance
                instance.tags = entry.tags.merged
                return instance
            },
            interfaces: interfaces.values.map { entry in
                var interface = entry.interface
                interface.tags = entry.tags.merged
                return interface
            },
            looseTags: loose
        )
    }

    /// Adds a list of tags that does not say whose they are.
    mutating func add(loose tags: [Tag]) {
        if !tags.isEmpty { loose.append(tags) }
    }

    /// Adds a tag of `describe-tags`; gives it back when it does not say whose it is.
    mutating func add(tag value: JSONValue) throws -> Tag? {
        try keep(1)
        guard let tag = SnapshotContent.tag(value) else { return nil }
        guard let id = value.member("ResourceId")?.text, !id.isEmpty else { return tag }
        switch value.member("ResourceType")?.word ?? (id.hasPrefix("i-") ? "instance" : "network-interface") {
        case "instance": instances[id, default: (Instance(id: id), TagLayers())].tags.add(tag, time)
        case "network-interface" where id.hasPrefix("eni-"):
            interfaces[id, default: (NetworkInterface(id: id), TagLayers())].tags.add(tag, time)
        default: break
        }
        return nil
    }

    /// Adds what `describe-instances` says of an instance.
    mutating func add(instance value: JSONValue, _ cutOff: Failure) throws {
        guard let id = value.member("InstanceId")?.text, !id.isEmpty else { return }
        var entry = instances[id] ?? (Instance(id: id), TagLayers())
        let state = value.member("State")
        entry.instance.state = state?.member("Name")?.word ?? state?.word ?? entry.instance.state
        entry.instance.vpc = value.member("VpcId")?.text ?? entry.instance.vpc
        let places = SnapshotContent.places(value)
        if !places.addresses.isEmpty { entry.instance.addresses = places.addresses }
        if !places.names.isEmpty { entry.instance.dnsNames = places.names }
        let tags = try SnapshotContent.tags(value, cutOff)
        try keep(1 + places.addresses.count + places.names.count + (tags?.count ?? 0))
        if let tags { entry.tags.describe(tags, time) }
        instances[id] = entry
        for interface in value.member("NetworkInterfaces", "NetworkInterfaceSet")?.listed ?? [] {
            try add(interface: interface, of: id, cutOff)
        }
    }

    /// Adds what `describe-network-interfaces`, or an instance's description, says of an interface.
    mutating func add(interface value: JSONValue, of owner: String? = nil, _ cutOff: Failure) throws {
        guard let id = value.member("NetworkInterfaceId")?.text, !id.isEmpty else { return }
        var entry = interfaces[id] ?? (NetworkInterface(id: id), TagLayers())
        entry.interface.description = value.member("Description")?.text ?? entry.interface.description
        entry.interface.vpc = value.member("VpcId")?.text ?? entry.interface.vpc
        let attached = owner ?? value.member("Attachment")?.member("InstanceId")?.text
        if let attached, !attached.isEmpty { entry.interface.instance = attached }
        let places = SnapshotContent.places(value)
        if !places.addresses.isEmpty { entry.interface.addresses = places.addresses }
        if !places.names.isEmpty { entry.interface.dnsNames = places.names }
        let tags = try SnapshotContent.tags(value, cutOff)
        try keep(1 + places.addresses.count + places.names.count + (tags?.count ?? 0))
        if let tags { entry.tags.describe(tags, time) }
        interfaces[id] = entry
    }

    /// The tags of a description; `nil` where it says nothing of them.
    private static func tags(_ value: JSONValue, _ cutOff: Failure) throws(Failure) -> [Tag]? {
        guard let list = value.member("Tags", "TagSet"), list != .null else { return nil }
        if let text = list.text ?? list.items?.first?.text, isCutOff(text) { throw cutOff }
        return list.listed.compactMap(tag)
    }

    private static func tag(_ value: JSONValue) -> Tag? {
        guard let key = value.member("Key")?.text else { return nil }
        return Tag(key, value.member("Value")?.text ?? "")
    }

    /// `Amazon.EC2.Model.Tag`: what `ConvertTo-Json` writes for an object that lies too deep.
    static func isCutOff(_ text: String) -> Bool { text.contains("Amazon.EC2.Model.") }

    /// The addresses and DNS names of an instance or an interface.
    private static func places(_ value: JSONValue) -> (addresses: [IPAddress], names: [String]) {
        var addresses: [IPAddress] = []
        var names: [String] = []
        func take(_ value: JSONValue?) {
            guard let value else { return }
            for name in ["PrivateIpAddress", "PublicIpAddress", "PublicIp", "Ipv6Address", "CarrierIp"] {
                if let address = value.member(name)?.text.flatMap({ IPAddress(parsing: $0) }) {
                    addresses.append(address)
                }
            }
            for name in ["PrivateDnsName", "PublicDnsName"] {
                if let text = value.member(name)?.text, !text.isEmpty { names.append(text) }
            }
            take(value.member("Association"))
        }
        take(value)
        for list in ["PrivateIpAddresses", "Ipv6Addresses"] { value.member(list)?.listed.forEach(take) }
        var seen: Set<IPAddress> = []
        var seenNames: Set<String> = []
        return (addresses.filter { seen.insert($0).inserted }, names.filter { seenNames.insert($0).inserted })
    }
}
