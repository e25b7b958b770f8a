/// A text that messages share, with names in place of what varies.
struct MessagePattern {
    var text: String
    var count: Int
    var series: [UInt32]
    /// The templates that it stands for, and where their words differ.
    var members: [Template]
    var varying: [Int]
    var numbers: [NumberRange]
}

/// Makes patterns of templates: brings similar ones together, and keeps apart what looks like a state.
///
/// Similar is what Drain takes as such (He and others 2017). Templates come most frequent first, so that the same ones give
/// the same patterns.
struct PatternSearch {
    /// Patterns that are told apart; the rarest are one beyond that.
    static let limit = 10_000
    /// Clusters of one layout that a template is compared with; beyond them there is one for all others.
    static let clusterLimit = 256
    /// The share of tokens that have to be the same.
    static let similarity = 0.5
    /// Words that are kept apart where each comes back so often, and words in capitals, of which there may be more.
    static let stateLimit = 4
    static let stateCount = 10
    static let capitalLimit = 16

    /// The name of everything that is not told apart.
    static let other = "<Other-1>"

    private struct Cluster {
        /// The tokens that all members have.
        var tokens: [UInt64]
        var members: [Int]
        /// True for the one that takes what fits nowhere.
        var isRest = false
    }

    private var templates: [Template]
    private var clusters: [Cluster] = []
    private var byLayout: [UInt64: [Int]] = [:]

    /// The patterns of a table, most frequent first, and how many messages are in none of them.
    static func patterns(_ table: TemplateTable) -> (patterns: [MessagePattern], others: Int) {
        var search = PatternSearch(table.templates)
        search.cluster()
        var found = search.split()
        found.sort { $0.count != $1.count ? $0.count > $1.count : $0.text < $1.text }
        var others = table.rest
        for pattern in found.dropFirst(limit) {
            others.count += pattern.count
            for slot in others.series.indices { others.series[slot] &+= pattern.series[slot] }
        }
        found = Array(found.prefix(limit))
        if others.count > 0 {
            found.append(
                MessagePattern(
                    text: other,
                    count: others.count,
                    series: others.series,
                    members: [],
                    varying: [],
                    numbers: []
                )
            )
        }
        return (found, others.count)
    }

    private init(_ templates: [Template]) {
        self.templates = templates.map { template in
            var template = template
            template.form = TemplateForm.cleared(template.form, template.tokens)
            return template
        }
        self.templates.sort { a, b in
            if a.count != b.count { return a.count > b.count }
            return a.form.lexicographicallyPrecedes(b.form)
        }
    }

    private mutating func cluster() {
        for (index, template) in templates.enumerated() {
            let candidates = byLayout[template.layout] ?? []
            var best: (cluster: Int, same: Int)?
            for candidate in candidates where !clusters[candidate].isRest {
                let same = PatternSearch.same(clusters[candidate].tokens, template.tokens)
                if same > best?.same ?? -1 { best = (candidate, same) }
            }
            let needed = Double(template.tokens.count) * PatternSearch.similarity
            if let best, Double(best.same) >= needed, isAlike(best.cluster, template) {
                add(index, to: best.cluster)
            } else if candidates.count < PatternSearch.clusterLimit {
                byLayout[template.layout, default: []].append(clusters.count)
                clusters.append(Cluster(tokens: template.tokens, members: [index]))
            } else if let rest = candidates.last, clusters[rest].isRest {
                add(index, to: rest)
            } else {
                byLayout[template.layout, default: []].append(clusters.count)
                clusters.append(Cluster(tokens: template.tokens, members: [index], isRest: true))
            }
        }
    }

    /// Of two tokens the first has to be the same.
    private func isAlike(_ cluster: Int, _ template: Template) -> Bool {
        guard template.tokens.count == 2 else { return true }
        return clusters[cluster].tokens[0] == template.tokens[0] && template.tokens[0] != Template.varies
    }

    private static func same(_ a: [UInt64], _ b: [UInt64]) -> Int {
        var count = 0
        for index in 0..<min(a.count, b.count) where a[index] == b[index] && a[index] != Template.varies { count += 1 }
        return count
    }

    private mutating func add(_ template: Int, to cluster: Int) {
        let tokens = templates[template].tokens
        for index in 0..<min(tokens.count, clusters[cluster].tokens.count)
        where clusters[cluster].tokens[index] != tokens[index] {
            clusters[cluster].tokens[index] = Template.varies
        }
        clusters[cluster].members.append(template)
    }

    /// Takes clusters apart by the places that hold states, and gives what is left its text.
    private func split() -> [MessagePattern] {
        var patterns: [MessagePattern] = []
        var byText: [String: Int] = [:]
        for cluster in clusters {
            let kept = cluster.isRest ? [] : states(of: cluster)
            var parts: [[UInt64]: Int] = [:]
            var order: [[Int]] = []
            for member in cluster.members {
                let key = kept.map { templates[member].tokens[$0] }
                if let part = parts[key] {
                    order[part].append(member)
                } else {
                    parts[key] = order.count
                    order.append([member])
                }
            }
            for part in order {
                let pattern = pattern(of: part)
                if let known = byText[pattern.text] {
                    PatternSearch.join(&patterns[known], pattern)
                } else {
                    byText[pattern.text] = patterns.count
                    patterns.append(pattern)
                }
            }
        }
        return patterns
    }

