import Cloud
import RoadblockCore

/// The instances whose tags are printed, found by the words of the command line.
struct TagSelection {
    /// In the order they were named, each once; with no name, by id.
    private(set) var chosen: [(id: String, tags: [Tag])] = []
    var warnings: [String] = []
    private var missing: [(name: String, hint: String?)] = []
    private let snapshot: String

    /// Looks the names up; without a name all instances are chosen, or all interfaces where there is no instance.
    ///
    /// `snapshot` names the files for messages.
    init(_ resources: ResourceSnapshot, names: [String], snapshot: String) {
        self.snapshot = snapshot
        if names.isEmpty { chooseAll(resources) }
        var seen: Set<String> = []
        for name in names {
            let match = resources.resources(named: name)
            if match.resources.isEmpty { missing.append((name, match.hint)) }
            if match.resources.count > 1, !name.hasPrefix("name:") {
                let ids = match.resources.prefix(5).map(\.id).joined(separator: ", ")
                let more = match.resources.count > 5 ? ", …" : ""
                warnings.append("`\(name)` fits \(match.resources.count) instances: \(ids)\(more)")
            }
            for found in match.resources where seen.insert(found.id).inserted { chosen.append((found.id, found.tags)) }
        }
        takeLooseTags(resources, names)
    }

    private mutating func chooseAll(_ resources: ResourceSnapshot) {
        chosen = resources.instances.map { ($0.id, $0.tags) }
        if chosen.isEmpty { chosen = resources.interfaces.map { ($0.id, $0.tags) } }
        for (index, tags) in resources.looseTags.enumerated() {
            chosen.append((index == 0 ? "unnamed" : "unnamed-\(index + 1)", tags))
        }
        if !resources.looseTags.isEmpty {
            warnings.append("\(snapshot): tags that do not say whose they are stand under `unnamed`")
        }
        if chosen.isEmpty { warnings.append("\(snapshot) holds no instance") }
    }

    /// A list of tags and nothing else belongs to the one instance that was named.
    private mutating func takeLooseTags(_ resources: ResourceSnapshot, _ names: [String]) {
        guard names.count == 1, missing.count == 1, resources.looseTags.count == 1, resources.instances.isEmpty,
            resources.interfaces.isEmpty
        else { return }
        chosen = [(names[0], resources.looseTags[0])]
        missing = []
        warnings.append("\(snapshot): the tags do not say whose they are; taken for those of \(names[0])")
    }

    /// The error for names that nothing fits; `nil` when all were found.
    var notFound: Failure? {
        guard !missing.isEmpty else { return nil }
        return Failure(
            .instanceNotFound,
            notFoundText,
            suggestion: missing.lazy.compactMap(\.hint).first?.visible
        )
    }

    /// The same as a warning, beside an error that counts more.
    var notFoundWarning: [String] { missing.isEmpty ? [] : [notFoundText] }

    private var notFoundText: String {
        let names = missing.map { "`\($0.name.visible)`" }.joined(separator: ", ")
        return "\(names) \(missing.count == 1 ? "is" : "are") not in \(snapshot)"
    }

    /// Fails unless there is exactly one instance to print.
    func checkOne(_ rows: [TagRow], _ format: TagPrinter.Format) throws(Failure) {
        guard rows.count != 1 else { return }
        if let notFound { throw notFound }
        guard let first = rows.first else { throw Failure(.instanceNotFound, "\(snapshot) holds no instance") }
        throw Failure(
            .usage,
            "-o \(format.rawValue) prints one instance, and these are \(rows.count)",
            suggestion: "name one by its id, such as \(first.id.visible)"
        )
    }
}
