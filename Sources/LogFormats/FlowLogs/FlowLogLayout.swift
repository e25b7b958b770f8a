package import RoadblockCore

/// Which columns the lines of a flow log have, in which order.
package struct FlowLogLayout: Hashable, Sendable {
    package var columns: [FlowLogField]
    /// How the columns became known, for what is said about an input.
    package var origin: Origin

    package enum Origin: Hashable, Sendable {
        case byDefault, header, given, guessed
    }

    /// Columns that a layout may name.
    package static let columnLimit = 1000

    package init(_ columns: [FlowLogField], _ origin: Origin) {
        self.columns = columns
        self.origin = origin
    }

    package static let byDefault = FlowLogLayout(FlowLogField.defaultColumns, .byDefault)
    package static let transitGateway = FlowLogLayout(FlowLogField.transitGatewayColumns, .byDefault)

    /// The layout of a format string as `--log-format` takes it: `${version} ${srcaddr} …`, or the bare names.
    ///
    /// - Throws: `Failure` of kind `usage` that points at a name which no flow log has, or at a name that comes twice.
    package init(format text: String) throws(Failure) {
        var columns: [FlowLogField] = []
        var offset = 0
        for part in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            let start = offset
            offset += part.count + 1
            var name = String(Substring(part))
            if name.isEmpty { continue }
            let place = Failure.Place(text: text, span: SourceSpan(start, start + part.count))
            if name.hasPrefix("${"), name.hasSuffix("}") { name = String(name.dropFirst(2).dropLast()) }
            guard FlowLogField.isKnown(name) else {
                throw Failure(
                    .usage,
                    "no flow log has a field `\(name)`",
                    code: "unknown-field",
                    place: place,
                    suggestion: nearest(to: name, among: FlowLogField.all.map(\.name)).map { "did you mean `\($0)`?" }
                )
            }
            let field = FlowLogField(named: name)
            guard !columns.contains(field) else {
                throw Failure(.usage, "the field `\(name)` comes twice", code: "repeated-field", place: place)
            }
            columns.append(field)
        }
        guard !columns.isEmpty else {
            throw Failure(.usage, "the log format is empty", suggestion: "--log-format '${version} ${srcaddr} …'")
        }
        self.init(columns, .given)
    }

    /// The layout that a first line names, where it is a header: most tokens are names of fields and none is a value.
    package init?(header tokens: [String]) {
        guard tokens.count >= 2, tokens.count <= FlowLogLayout.columnLimit else { return nil }
        let known = tokens.count(where: FlowLogField.isKnown)
        guard known * 2 > tokens.count, known >= min(tokens.count, 3) else { return nil }
        let isName = tokens.allSatisfy { token in
            token.utf8.first.map { $0 > 57 } ?? false && !["ACCEPT", "REJECT", "OK", "NODATA"].contains(token)
        }
        guard isName else { return nil }
        self.init(tokens.map { FlowLogField(named: $0) }, .header)
    }

    /// The layout that some lines fit, where exactly one of the known ones does.
    package init?(guessedFrom lines: [[String]]) {
        guard let first = lines.first else { return nil }
        func fits(_ columns: [FlowLogField]) -> Bool {
            lines.allSatisfy { FlowLogLayout.fits($0, columns) }
        }
        if first.count == FlowLogField.defaultColumns.count, fits(FlowLogField.defaultColumns) {
            self = .byDefault
            return
        }
        if first.count > 1, first[1] == "TransitGateway", fits(FlowLogField.transitGatewayColumns) {
            self = .transitGateway
            return
        }
        let fitting = FlowLogField.commonLayouts.filter(fits)
        guard fitting.count == 1 else { return nil }
        self.init(fitting[0], .guessed)
    }

    /// True for a line that begins as records of the default format do, whatever stands in its other columns.
    ///
    /// More columns than those may follow in version 2, which has no others.
    static func beginsByDefault(_ tokens: [String]) -> Bool {
        let count = FlowLogField.defaultColumns.count
        guard tokens.count == count || tokens.count > count && tokens[0] == "2" else { return false }
        guard tokens[0].utf8.count == 1, let version = Int(tokens[0]), version >= 2 else { return false }
        return zip(tokens[1...2], FlowLogField.defaultColumns[1...2]).allSatisfy { fits([$0], [$1]) }
    }

    /// True when each token has the shape that its column wants.
    private static func fits(_ tokens: [String], _ columns: [FlowLogField]) -> Bool {
        guard tokens.count == columns.count else { return false }
        return zip(tokens, columns).allSatisfy { token, column in
            if column.name == "start" || column.name == "end" {
                return token.utf8.count >= 9 && token.utf8.allSatisfy { $0 &- 48 < 10 }
            }
            // What conversions make of nothing is nothing too.
            if token == "-" || token == "None" || token == "null" { return true }
            switch column.name {
            case "account-id":
                return token == "unknown" || token.utf8.count == 12 && token.utf8.allSatisfy { $0 &- 48 < 10 }
            case "interface-id": return token.hasPrefix("eni-")
            case "vpc-id", "tgw-src-vpc-id", "tgw-dst-vpc-id": return token.hasPrefix("vpc-")
            case "subnet-id": return token.hasPrefix("subnet-")
            case "instance-id": return token.hasPrefix("i-")
            case "action": return token == "ACCEPT" || token == "REJECT"
            case "log-status": return ["OK", "NODATA", "SKIPDATA"].contains(token)
            case "type": return ["IPv4", "IPv6", "EFA"].contains(token)
            case "flow-direction": return token == "ingress" || token == "egress"
            case "resource-type": return token == "TransitGateway"
            default: break
            }
            switch column.kind {
            case .number: return UInt64(token) != nil
            case .address: return IPAddress(parsing: token) != nil
            case .word, .text: return true
            }
        }
    }

    /// Columns in front that are none of the log's.
    var exportCount: Int { columns.prefix { $0 == .exportTime || $0 == .exportStream }.count }

    /// The format string, as flow logs are created with it.
    package var formatText: String {
        columns.dropFirst(exportCount).map { "${\($0.name)}" }.joined(separator: " ")
    }

    /// The position of a column by the name in format strings.
    package func position(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
}