    private static func join(_ pattern: inout MessagePattern, _ other: MessagePattern) {
        pattern.count += other.count
        for slot in pattern.series.indices { pattern.series[slot] &+= other.series[slot] }
        pattern.members += other.members
        join(&pattern.numbers, other.numbers)
    }

    private static func join(_ numbers: inout [NumberRange], _ others: [NumberRange]) {
        for (place, range) in others.enumerated() {
            if place < numbers.count { numbers[place].join(range) } else { numbers.append(range) }
        }
    }

    /// The places in which the members of a cluster are to be kept apart.
    private func states(of cluster: Cluster) -> [Int] {
        cluster.tokens.indices.filter { place in
            guard cluster.tokens[place] == Template.varies else { return false }
            var counts: [UInt64: Int] = [:]
            var areCapitals = true
            for member in cluster.members {
                let token = templates[member].tokens[place]
                // What is no word, or differs already, is no state.
                if token == Template.varies || MessageScanner.isTyped(token) { return false }
                counts[token, default: 0] += templates[member].count
                if counts.count > PatternSearch.capitalLimit { return false }
                areCapitals = areCapitals && TemplateForm.isState(TemplateForm.word(templates[member].form, place))
            }
            if areCapitals { return true }
            return counts.count <= PatternSearch.stateLimit
                && counts.values.allSatisfy { $0 >= PatternSearch.stateCount }
        }
    }

    private func pattern(of members: [Int]) -> MessagePattern {
        var tokens = templates[members[0]].tokens
        var pattern = MessagePattern(text: "", count: 0, series: [], members: [], varying: [], numbers: [])
        for member in members {
            let template = templates[member]
            for place in tokens.indices where tokens[place] != template.tokens[place] {
                tokens[place] = Template.varies
            }
            pattern.count += template.count
            if pattern.series.isEmpty {
                pattern.series = template.series
            } else {
                for slot in pattern.series.indices { pattern.series[slot] &+= template.series[slot] }
            }
            pattern.members.append(template)
            PatternSearch.join(&pattern.numbers, template.numbers)
        }
        pattern.varying = tokens.indices.filter { tokens[$0] == Template.varies }
        pattern.text = TemplateForm.text(templates[members[0]].form, tokens)
        return pattern
    }
}

/// Reads the forms that `MessageScanner` makes.
enum TemplateForm {
    /// The form without the words that have no meaning.
    static func cleared(_ form: [UInt8], _ tokens: [UInt64]) -> [UInt8] {
        guard tokens.contains(Template.varies) else { return form }
        var cleared: [UInt8] = []
        forEach(form) { part, place in
            switch part {
            case .delimiter(let byte): cleared.append(byte)
            case .word(let range) where tokens[place] != Template.varies: cleared += [1] + form[range] + [2]
            case .word: cleared += [1, 2]
            case .typed(let kind): cleared += [3, kind]
            }
        }
        return cleared
    }

    /// The word at a place among the tokens; nothing for what is no word.
    static func word(_ form: [UInt8], _ wanted: Int) -> [UInt8] {
        var found: [UInt8] = []
        forEach(form) { part, place in
            if case .word(let range) = part, place == wanted { found = Array(form[range]) }
        }
        return found
    }

    /// The text of a pattern: tokens that vary are numbered from one on.
    static func text(_ form: [UInt8], _ tokens: [UInt64]) -> String {
        var text: [UInt8] = []
        var number = 0
        forEach(form) { part, place in
            switch part {
            case .delimiter(let byte): text.append(byte)
            case .word(let range) where tokens[place] != Template.varies: text += form[range]
            default:
                number += 1
                var kind = MessageScanner.Kind.token
                if case .typed(let raw) = part, tokens[place] != Template.varies {
                    kind = MessageScanner.Kind(rawValue: raw) ?? .token
                }
                text += Array("<\(kind.name)-\(number)>".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// True for a word that says what became of something: in capitals, or the level of a message.
    static func isState(_ word: [UInt8]) -> Bool {
        guard word.count >= 2 else { return false }
        if word.allSatisfy({ 65...90 ~= $0 || $0 == UInt8(ascii: "_") }) { return true }
        return levels.contains(String(decoding: word, as: UTF8.self).lowercased())
    }

    private static let levels: Set = [
        "trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal",
    ]

    private enum Part {
        case delimiter(UInt8)
        case word(Range<Int>)
        case typed(UInt8)
    }

    private static func forEach(_ form: [UInt8], _ body: (Part, _ place: Int) -> Void) {
        var index = 0
        var place = 0
        while index < form.count {
            switch form[index] {
            case 1:
                let start = index + 1
                index = form[start...].firstIndex(of: 2) ?? form.count
                body(.word(start..<index), place)
                place += 1
            case 3 where index + 1 < form.count:
                index += 1
                body(.typed(form[index]), place)
                place += 1
            default: body(.delimiter(form[index]), place)
            }
            index += 1
        }
    }
}
