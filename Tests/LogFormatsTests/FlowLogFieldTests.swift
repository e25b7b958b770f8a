import LogFormats
import RoadblockCore
import Testing

/// Every field that flow logs of any version can have.
struct FlowLogFieldTests {
    /// By version, as the VPC and the transit gateway guides list them.
    private static let versions: [(version: Int, names: String)] = [
        (
            2,
            """
            version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
            """
        ),
        (3, "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr"),
        (4, "region az-id sublocation-type sublocation-id"),
        (5, "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path"),
        (
            6,
            """
            resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id \
            tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id \
            tgw-pair-attachment-id packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded \
            packets-lost-ttl-expired
            """
        ),
        (
            7,
            """
            ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id \
            ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id
            """
        ),
        (8, "reject-reason"), (9, "resource-id"), (10, "encryption-status"),
        (
            11,
            """
            instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type \
            next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type
            """
        ),
    ]

    @Test("knows the fields of every version, with hyphens or underscores")
    func fields() {
        var count = 0
        for (version, names) in Self.versions {
            for name in names.split(separator: " ").map(String.init) {
                #expect(FlowLogField.isKnown(name), "version \(version): \(name)")
                #expect(FlowLogField(named: name.replacing("-", with: "_")).name == name)
                count += 1
            }
        }
        #expect(count == FlowLogField.all.count)
    }

    @Test(
        "names fields as CloudWatch does",
        arguments: [
            ("srcaddr", "srcAddr"), ("pkt-dstaddr", "pktDstAddr"), ("az-id", "azId"),
            ("flow-direction", "flowDirection"),
            ("instance-tag-2", "instanceTag2"), ("next-hop-vpc-id", "nextHopVpcId"), ("tgw-src-eni", "tgwSrcEni"),
            ("packets-lost-no-route", "packetsLostNoRoute"), ("ecs-cluster-arn", "ecsClusterArn"),
        ]
    )
    func discovered(name: String, field: String) {
        #expect(FlowLogField(named: name).discovered == field)
    }

    private static let gateway = """
        6 TransitGateway 123456789012 tgw-1 tgw-attach-1 123456789012 123456789012 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 \
        use1-az1 use1-az2 tgw-attach-2 10.1.0.5 10.2.0.9 40000 443 6 5 420 1795478400 1795478460 OK IPv4 5 0 0 0 2 \
        us-east-1 ingress - S3
        """
    private static let order = FlowLogField.transitGatewayColumns.map(\.name)

    @Test("reads a transit gateway's log by default order and by header, in any order")
    func transitGateway() throws {
        let names = ["@timestamp", "tgwId", "srcAddr", "dstPort", "packetsLostNoRoute", "pktDstAwsService", "type"]
        let expected = [["1795478400000", "tgw-1", "10.1.0.5", "443", "5", "S3", "IPv4"]]
        let values = Self.gateway.split(separator: " ").map(String.init)
        let reverse = Self.order.reversed().joined(separator: " ") + "\n" + values.reversed().joined(separator: " ")
        for text in [Self.gateway, Self.order.joined(separator: " ") + "\n" + Self.gateway, reverse] {
            #expect(try TableRows(text, names).rows == expected)
            #expect(try TableRows(text, names).formats == ["transit gateway flow log"])
            #expect(try TableRows(text, names, .given(.flowLog(.transitGateway))).rows == expected)
        }
        let empty =
            "6 TransitGateway 123456789012" + String(repeating: " -", count: 20) + " 1795478400 1795478460 NODATA"
            + String(repeating: " -", count: 10)
        #expect(try TableRows(empty, ["logStatus", "packetsLostNoRoute"]).rows == [["NODATA", "-"]])
    }

    @Test("asks for the columns of a transit gateway's log in an order of its own")
    func unknownOrder() throws {
        let failure = #expect(throws: Failure.self) {
            try TableRows("TransitGateway tgw-1 10.1.0.5 10.2.0.9 40000 443 6 1795478400 1795478460 OK\n", [])
        }
        #expect(failure?.code == "unknown-columns")
    }

    @Test("what is behind the last column is kept")
    func extra() throws {
        let layout = try FlowLogLayout(format: "${start} ${end} ${action}")
        let table = try TableRows(
            "10 20 ACCEPT more  to come\n10 20 REJECT\n",
            ["action", "_extra"],
            .given(.flowLog(layout))
        )
        #expect(table.rows == [["ACCEPT", "more  to come"], ["REJECT", nil]])
        // It is a field where one of the first records has it.
        #expect(table.fields.last == "_extra")
        #expect(try !TableRows("10 20 REJECT\n", [], .given(.flowLog(layout))).fields.contains("_extra"))
    }
}
