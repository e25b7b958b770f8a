import Inputs
import LogFormats
import Query
import RoadblockCore

/// `roadblock query --explain`: how a query was read, and what it would read.
struct PlanPrinter {
    private let explanation: QueryExplanation
    private let sources: [QuerySource]
    private let settings: QuerySettings

    /// Inputs that are listed by name.
    private static let listed = 20

    init(_ explanation: QueryExplanation, _ sources: [QuerySource], _ settings: QuerySettings) {
        self.explanation = explanation
        self.sources = sources
        self.settings = settings
    }

    var text: String {
        var lines = explanation.steps
        if !explanation.columns.isEmpty { lines.append("columns: \(explanation.columns.joined(separator: ", "))") }
        if let range { lines.append("rows \(range)") }
        let fields = explanation.fields.isEmpty ? "none" : explanation.fields.joined(separator: ", ")
        lines.append("fields that are read: \(fields)")
        for (index, source) in sources.enumerated()
        where !sources[..<index].contains(where: { $0.names == source.names }) {
            lines += inputs(source)
        }
        lines += explanation.facts.map { "note: \($0)" }
        lines += explanation.notices.map { "note: \($0.message)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private var range: String? {
        switch (settings.start, settings.end) {
        case (nil, nil): nil
        case (let start?, let end?): "from \(CellText.time(start)) to \(CellText.time(end))"
        case (let start?, nil): "from \(CellText.time(start)) on"
        case (nil, let end?): "up to \(CellText.time(end))"
        }
    }

    /// What is read, with the size on the disk where it is a file.
    private func inputs(_ source: QuerySource) -> [String] {
        let sizes = source.names.map { name in name == "-" ? nil : FileTree.size(of: name) }
        let total = sizes.compactMap { $0 }.reduce(0, +)
        let count = source.names.count == 1 ? "1 input" : "\(source.names.count) inputs"
        var lines = ["reads \(count), \(PlanPrinter.bytes(total)), as \(source.titles.joined(separator: ", "))"]
        for (name, size) in zip(source.names, sizes).prefix(PlanPrinter.listed) {
            lines.append("  \(name)" + (size.map { "  \(PlanPrinter.bytes($0))" } ?? ""))
        }
        if source.names.count > PlanPrinter.listed {
            lines.append("  … and \(source.names.count - PlanPrinter.listed) more")
        }
        return lines
    }

    /// A number of bytes with thousands apart.
    private static func bytes(_ count: Int) -> String {
        var digits = String(count)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits = String(digits.dropLast(3))
        }
        return ([digits] + groups).joined(separator: ",") + (count == 1 ? " byte" : " bytes")
    }
}

extension FlowLogField {
    /// What the values of the fields of flow logs are, where all inputs are of that kind.
    static func kinds(of formats: [RecordFormat]) -> [String: FieldKind] {
        var kinds: [String: FieldKind] = [:]
        for format in formats {
            guard case .flowLog(let layout) = format else { return [:] }
            for column in layout.columns { kinds[column.discovered] = column.fieldKind }
        }
        return kinds
    }

    /// The fields of custom formats beyond those of the default one.
    static func undiscovered(of formats: [RecordFormat]) -> Set<String> {
        var names: Set<String> = []
        for case .flowLog(let layout) in formats where layout.origin != .byDefault {
            names.formUnion(layout.columns.map(\.discovered))
        }
        return names.subtracting(defaultColumns.map(\.discovered))
    }

    private var fieldKind: FieldKind {
        switch name {
        case "action": .choice(["ACCEPT", "REJECT"])
        case "log-status": .choice(["OK", "NODATA", "SKIPDATA"])
        case "flow-direction": .choice(["ingress", "egress"])
        case "type": .choice(["IPv4", "IPv6", "EFA"])
        default:
            switch kind {
            case .number: .number
            case .address: .address
            case .word, .text: .text
            }
        }
    }
}
