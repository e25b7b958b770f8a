/// Which inputs were recorded at the same place: a ring's files follow each other and have names that differ in digits.
///
/// Files whose times overlap are of different places, and so are files of different names. Where there would be too many
/// places, all count as one.
package struct CapturePoints {
    private let names: [Name]
    /// The place of an input, once its first frame came.
    package private(set) var places: [Int?]
    /// The newest input of each place.
    private var newest: [Int] = []

    /// A path without the digits that a ring counts with.
    private struct Name {
        var path: [UInt8]
        var stem: [UInt8]

        init(_ path: String) {
            self.path = Array(path.utf8)
            stem = self.path.filter { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }

        /// Bytes that two paths begin with in common.
        func common(with other: Name) -> Int {
            zip(path, other.path).prefix { $0 == $1 }.count
        }
    }

    /// With `asOne`, all inputs are of one place.
    package init(names paths: [String], asOne: Bool = false) {
        names = paths.map(Name.init)
        places = Array(repeating: nil, count: paths.count)
        let count = Set(names.map(\.stem)).count
        isSingle = asOne || count > Self.limit
        nameCount = isSingle ? 1 : count
    }

    /// Places from which a frame came.
    package var count: Int { newest.count }

    /// For each input the first one whose name differs from its own in digits only, if at all.
    package var families: [Int] {
        var first: [[UInt8]: Int] = [:]
        return names.indices.map { index in
            let known = first[names[index].stem] ?? index
            first[names[index].stem] = known
            return known
        }
    }

    /// Places that are at least to be expected: those that the names alone tell apart.
    package var expectedCount: Int { max(count, nameCount) }
    private let nameCount: Int
    private let isSingle: Bool

    /// Places that are kept apart.
    package static let limit = 8

    /// The place of an input, settled when its first frame comes; `hasEnded` says of another input that it has no more.
    package mutating func place(_ input: Int, hasEnded: (Int) -> Bool) -> Int {
        if let known = places[input] { return known }
        guard !isSingle else {
            newest = [input]
            places[input] = 0
            return 0
        }
        let rings = newest.indices.filter { place in
            let last = newest[place]
            return names[last].stem == names[input].stem && hasEnded(last)
        }
        // Of several rings the one with the likest name: `eth1_2` goes on behind `eth1_1`, not behind `eth0_1`.
        let place = rings.max {
            names[newest[$0]].common(with: names[input]) < names[newest[$1]].common(with: names[input])
        }
        if let place {
            newest[place] = input
            places[input] = place
            return place
        }
        guard newest.count < Self.limit else {
            places[input] = 0
            return 0
        }
        newest.append(input)
        places[input] = newest.count - 1
        return newest.count - 1
    }
}
