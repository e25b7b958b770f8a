/// The candidate that is nearest to a word, if it is near enough to be a slip of the hand.
///
/// Distance: insertions, deletions, substitutions and swaps of neighbours, each one step, letters compared without
/// case; at most a third of the word's length (at least one, two from four letters on). Words that share nothing are not
/// alike, however short.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(word.utf8.count >= 4 ? 2 : 1, word.utf8.count / 3)
    let target = Array(word.lowercased().utf8.prefix(128))
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let bytes = Array(candidate.lowercased().utf8)
        guard abs(bytes.count - target.count) <= limit else { continue }
        let distance = editDistance(target, bytes)
        if distance <= limit, distance < max(bytes.count, target.count), distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.candidate
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
