/// The desired tags of one resource, in the order and the spelling of the keys asked for.
package struct TagMap: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// As it was asked for.
        package var key: String
        /// As the resource has it; `nil` where it does not.
        package var matchedKey: String?
        /// `nil` is missing; the empty text is a tag with an empty value.
        package var value: String?
    }

    /// When a tag's key is the desired one.
    package enum Match: Sendable {
        /// The same bytes.
        case exact
        /// The same letters in any case; the exact spelling wins.
        case ignoringCase
    }

    /// What becomes of a desired key that the resource does not have.
    package enum Missing: String, CaseIterable, Sendable {
        /// It is left out.
        case omit
        /// Its value is `nil`.
        case null
        /// Its value is the empty text.
        case empty
        /// It is an error.
        case fail
    }

    /// Why there is no map.
    package enum Problem: Error, Hashable, Sendable {
        case emptyKey
        case longKey(String)
        case missing(keys: [String])
    }

    /// Unless something else is asked for: keys are typed by hand, and two that differ only in case are an accident.
    package static let defaultMatch = Match.ignoringCase

    /// EC2 knows no longer key, in Unicode characters.
    package static let keyLimit = 128

    package private(set) var entries: [Entry] = []
    /// What is to be said about keys that fit several tags.
    package private(set) var warnings: [String] = []

    /// Picks the desired keys out of the tags; no list of tags is an empty one.
    ///
    /// Of several tags that fit but for their case, the first in the order of bytes is taken, and a warning names all.
    /// A key that is desired twice has one entry, and each spelling one of its own.
    /// - Throws: `Problem` for a key that EC2 does not allow, or with `fail` for keys that are missing.
    package init(
        of tags: [Tag]?,
        desired: [String],
        match: Match = TagMap.defaultMatch,
        missing: Missing = .omit
    ) throws(Problem) {
        let desired = try TagMap.checked(desired)
        var absent: [String] = []
        for key in desired {
            if let tag = find(key, tags ?? [], match) {
                entries.append(Entry(key: key, matchedKey: tag.key, value: tag.value))
                continue
            }
            absent.append(key)
            switch missing {
            case .omit, .fail: break
            case .null: entries.append(Entry(key: key))
            case .empty: entries.append(Entry(key: key, value: ""))
            }
        }
        if missing == .fail, !absent.isEmpty { throw .missing(keys: absent) }
    }

    /// All tags, by the bytes of their keys.
    package init(all tags: [Tag]) {
        entries = tags.sorted { $0.key.precedes($1.key) }
            .map { Entry(key: $0.key, matchedKey: $0.key, value: $0.value) }
    }

    /// The desired keys without repetitions.
    ///
    /// - Throws: `Problem` for a key that EC2 does not allow.
    package static func checked(_ desired: [String]) throws(Problem) -> [String] {
        var seen: Set<ExactText> = []
        for key in desired {
            guard !key.isEmpty else { throw .emptyKey }
            guard key.unicodeScalars.count <= keyLimit else { throw .longKey(key) }
        }
        return desired.filter { seen.insert(ExactText($0)).inserted }
    }

    /// The entry of a key, in the spelling it was asked for.
    package subscript(key: String) -> Entry? { entries.first { $0.key.hasSameBytes(as: key) } }

    private mutating func find(_ key: String, _ tags: [Tag], _ match: Match) -> Tag? {
        if let exact = tags.last(where: { $0.key.hasSameBytes(as: key) }) { return exact }
        guard match == .ignoringCase else { return nil }
        let fitting = tags.filter { $0.key.isSameIgnoringCase(key) }.sorted { $0.key.precedes($1.key) }
        guard let first = fitting.first else { return nil }
        if fitting.contains(where: { !$0.key.hasSameBytes(as: first.key) }) {
            let names = fitting.map { "`\($0.key)`" }.joined(separator: " and ")
            warnings.append("`\(key)` fits the tags \(names); `\(first.key)` was taken")
        }
        return first
    }
}
