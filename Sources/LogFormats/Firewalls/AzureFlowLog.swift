import RoadblockCore

/// What the flows of one rule have in common.
package struct AzureGroup: Sendable {
    var rule = Piece.none
    /// The network interface's MAC address.
    var mac = Piece.none
    /// The security group.
    var acl = Piece.none
    var resource = Piece.none
    var category = Piece.none
    var time = Piece.none
    var version = Piece.none
    /// Where the values of the record lie, which all its groups share.
    var parent: Int32 = -1
}

/// Flow logs of Azure: records that hold flows by rule, of which each tuple is a row.
///
/// Network security groups write versions 1 and 2, virtual networks version 4. Members may come in any order. A row is the
/// tuple's text; what its record and its rule say are fields of the row.
/// Source: Microsoft, "Flow logging for network security groups" and "Virtual network flow logs".
enum AzureFlowLog {
    static let names = [
        "flowTuple", "rule", "macAddress", "aclID", "resourceId", "category", "recordTime", "flowLogVersion",
        "flowState",
        "encryption", "packetsSent", "bytesSent", "packetsReceived", "bytesReceived",
    ]

    /// Rows that a block may have.
    static let rowLimit = 1 << 18

    /// Makes the rows of a block's records: one of each tuple; a record without any stays a row.
    static func expand(_ block: LineBlock, _ ranges: [(range: Range<Int>, line: Int)]) {
        var rows: [(range: Range<Int>, line: Int)] = []
        var records: [FirewallRecord] = []
        var groups: [Int32] = []
        for (range, line) in ranges {
            var reader = AzureRecordReader(block, range, line)
            let isWhole = reader.run()
            let base = Int32(block.firewall.azure.count)
            for _ in 0..<reader.overflow { block.damage.add(line &- block.firstLine) }
            for tuple in reader.tuples {
                guard rows.count < rowLimit else {
                    block.damage.add(tuple.line &- block.firstLine)
                    continue
                }
                rows.append((tuple.range, tuple.line))
                groups.append(base + tuple.group)
                records.append(record(block, tuple.range, reader.whole(tuple.group)))
            }
            for place in reader.groups.indices { block.firewall.azure.append(reader.whole(Int32(place))) }
            if reader.tuples.isEmpty || !isWhole, rows.count < rowLimit {
                var other = FirewallRecord.other
                if !isWhole || !reader.isFlowLog { other.kind = .damaged }
                rows.append((range, line))
                groups.append(-1)
                records.append(other)
            }
        }
        block.setRows(rows)
        block.firewall.records = records
        block.firewall.groups = groups
    }

    /// The columns of a tuple.
    static func columns(_ block: LineBlock, _ range: Range<Int>) -> [Range<Int>] {
        LineScan(block, range).columns(UInt8(ascii: ","), limit: 16)
    }

    /// True for a tuple of a virtual network's log: the sixth column is a number there and a letter in the others.
    static func isVirtualNetwork(_ block: LineBlock, _ columns: [Range<Int>]) -> Bool {
        columns.count >= 9 && columns[6].count == 1 && LineScan.isDigit(block.byte(columns[5].lowerBound))
    }

