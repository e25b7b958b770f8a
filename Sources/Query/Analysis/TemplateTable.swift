/// A message with what varies by its form taken out: how often it came, and when.
struct Template {
    /// The words' hashes and the other tokens' kinds; `varies` where messages that were taken as one differ.
    var tokens: [UInt64]
    var layout: UInt64
    /// As `MessageScanner.form` gives it; words where tokens vary have no meaning.
    var form: [UInt8]
    var count = 0
    /// Occurrences by slot, as many slots as the table has.
    var series: [UInt32]
    var numbers: [NumberRange] = []

    static let varies: UInt64 = 0
}

/// All messages of one worker as templates, in bounded memory.
///
/// Messages fall into groups by their form alone. A group that has too many templates is coarsened, as often as it takes:
/// then words behind the first few no longer tell templates apart, as in the tree of a fixed depth of Drain (He and
/// others 2017), and in the end the whole group is one. How coarse a group is depends on which messages there are and neither on
/// their order nor on who read them, so that any number of workers comes to the same templates.
final class TemplateTable {
    /// Words that tell templates apart, from one level of coarseness to the next.
    static let depths = [Int.max, 16, 8, 6, 4, 3, 2, 1, 0]
    static let groupCount = 256
    /// Templates of up to 32 tokens that a group may have; longer ones count several times.
    let budget: Int
    /// Occurrences that are counted apart.
    let slots: Int
    /// Values of numbers are looked at.
    let keepsNumbers: Bool

    private struct Group {
        var level = 0
        var used = 0
        var index: [UInt64: Int] = [:]
        var templates: [Template] = []
    }

    private var groups: [Group]
    /// What lies in groups that are one.
    private(set) var rest: Template
    /// Messages that were counted, and those of which only the beginning was.
    private(set) var count = 0
    private(set) var cutCount = 0

    init(slots: Int = 0, keepsNumbers: Bool = false) {
        self.slots = slots
        self.keepsNumbers = keepsNumbers
        budget = keepsNumbers ? 64 : 256
        groups = Array(repeating: Group(), count: TemplateTable.groupCount)
        rest = Template(tokens: [], layout: 0, form: [], series: Array(repeating: 0, count: slots))
    }

    /// True where templates were taken as one because there were too many.
    var isCoarse: Bool { groups.contains { $0.level > 0 } }

    /// All templates, in no particular order.
    var templates: [Template] { groups.flatMap(\.templates) }

    private static func weight(_ tokens: Int) -> Int { max(1, (tokens + 31) / 32) }

    private func key(_ template: Template, level: Int) -> UInt64 {
        TemplateTable.key(template.tokens, template.layout, level)
    }

    private static func key(_ tokens: [UInt64], _ layout: UInt64, _ level: Int) -> UInt64 {
        let depth = depths[level]
        var state = layout
        for (index, token) in tokens.enumerated() {
            state = MessageScanner.mix(state, index < depth || MessageScanner.isTyped(token) ? token : 16)
        }
        return state
    }

    private static func group(of tokens: [UInt64], _ layout: UInt64) -> Int {
        var state = layout
        for token in tokens { state = MessageScanner.mix(state, MessageScanner.isTyped(token) ? token : 16) }
        return Int(state >> 40 & 0xFF)
    }

    private var scratch: [UInt64] = []

    /// Counts a message that was scanned, in one slot, or in two.
    func add(
        _ scanner: MessageScanner,
        _ bytes: borrowing Span<UInt8>,
        slot: Int? = nil,
        second: Int? = nil
    ) {
        count += 1
        if scanner.isCut { cutCount += 1 }
        scratch.removeAll(keepingCapacity: true)
        for token in scanner.tokens { scratch.append(token.hash) }
        let number = TemplateTable.group(of: scratch, scanner.layout)
        let level = groups[number].level
        guard level < TemplateTable.depths.count else {
            TemplateTable.count(&rest, slot, second)
            return
        }
        let key = TemplateTable.key(scratch, scanner.layout, level)
        if let place = groups[number].index[key] {
            TemplateTable.count(&groups[number].templates[place], slot, second)
            if level > 0 { TemplateTable.blur(&groups[number].templates[place].tokens, scratch) }
            if keepsNumbers { take(numbersOf: scanner, bytes, into: &groups[number].templates[place]) }
            return
        }
        var template = Template(
            tokens: scratch,
            layout: scanner.layout,
            form: scanner.form(bytes),
            series: Array(repeating: 0, count: slots)
        )
        TemplateTable.count(&template, slot, second)
        if keepsNumbers { take(numbersOf: scanner, bytes, into: &template) }
        insert(template, key, number)
    }

