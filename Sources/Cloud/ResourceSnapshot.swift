package import RoadblockCore

/// What saved answers say of the cloud: instances, network interfaces and their tags.
///
/// Addresses are unique in one network only. Where a snapshot holds several networks with the same addresses, a look-up
/// by address alone gives nothing rather than a wrong name; one by interface id is always certain.
package struct ResourceSnapshot: Sendable {
    /// By id.
    package let instances: [Instance]
    /// By id.
    package let interfaces: [NetworkInterface]
    /// Lists of tags that do not say whose they are, in the order they were read.
    package let looseTags: [[Tag]]

    /// Whose an address or a name is: a place in `instances` or `interfaces`.
    private enum Owner: Hashable { case instance(Int), interface(Int) }

    private var instanceIndex: [String: Int] = [:]
    private var interfaceIndex: [String: Int] = [:]
    private var addressOwners: [IPAddress: [Owner]] = [:]
    private var nameOwners: [String: [Owner]] = [:]

    package init(instances: [Instance], interfaces: [NetworkInterface], looseTags: [[Tag]] = []) {
        self.instances = instances.sorted { $0.id < $1.id }
        self.interfaces = interfaces.sorted { $0.id < $1.id }
        self.looseTags = looseTags
        for (index, instance) in self.instances.enumerated() {
            instanceIndex[instance.id] = index
            add(.instance(index), instance.addresses, instance.dnsNames)
        }
        for (index, interface) in self.interfaces.enumerated() {
            interfaceIndex[interface.id] = index
            let owner = interface.instance.flatMap { instanceIndex[$0] }.map(Owner.instance) ?? .interface(index)
            add(owner, interface.addresses, interface.dnsNames)
        }
    }

    private mutating func add(_ owner: Owner, _ addresses: [IPAddress], _ names: [String]) {
        for address in addresses { addressOwners[address, default: []].append(owner) }
        for name in names { nameOwners[ResourceSnapshot.dnsKey(name), default: []].append(owner) }
    }

    /// The instance of an id.
    package func instance(_ id: String) -> Instance? { instanceIndex[id].map { instances[$0] } }

    /// The interface of an id.
    package func interface(_ id: String) -> NetworkInterface? { interfaceIndex[id].map { interfaces[$0] } }

    /// The instance that an interface is attached to, where the snapshot holds both.
    package func instance(ofInterface id: String) -> Instance? { interface(id)?.instance.flatMap { instance($0) } }

    /// The instance that has an address, private or public; `nil` where none has it, or several in different networks.
    ///
    /// An interface, where it is known, decides alone.
    package func instance(at address: IPAddress, interface: String? = nil) -> Instance? {
        if let interface, let instance = instance(ofInterface: interface) { return instance }
        guard let owner = owners(of: address).only, case .instance(let index) = owner else { return nil }
        return instances[index]
    }

    /// What to call an address: the `Name` of its instance or interface, else the instance's id, else what the interface
    /// is said to be; `nil` where nothing or several things have it.
    package func displayName(of address: IPAddress, interface: String? = nil) -> String? {
        let given = interface.flatMap { interfaceIndex[$0] }
        if let instance = instance(at: address, interface: interface) {
            if let name = instance.name { return name }
            let own = given ?? interfaces.firstIndex { $0.instance == instance.id && $0.addresses.contains(address) }
            return own.flatMap { interfaces[$0].name } ?? instance.id
        }
        var index = given
        if index == nil, case .interface(let found)? = owners(of: address).only { index = found }
        guard let index else { return nil }
        let interface = interfaces[index]
        if let name = interface.name ?? interface.instance { return name }
        return interface.description.flatMap { $0.isEmpty ? nil : $0 } ?? interface.id
    }

    /// All that have an address, in the order of their ids: instances, and interfaces without an instance here.
    ///
    /// What is terminated has it no more, unless nothing else does.
    package func resources(at address: IPAddress) -> [any TaggedResource] { owners(of: address).map(resource) }

    /// All that have a DNS name, in the order of their ids.
    package func resources(dnsName: String) -> [any TaggedResource] {
        living(nameOwners[ResourceSnapshot.dnsKey(dnsName)] ?? []).map(resource)
    }

    private func owners(of address: IPAddress) -> [Owner] { living(addressOwners[address] ?? []) }

    /// The owners, each once; without what is gone, where there is something else.
    private func living(_ entries: [Owner]) -> [Owner] {
        // An instance and its interface say the same, in most cases nobody else does.
        guard let first = entries.first, entries.contains(where: { $0 != first }) else {
            return Array(entries.prefix(1))
        }
        let owners = Set(entries)
        let living = owners.filter { owner in
            if case .instance(let index) = owner { return !instances[index].isGone }
            return true
        }
        return (living.isEmpty ? owners : living).sorted { resource($0).id < resource($1).id }
    }

    private func resource(_ owner: Owner) -> any TaggedResource {
        switch owner {
        case .instance(let index): instances[index]
        case .interface(let index): interfaces[index]
        }
    }

    /// Names of the DNS have no case, and may end in a dot.
    private static func dnsKey(_ name: String) -> String {
        let lower = name.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}

extension Array {
    fileprivate var only: Element? { count == 1 ? self[0] : nil }
}