    private static func record(_ block: LineBlock, _ range: Range<Int>, _ group: AzureGroup) -> FirewallRecord {
        let scan = LineScan(block, range)
        let columns = columns(block, range)
        var record = FirewallRecord()
        record.rule = group.rule
        record.interface = group.mac
        record.device = lastPart(block, group.acl.isEmpty ? group.resource : group.acl)
        guard columns.count >= 8, columns[5].count >= 1 else {
            record.kind = .damaged
            return record
        }
        record.time = scan.number(columns[0]).flatMap { EventTime.milliseconds(Double($0)) }
        record.source = scan.address(columns[1])
        record.destination = scan.address(columns[2])
        record.sourcePort = scan.port(columns[3])
        record.destinationPort = scan.port(columns[4])
        record.protocolNumber = ProtocolName.number(scan.bytes(columns[5]))
        record.direction =
            switch scan[columns[6].lowerBound] {
            case UInt8(ascii: "I"): .ingress
            case UInt8(ascii: "O"): .egress
            default: nil
            }
        record.isFromAsker = true
        let state = scan[columns[7].lowerBound]
        record.reason = scan.piece(columns[7])
        let isVirtualNetwork = isVirtualNetwork(block, columns)
        switch state {
        case UInt8(ascii: "D"): record.action = .drop
        case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "C"), UInt8(ascii: "E"):
            (record.action, record.answer) = (.accept, .some)
        default: record.kind = .damaged
        }
        record.packets = sum(scan, columns, 9, 11)
        record.bytes = sum(scan, columns, 10, 12)
        if isVirtualNetwork, record.action == .drop, record.packets == 0 { (record.packets, record.bytes) = (nil, nil) }
        if record.time == nil || record.source == nil || record.destination == nil || record.direction == nil {
            record.kind = .damaged
        }
        return record
    }

    private static func sum(_ scan: LineScan, _ columns: [Range<Int>], _ first: Int, _ second: Int) -> Int? {
        let counts = [first, second].compactMap { $0 < columns.count ? scan.number(columns[$0]) : nil }
        guard let one = counts.first else { return nil }
        return one.addingReportingOverflow(counts.count > 1 ? counts[1] : 0).partialValue
    }

    /// The name at the end of a resource's path.
    private static func lastPart(_ block: LineBlock, _ piece: Piece) -> Piece {
        guard !piece.isEscaped, !piece.isEmpty else { return piece }
        var from = Int(piece.end)
        while from > Int(piece.start), block.byte(from - 1) != UInt8(ascii: "/") { from -= 1 }
        return Piece(from, Int(piece.end))
    }

    /// Where a field of the log's own lies.
    static func field(_ name: String, _ block: LineBlock, _ row: Int) -> Piece {
        let range = block.range(of: row)
        guard row < block.firewall.groups.count, block.firewall.groups[row] >= 0 else { return .none }
        let group = block.firewall.azure[Int(block.firewall.groups[row])]
        switch name {
        case "flowTuple": return Piece(range.lowerBound, range.upperBound)
        case "macAddress": return group.mac
        case "aclID": return group.acl
        case "resourceId": return group.resource
        case "category": return group.category
        case "recordTime": return group.time
        case "flowLogVersion": return group.version
        default: break
        }
        let columns = columns(block, range)
        let isVirtualNetwork = isVirtualNetwork(block, columns)
        let place: Int? =
            switch name {
            case "flowState": isVirtualNetwork ? 7 : 8
            case "encryption": isVirtualNetwork ? 8 : nil
            case "packetsSent": 9
            case "bytesSent": 10
            case "packetsReceived": 11
            case "bytesReceived": 12
            default: nil
            }
        guard let place, place < columns.count else { return .none }
        return Piece(columns[place].lowerBound, columns[place].upperBound)
    }
}

/// One way through a record: its tuples, and what stands around them.
private struct AzureRecordReader {
    struct Tuple {
        var range: Range<Int>
        var line: Int
        var group: Int32
    }

    private let block: LineBlock
    private let end: Int
    private var index: Int
    private var line: Int
    private(set) var tuples: [Tuple] = []
    private(set) var groups: [AzureGroup] = []
    /// It has lists of tuples, were they empty.
    private(set) var isFlowLog = false
    /// Tuples beyond the limit.
    private(set) var overflow = 0

    private static let depthLimit = 64

    init(_ block: LineBlock, _ range: Range<Int>, _ line: Int) {
        self.block = block
        self.line = line
        index = range.lowerBound
        end = range.upperBound
    }

    /// Reads the record; false where it is no JSON, or is cut.
    mutating func run() -> Bool {
        skipSpace()
        guard index < end, block.byte(index) == UInt8(ascii: "{") else { return false }
        return value(0, name: 0..<0, parent: -1)
    }

    /// A group with what the objects around it say.
    func whole(_ place: Int32) -> AzureGroup {
        var group = AzureGroup()
        var at = place
        while at >= 0, Int(at) < groups.count {
            let one = groups[Int(at)]
            if group.rule.isEmpty { group.rule = one.rule }
            if group.mac.isEmpty { group.mac = one.mac }
            if group.acl.isEmpty { group.acl = one.acl }
            if group.resource.isEmpty { group.resource = one.resource }
            if group.category.isEmpty { group.category = one.category }
            if group.time.isEmpty { group.time = one.time }
            if group.version.isEmpty { group.version = one.version }
            at = one.parent
        }
        return group
    }

