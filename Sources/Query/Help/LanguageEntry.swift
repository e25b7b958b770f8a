import RoadblockCore

/// What the help says of one command, operator or function of the query language.
package struct LanguageEntry: Sendable {
    package let name: String
    /// Other spellings that mean the same.
    package let others: [String]
    package let topic: LanguageTopic
    /// How it is written, one form a line.
    package let syntax: [String]
    /// One sentence for the overview.
    package let summary: String
    /// More about it: what becomes of missing values, limits, differences from CloudWatch; paragraphs are lines.
    package let details: String
    /// A query over one of the small tables that come with the program.
    package let example: String
    package let table: ExampleTable

    init(
        _ name: String,
        _ topic: LanguageTopic,
        also others: [String] = [],
        _ syntax: [String],
        _ summary: String,
        _ details: String = "",
        try example: String,
        on table: ExampleTable = .flows
    ) {
        self.name = name
        self.topic = topic
        self.others = others
        self.syntax = syntax
        self.summary = summary
        self.details = details
        self.example = example
        self.table = table
    }

    /// A function, whose syntax and other spellings are those of the catalogue.
    init(
        _ name: String,
        _ topic: LanguageTopic,
        _ summary: String,
        _ details: String = "",
        try example: String,
        on table: ExampleTable = .flows
    ) {
        let function = FunctionCatalogue.function(named: name)
        self.init(
            name,
            topic,
            also: function?.spellings ?? [],
            [function?.signature ?? name],
            summary,
            details,
            try: example,
            on: table
        )
    }
}

extension LanguageEntry {
    /// All entries, by topic.
    package static let all: [LanguageEntry] =
        choosing + columns + groups + rowToRow + patterns + sources + operators + notions + numbers + times + general
        + structures + addresses + texts + encodings + aggregates

    /// The entry of a name, whatever its case.
    package static func named(_ name: String) -> LanguageEntry? { byName[name.lowercased()] }

    private static let byName: [String: LanguageEntry] = {
        let pairs = all.flatMap { entry in ([entry.name] + entry.others).map { ($0.lowercased(), entry) } }
        return Dictionary(pairs) { first, _ in first }
    }()

    /// What to write instead of a name that has no entry.
    package static func suggestion(for name: String) -> String? {
        let habit = CommandHabit.hint(for: name.lowercased()) ?? FunctionCatalogue.habit(name)
        if let habit { return habit }
        return nearest(to: name, among: all.flatMap { [$0.name] + $0.others }).map { "did you mean `\($0)`?" }
    }

    /// Words that begin a command, as one writes them.
    package static var commandWords: [String] { QueryParser.commandNames }
}

/// What entries are about, in the order in which they are listed.
package enum LanguageTopic: String, Sendable, CaseIterable {
    case choosing = "Which rows"
    case columns = "Which columns"
    case groups = "Groups of rows"
    case rowToRow = "From row to row"
    case patterns = "Patterns and comparisons"
    case sources = "Sources and other queries"
    case operators = "Operators"
    case notions = "Names and values"
    case numbers = "Numbers"
    case times = "Times"
    case general = "Conditions and missing values"
    case structures = "Lists and maps"
    case addresses = "Addresses"
    case texts = "Texts"
    case encodings = "Encodings"
    case aggregates = "Aggregates"

    /// The part of the language that a topic belongs to.
    package var part: LanguagePart {
        switch self {
        case .choosing, .columns, .groups, .rowToRow, .patterns, .sources: .commands
        case .operators, .notions: .operators
        case .numbers, .times, .general, .structures, .addresses, .texts, .encodings: .functions
        case .aggregates: .aggregates
        }
    }

    package var entries: [LanguageEntry] { LanguageEntry.all.filter { $0.topic == self } }
}

/// The parts of the language.
package enum LanguagePart: String, Sendable, CaseIterable {
    case commands = "Commands"
    case operators = "Operators, names and values"
    case functions = "Functions"
    case aggregates = "Aggregates, in stats"

    package var topics: [LanguageTopic] { LanguageTopic.allCases.filter { $0.part == self } }
}
