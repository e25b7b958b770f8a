import ArgumentParser
import Packets
import RoadblockCore

/// Which columns a list of packets has, and how they are written.
struct ColumnOptions: ParsableArguments {
    /// How the list is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, ndjson, csv, tsv, markdown
    }

    /// tshark's formats, as far as they are there.
    enum Dialect: String, ExpressibleByArgument, CaseIterable {
        case fields, text, tabs, json, ndjson, ek

        /// True where `-e` says what is printed.
        var takesFields: Bool { self != .text && self != .tabs }
    }

    @Option(name: [.customShort("o", allowingJoined: true), .customLong("output")], help: "How the list is written.")
    var format: Format = .table

    @Option(
        name: .customShort("T", allowingJoined: true),
        help: ArgumentHelp(
            "A format by tshark's name: fields (those of -e), text, tabs; json, and ek or ndjson, as -o writes them.",
            valueName: "format"
        )
    )
    var dialect: Dialect?

    @Option(
        name: .customShort("e", allowingJoined: true),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A field to print; repeatable.", valueName: "field")
    )
    var fields: [String] = []

    @Option(
        name: .customShort("E", allowingJoined: true),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "How -T fields prints: header=y|n, separator=C, occurrence=f|l|a, aggregator=C, quote=d|s|n, bom=y|n, "
                + "escape=y|n; repeatable.",
            valueName: "key=value"
        )
    )
    var settings: [String] = []

    @Flag(name: .customShort("V"), help: "Print all layers of each packet with their fields.")
    var printsLayers = false

    /// True where something says how packets are printed.
    var isChosen: Bool { printsLayers || dialect != nil || format != .table }

    func validate() throws {
        if printsLayers, dialect ?? .text != .text || !fields.isEmpty || format != .table {
            throw ValidationError("-V prints text. Leave out -T, -e and -o")
        }
        if dialect == .fields, fields.isEmpty {
            throw ValidationError("-T fields needs at least one field. Name fields with -e")
        }
        if let dialect, format != .table {
            throw ValidationError("-T \(dialect.rawValue) and -o \(format.rawValue) are two formats. Give one of them")
        }
        if !(dialect?.takesFields ?? (format != .table)), !fields.isEmpty {
            throw ValidationError("-e needs -T fields, json or ek, or -o with a format such as csv or json")
        }
        if dialect != .fields, !settings.isEmpty {
            throw ValidationError("-E changes how -T fields prints and needs it")
        }
    }

    /// The settings of `-E`, with the defaults of a version.
    func style(_ profile: WiresharkProfile) throws(Failure) -> FieldStyle {
        var style = FieldStyle()
        style.escapes = profile >= .v44
        for setting in settings { try style.set(setting) }
        return style
    }
}

/// How `-T fields` prints.
struct FieldStyle: Sendable {
    var hasHeader = false
    var separator = UInt8(ascii: "\t")
    var aggregator = UInt8(ascii: ",")
    var occurrence = FieldReader.Occurrence.all
    var quote: UInt8?
    var hasByteOrderMark = false
    /// A backslash in front of a separator inside of a column.
    var escapes = false

    /// The settings, and what each takes.
    private static let keys = [
        "header": "y|n", "separator": "/t|/s|C", "occurrence": "f|l|a", "aggregator": ",|/s|C", "quote": "d|s|n",
        "bom": "y|n", "escape": "y|n",
    ]

    /// Takes one `key=value`.
    ///
    /// - Throws: `Failure` of kind `usage` with what is possible.
    mutating func set(_ setting: String) throws(Failure) {
        let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let takes = FieldStyle.keys[parts[0]] else {
            let near = nearest(to: parts[0], among: FieldStyle.keys.keys.sorted())
            let all = FieldStyle.keys.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ", ")
            throw Failure(
                .usage,
                "there is no setting `\(setting)` for -E",
                suggestion: near.map { "did you mean `\($0)=`?" } ?? "there are \(all); C is any character"
            )
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Failure(
                .usage,
                "-E \(setting) names no value",
                suggestion:
                    "it is written \(parts[0])=\(takes)\(takes.hasSuffix("C") ? ", where C is any character" : "")"
            )
        }
        let value = parts[1]
        switch parts[0] {
        case "header": hasHeader = try choice(setting, value, ["y": true, "n": false])
        case "bom": hasByteOrderMark = try choice(setting, value, ["y": true, "n": false])
        case "escape": escapes = try choice(setting, value, ["y": true, "n": false])
        case "occurrence": occurrence = try choice(setting, value, ["f": .first, "l": .last, "a": .all])
        case "quote": quote = try choice(setting, value, ["d": UInt8(ascii: "\""), "s": UInt8(ascii: "'"), "n": nil])
        case "separator": separator = try character(setting, value)
        default: aggregator = try character(setting, value)
        }
    }

    private func choice<Value>(
        _ setting: String,
        _ text: String,
        _ choices: [String: Value]
    ) throws(Failure) -> Value {
        if let value = choices[text] { return value }
        throw Failure(
            .usage,
            "-E \(setting): the value is \(choices.keys.sorted().joined(separator: " or "))"
        )
    }

    /// One character, `/t` for a tab or `/s` for a blank.
    private func character(_ setting: String, _ text: String) throws(Failure) -> UInt8 {
        switch text {
        case "/t": return 9
        case "/s": return 32
        default:
            guard text.utf8.count == 1, let byte = text.utf8.first else {
                throw Failure(
                    .usage,
                    "-E \(setting): the value is one character of ASCII, /t for a tab or /s for a space",
                    suggestion: text == "\\t" ? "write /t for a tab" : nil
                )
            }
            return byte
        }
    }
}