    private mutating func skipSpace() {
        while index < end {
            let byte = block.byte(index)
            guard byte == 32 || (9...13).contains(byte) else { return }
            if byte == 10 { line += 1 }
            index += 1
        }
    }

    /// Reads a value; texts and numbers with a name that is known belong to the object around them.
    private mutating func value(_ depth: Int, name: Range<Int>, parent: Int32) -> Bool {
        skipSpace()
        guard index < end, depth < Self.depthLimit else { return false }
        switch block.byte(index) {
        case UInt8(ascii: "{"):
            guard groups.count < AzureFlowLog.rowLimit else { return false }
            groups.append(AzureGroup(parent: parent))
            return object(depth, Int32(groups.count - 1))
        case UInt8(ascii: "["): return list(depth, name: name, parent: parent)
        case UInt8(ascii: "\""):
            guard let (text, isEscaped) = string() else { return false }
            if parent >= 0 { keep(Piece(text.lowerBound, text.upperBound, isEscaped: isEscaped), name, parent) }
            return true
        default:
            let start = index
            while index < end {
                let byte = block.byte(index)
                if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte <= 32 {
                    break
                }
                index += 1
            }
            if parent >= 0 { keep(Piece(start, index), name, parent) }
            return index > start
        }
    }

    private mutating func keep(_ piece: Piece, _ name: Range<Int>, _ place: Int32) {
        guard name.count >= 3, name.count <= 32 else { return }
        let place = Int(place)
        switch String(decoding: block.bytes(name), as: UTF8.self).lowercased() {
        case "rule": groups[place].rule = piece
        case "mac", "macaddress": groups[place].mac = piece
        case "aclid": groups[place].acl = piece
        case "resourceid", "targetresourceid":
            // A virtual network's record names the log's own resource as well.
            if groups[place].resource.isEmpty || name.count > 10 { groups[place].resource = piece }
        case "category": groups[place].category = piece
        case "time": groups[place].time = piece
        case "version", "flowlogversion": groups[place].version = piece
        default: break
        }
    }

    private mutating func object(_ depth: Int, _ place: Int32) -> Bool {
        index += 1
        skipSpace()
        if index < end, block.byte(index) == UInt8(ascii: "}") {
            index += 1
            return true
        }
        while true {
            skipSpace()
            guard index < end, block.byte(index) == UInt8(ascii: "\""), let (name, _) = string() else { return false }
            skipSpace()
            guard index < end, block.byte(index) == UInt8(ascii: ":") else { return false }
            index += 1
            guard value(depth + 1, name: name, parent: place) else { return false }
            skipSpace()
            guard index < end else { return false }
            index += 1
            if block.byte(index - 1) == UInt8(ascii: "}") { return true }
            guard block.byte(index - 1) == UInt8(ascii: ",") else { return false }
        }
    }

    private static let tupleList = Array("flowTuples".utf8)

    private mutating func list(_ depth: Int, name: Range<Int>, parent: Int32) -> Bool {
        index += 1
        let holdsTuples = parent >= 0 && name.count == Self.tupleList.count && block.bytes(name) == Self.tupleList
        if holdsTuples { isFlowLog = true }
        skipSpace()
        if index < end, block.byte(index) == UInt8(ascii: "]") {
            index += 1
            return true
        }
        while true {
            skipSpace()
            if holdsTuples, index < end, block.byte(index) == UInt8(ascii: "\"") {
                guard let (text, _) = string() else { return false }
                if tuples.count < AzureFlowLog.rowLimit {
                    tuples.append(Tuple(range: text, line: line, group: parent))
                } else {
                    overflow += 1
                }
            } else {
                guard value(depth + 1, name: 0..<0, parent: parent) else { return false }
            }
            skipSpace()
            guard index < end else { return false }
            index += 1
            if block.byte(index - 1) == UInt8(ascii: "]") { return true }
            guard block.byte(index - 1) == UInt8(ascii: ",") else { return false }
        }
    }

    /// Reads a text in quotes; gives its inside.
    private mutating func string() -> (Range<Int>, isEscaped: Bool)? {
        index += 1
        let start = index
        var isEscaped = false
        while index < end {
            let byte = block.byte(index)
            if byte == UInt8(ascii: "\"") {
                index += 1
                return (start..<index - 1, isEscaped)
            }
            if byte == 10 { line += 1 }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                index += 1
            }
            index += 1
        }
        return nil
    }
}
