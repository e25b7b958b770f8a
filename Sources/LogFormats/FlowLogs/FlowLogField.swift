/// A column that VPC or transit gateway flow logs can have.
///
/// Source: Amazon VPC User Guide, "Flow log records"; Amazon VPC Transit Gateways, "Transit Gateway Flow Logs".
package struct FlowLogField: Hashable, Sendable {
    /// How the column's text is held.
    package enum Kind: Hashable, Sendable {
        /// An unsigned number; `-` stays text, anything else is nothing.
        case number
        /// An address; IPv6 and `-` are texts.
        case address
        /// A text that comes again and again.
        case word
        /// A text that may be different in each record.
        case text
    }

    /// The name in `${...}` and in header lines.
    package var name: String
    /// The name that CloudWatch gives the discovered field.
    package var discovered: String
    package var kind: Kind

    package init(_ name: String, _ kind: Kind, discovered: String? = nil) {
        self.name = name
        self.kind = kind
        self.discovered = discovered ?? FlowLogField.camelCase(name)
    }

    /// The column of a header name; one that is not in the list is a text under its own name.
    package init(named name: String) {
        let plain = FlowLogField.plain(name)
        self = FlowLogField.byName[plain] ?? FlowLogField(name, .word, discovered: name)
    }

    /// True for a name in the list, written with hyphens or underscores.
    package static func isKnown(_ name: String) -> Bool { byName[plain(name)] != nil }

    private static func plain(_ name: String) -> String {
        String(name.map { $0 == "_" ? "-" : $0 }).lowercased()
    }

    private static func camelCase(_ name: String) -> String {
        let parts = name.split(separator: "-")
        return parts.dropFirst().reduce(String(parts[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The 14 columns of the default format, in their order.
    package static let defaultColumns: [FlowLogField] = Array(versions2[...])

    private static let versions2: [FlowLogField] = [
        .init("version", .number), .init("account-id", .word), .init("interface-id", .word),
        .init("srcaddr", .address, discovered: "srcAddr"), .init("dstaddr", .address, discovered: "dstAddr"),
        .init("srcport", .number, discovered: "srcPort"), .init("dstport", .number, discovered: "dstPort"),
        .init("protocol", .number), .init("packets", .number), .init("bytes", .number), .init("start", .number),
        .init("end", .number), .init("action", .word), .init("log-status", .word),
    ]

    private static let later: [FlowLogField] = [
        .init("vpc-id", .word), .init("subnet-id", .word), .init("instance-id", .word), .init("tcp-flags", .number),
        .init("type", .word), .init("pkt-srcaddr", .address, discovered: "pktSrcAddr"),
        .init("pkt-dstaddr", .address, discovered: "pktDstAddr"), .init("region", .word), .init("az-id", .word),
        .init("sublocation-type", .word), .init("sublocation-id", .word), .init("pkt-src-aws-service", .word),
        .init("pkt-dst-aws-service", .word), .init("flow-direction", .word), .init("traffic-path", .number),
        .init("ecs-cluster-arn", .word), .init("ecs-cluster-name", .word), .init("ecs-container-instance-arn", .word),
        .init("ecs-container-instance-id", .word), .init("ecs-container-id", .word),
        .init("ecs-second-container-id", .word), .init("ecs-service-name", .word),
        .init("ecs-task-definition-arn", .word), .init("ecs-task-arn", .word), .init("ecs-task-id", .word),
        .init("reject-reason", .word), .init("resource-id", .word), .init("encryption-status", .number),
        .init("instance-tag", .word), .init("instance-tag-2", .word), .init("interface-tag", .word),
        .init("interface-tag-2", .word), .init("asg-tag", .word), .init("asg-tag-2", .word),
        .init("interface-type", .word), .init("next-hop-interface-id", .word), .init("next-hop-subnet-id", .word),
        .init("next-hop-az-id", .word), .init("next-hop-vpc-id", .word), .init("next-hop-interface-type", .word),
    ]

    /// The 36 columns of a transit gateway's flow log, in their order.
    package static let transitGatewayColumns: [FlowLogField] = [
        "version", "resource-type", "account-id", "tgw-id", "tgw-attachment-id", "tgw-src-vpc-account-id",
        "tgw-dst-vpc-account-id", "tgw-src-vpc-id", "tgw-dst-vpc-id", "tgw-src-subnet-id", "tgw-dst-subnet-id",
        "tgw-src-eni", "tgw-dst-eni", "tgw-src-az-id", "tgw-dst-az-id", "tgw-pair-attachment-id", "srcaddr", "dstaddr",
        "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "log-status", "type",
        "packets-lost-no-route", "packets-lost-blackhole", "packets-lost-mtu-exceeded", "packets-lost-ttl-expired",
        "tcp-flags", "region", "flow-direction", "pkt-src-aws-service", "pkt-dst-aws-service",
    ].map { name in
        if let known = (versions2 + later).first(where: { $0.name == name }) { return known }
        return FlowLogField(name, name.hasPrefix("packets-lost-") ? .number : .word)
    }

    /// The time in front of each record that CloudWatch exports, which is no column of the log.
    static let exportTime = FlowLogField("export-time", .text)

    /// The stream behind it, as `aws logs tail` prints it.
    static let exportStream = FlowLogField("export-stream", .word)

    /// Every column in the list.
    package static let all: [FlowLogField] =
        versions2 + later
        + transitGatewayColumns.filter { field in
            !(versions2 + later).contains { $0.name == field.name }
        }

    /// Orders of columns without a header that are tried where the default does not fit: AWS's own examples, and the
    /// versions' fields one after the other.
    package static let commonLayouts: [[FlowLogField]] = {
        let names3 = later[..<7]
        let names4 = later[..<11]
        let names5 = later[..<15]
        let example5 = """
            version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport \
            pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status region az-id \
            sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path
            """
        // A service's own traffic, on the same page: version 5 in another order.
        let service5 = """
            version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id \
            instance-id interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr \
            pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction log-status
            """
        let recommended = """
            vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr az-id pkt-src-aws-service \
            pkt-dst-aws-service flow-direction traffic-path reject-reason
            """
        func fields(_ text: String) -> [FlowLogField] {
            text.split(separator: " ").map { FlowLogField(named: String($0)) }
        }
        // Versions 7 to 11, each with all fields of those before.
        let whole = [25, 26, 27, 28, later.count].map { versions2 + later[..<$0] }
        return [
            versions2 + names3, versions2 + names4, versions2 + names5, fields(example5),
            Array(fields(example5)[..<21]), fields(service5), versions2 + fields(recommended),
        ] + whole
    }()
}