    @inline(__always)
    private static func count(_ template: inout Template, _ slot: Int?, _ second: Int?) {
        template.count += 1
        if let slot { template.series[slot] &+= 1 }
        if let second { template.series[second] &+= 1 }
    }

    /// Marks the tokens in which a template's messages differ.
    private static func blur(_ tokens: inout [UInt64], _ others: [UInt64]) {
        for index in 0..<min(tokens.count, others.count) where tokens[index] != others[index] {
            tokens[index] = Template.varies
        }
    }

    private func take(numbersOf scanner: MessageScanner, _ bytes: borrowing Span<UInt8>, into template: inout Template)
    {
        var place = 0
        for token in scanner.tokens where token.kind == .number {
            guard place < NumberRange.limit else { return }
            if place == template.numbers.count { template.numbers.append(NumberRange()) }
            template.numbers[place].take(CellText.number(bytes.extracting(token.start..<token.end)) ?? 0)
            place += 1
        }
    }

    private func insert(_ template: Template, _ key: UInt64, _ number: Int) {
        groups[number].index[key] = groups[number].templates.count
        groups[number].templates.append(template)
        groups[number].used += TemplateTable.weight(template.tokens.count)
        while groups[number].used > budget { coarsen(number, to: groups[number].level + 1) }
    }

    /// Takes a group's templates as one that no longer differ.
    private func coarsen(_ number: Int, to level: Int) {
        let old = groups[number].templates
        groups[number] = Group(level: level)
        for template in old { place(template, number) }
    }

    private func place(_ template: Template, _ number: Int) {
        let level = groups[number].level
        guard level < TemplateTable.depths.count else {
            TemplateTable.join(&rest, template)
            rest.numbers = []
            return
        }
        let key = key(template, level: level)
        if let place = groups[number].index[key] {
            TemplateTable.join(&groups[number].templates[place], template)
        } else {
            groups[number].index[key] = groups[number].templates.count
            groups[number].templates.append(template)
            groups[number].used += TemplateTable.weight(template.tokens.count)
        }
    }

    private static func join(_ template: inout Template, _ other: Template) {
        template.count += other.count
        for slot in 0..<min(template.series.count, other.series.count) { template.series[slot] &+= other.series[slot] }
        blur(&template.tokens, other.tokens)
        for (place, range) in other.numbers.enumerated() {
            if place < template.numbers.count {
                template.numbers[place].join(range)
            } else {
                template.numbers.append(range)
            }
        }
    }

    /// Takes over another worker's templates, whose slots mean the same.
    func merge(_ other: TemplateTable) {
        count += other.count
        cutCount += other.cutCount
        TemplateTable.join(&rest, other.rest)
        for number in groups.indices {
            if other.groups[number].level > groups[number].level {
                coarsen(number, to: other.groups[number].level)
            }
            for template in other.groups[number].templates {
                place(template, number)
                while groups[number].used > budget { coarsen(number, to: groups[number].level + 1) }
            }
        }
    }

    /// Gives every template's slots a new order.
    func rearrange(_ change: ([UInt32]) -> [UInt32]) {
        rest.series = change(rest.series)
        for number in groups.indices {
            for place in groups[number].templates.indices {
                groups[number].templates[place].series = change(groups[number].templates[place].series)
            }
        }
    }
}

/// The values of a number in a template: how many of each size, the least and the greatest.
struct NumberRange {
    /// By the power of two that a value lies below, in halves: index 0 is for zero.
    private(set) var sizes = Array(repeating: UInt32(0), count: 96)
    private(set) var least = Double.infinity
    private(set) var greatest = -Double.infinity

    /// Numbers of one message that are looked at.
    static let limit = 3

    mutating func take(_ value: Double) {
        sizes[NumberRange.size(value)] &+= 1
        least = min(least, value)
        greatest = max(greatest, value)
    }

    mutating func join(_ other: NumberRange) {
        for index in sizes.indices { sizes[index] &+= other.sizes[index] }
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
    }

    /// Half a power of two for each index, from 2⁻⁴ on; everything below is the first.
    static func size(_ value: Double) -> Int {
        let magnitude = abs(value)
        guard magnitude >= 0.0625, magnitude.isFinite else { return magnitude.isFinite ? 0 : 95 }
        let isUpper = magnitude.significand >= 2.0.squareRoot()
        return min(95, (Int(magnitude.exponent) + 4) * 2 + (isUpper ? 2 : 1))
    }

    /// The size below which a share of the values lies.
    func quantile(_ share: Double) -> Int {
        let total = sizes.reduce(0) { $0 + Int($1) }
        var seen = 0
        for (index, count) in sizes.enumerated() {
            seen += Int(count)
            if Double(seen) >= share * Double(total) { return index }
        }
        return 0
    }

    var count: Int { sizes.reduce(0) { $0 + Int($1) } }
}
