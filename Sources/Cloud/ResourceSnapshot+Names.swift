import RoadblockCore

extension ResourceSnapshot {
    /// What a user's word for an instance stands for.
    package struct Match: Sendable {
        /// In the order of their ids; several where the word is ambiguous, none where nothing fits.
        package var resources: [any TaggedResource] = []
        /// Why nothing fits, or what was meant, as a sentence part.
        package var hint: String?
    }

    /// Looks up an instance id, an interface id, an address, a DNS name, `name:PATTERN`, or a name.
    ///
    /// An interface stands for its instance; for itself where it has none, or where the snapshot does not hold it.
    package func resources(named text: String) -> Match {
        if text.hasPrefix("name:") {
            let pattern = NamePattern(String(text.dropFirst("name:".count)))
            return Match(resources: named { pattern.matches($0) })
        }
        for id in [text, text.lowercased()] {
            if let instance = instance(id) { return Match(resources: [instance]) }
            if let interface = interface(id) { return Match(resources: [instance(ofInterface: id) ?? interface]) }
        }
        if ResourceSnapshot.isID(text) { return Match(hint: hint(unknown: text.lowercased())) }
        if let address = IPAddress(parsing: text) { return Match(resources: resources(at: address)) }
        var found = resources(dnsName: text)
        let known = Set(found.map(\.id))
        found += named { $0.hasSameBytes(as: text) }.filter { !known.contains($0.id) }
        guard found.isEmpty else { return Match(resources: found.sorted { $0.id < $1.id }) }
        return Match(hint: suggestion(nearest(to: text, among: instances.compactMap(\.name))))
    }

    /// True for the id of an instance or an interface, as EC2 makes them.
    package static func isID(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && (parts[0] == "i" || parts[0] == "eni") && parts[1].utf8.count >= 8
            && parts[1].allSatisfy(\.isHexDigit)
    }

    private func hint(unknown id: String) -> String? {
        if let interface = interfaces.first(where: { $0.instance == id }) {
            return "only its interface \(interface.id) is there; add what `aws ec2 describe-instances` prints"
        }
        // A random id is near to others by chance: only one wrong digit is a slip.
        let near = (instances.lazy.map(\.id) + interfaces.map(\.id)).first { other in
            other.utf8.count == id.utf8.count && zip(other.utf8, id.utf8).count { $0 != $1 } == 1
        }
        if near == nil, !instances.isEmpty, instances.allSatisfy({ $0.state == nil && $0.addresses.isEmpty }) {
            return "describe-tags lists only what has tags; add what `aws ec2 describe-instances` prints"
        }
        return suggestion(near)
    }

    /// The instances whose `Name` fits; where there are none, the interfaces.
    private func named(_ fits: (String) -> Bool) -> [any TaggedResource] {
        let found = instances.filter { $0.name.map(fits) ?? false }
        return found.isEmpty ? interfaces.filter { $0.name.map(fits) ?? false } : found
    }

    private func suggestion(_ word: String?) -> String? { word.map { "did you mean `\($0)`?" } }
}
