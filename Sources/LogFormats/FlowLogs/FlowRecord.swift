package import RoadblockCore

/// One record of a VPC flow log: one direction of one five-tuple on one interface in one window.
///
/// What the record does not say (`-`, a column that the format does not have, a number out of range) is `nil`.
/// Source: Amazon VPC User Guide, "Flow log records".
package struct FlowRecord: Sendable {
    /// What security groups and network ACLs said.
    package enum Action: UInt8, Sendable {
        case accept, reject
    }

    /// What the window holds: records, nothing, or records that were lost before they were written.
    package enum Status: UInt8, Sendable {
        case ok, noData, skipData
    }

    /// The way of the packets, seen from the interface.
    package enum Direction: UInt8, Sendable {
        case ingress, egress
    }

    /// Seconds since 1970 of the first and of the last packet in the window.
    package var start: Int64
    package var end: Int64
    package var source: IPAddress?
    package var destination: IPAddress?
    package var sourcePort: UInt16?
    package var destinationPort: UInt16?
    /// IANA number.
    package var protocolNumber: UInt8?
    package var packets: Int?
    package var bytes: Int?
    package var action: Action?
    package var status: Status = .ok
    /// FIN 1, SYN 2, RST 4, SYN-ACK 18: the OR of all packets of the window.
    package var tcpFlags: UInt8?
    package var direction: Direction?
    /// The addresses in the packet, where they differ from the interface's.
    package var packetSource: IPAddress?
    package var packetDestination: IPAddress?
    /// Texts by their index in the reader's `FlowTexts`; 0 is none.
    package var interface: Int32 = 0
    package var instance: Int32 = 0
    package var subnet: Int32 = 0
    package var rejectReason: Int32 = 0
    /// The firewall whose log it is; `nil` for flow logs of AWS.
    package var firewall: FirewallKind?
    /// How a firewall refused.
    package var refusal = FirewallRecord.Action.unknown
    /// The firewall's rule, and the firewall, as texts.
    package var rule: Int32 = 0
    package var device: Int32 = 0
    /// What a load balancer says of a request; the source is its client, the destination the target.
    package var reading: LoadBalancerReading?
    /// True where the line tells of a whole connection and the source began it.
    package var isFromAsker = false
    /// The second record of one line.
    package var isSecond = false
    /// The line in the unwrapped input, from 1; header lines count.
    package var line: Int

    package init(start: Int64, end: Int64, line: Int) {
        self.start = start
        self.end = end
        self.line = line
    }
}
