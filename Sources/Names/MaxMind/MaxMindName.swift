/// Where the name lies in the records of MaxMind databases: networks, organizations, providers, countries.
struct MaxMindName: Sendable {
    /// The key of a member.
    private let key: [UInt8]
    /// What to look for in the member where it is a map.
    private let inner: [MaxMindName]

    private init(_ key: String, _ inner: [MaxMindName] = []) {
        self.key = Array(key.utf8)
        self.inner = inner
    }

    /// What names an owner, the best first.
    private static let wanted: [MaxMindName] = {
        let organizations = ["autonomous_system_organization", "organization", "isp", "as_name", "name"]
            .map { MaxMindName($0) }
        let country = [MaxMindName("names", [MaxMindName("en")]), MaxMindName("iso_code")]
        return organizations + [
            MaxMindName("traits", organizations), MaxMindName("country", country),
            MaxMindName("registered_country", country), MaxMindName("country_name"), MaxMindName("country_code"),
        ]
    }()

    /// Where the name of a record's owner lies in the file; `nil` where it has none.
    static func find(at record: Int, in section: MaxMindSection) -> Range<Int>? {
        var steps = MaxMindSection.stepLimit
        return find(wanted, at: record, in: section, &steps)
    }

    private static func find(
        _ wanted: [MaxMindName],
        at place: Int,
        in section: MaxMindSection,
        _ steps: inout Int
    ) -> Range<Int>? {
        guard let field = section.field(at: place, &steps) else { return nil }
        if field.is(.text) {
            let text = field.content..<(field.content + field.size)
            return section.bytes[text].contains { $0 > 0x20 } ? text : nil
        }
        guard field.is(.map), !wanted.isEmpty else { return nil }
        var best: Range<Int>?
        var rank = wanted.count
        var place = field.content
        for _ in 0..<field.size {
            guard let key = section.field(at: place, &steps), let value = section.end(ofFieldAt: place, &steps) else {
                break
            }
            let name = section.bytes[key.content..<(key.content + key.ownSize)]
            if let found = wanted[..<rank].firstIndex(where: { $0.key.elementsEqual(name) }),
                let text = find(wanted[found].inner, at: value, in: section, &steps)
            {
                best = text
                rank = found
            }
            guard let next = section.end(ofFieldAt: value, &steps) else { break }
            place = next
        }
        return best
    }
}
