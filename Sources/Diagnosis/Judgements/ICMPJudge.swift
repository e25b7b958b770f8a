import Packets
import RoadblockCore

/// What an ICMP error says about the traffic that it quotes (RFC 792, 1812, 4443).
enum ICMPJudge {
    /// The judgement of an error about a packet to a target; UDP and echo are not TCP.
    static func judge(_ answer: ICMPAnswer, target: IPAddress, isTCP: Bool) -> Judgement {
        let (detail, confidence) = answer.isVersion6 ? version6(answer) : version4(answer)
        guard detail == .icmpPortUnreachable else { return Judgement(detail, confidence) }
        let isFromTarget = answer.sender == target
        if !isTCP { return isFromTarget ? Judgement(.udpPortClosed, .certain) : Judgement(detail, .strong) }
        return Judgement(detail, .strong, verdict: isFromTarget ? .unreachable : .prohibited)
    }

    private static func version4(_ answer: ICMPAnswer) -> (Detail, Confidence) {
        switch (answer.type, answer.code) {
        case (3, 1), (3, 7), (3, 12): (.icmpHostUnreachable, .likely)
        case (3, 2): (.icmpProtoUnreachable, .certain)
        case (3, 3): (.icmpPortUnreachable, .strong)
        case (3, 9), (3, 10), (3, 13), (3, 14), (3, 15): (.icmpAdminProhibited, .certain)
        case (11, 0): (.icmpTTLExceeded, .certain)
        case (11, _): (.fragmentFiltered, .likely)
        case (3, 0), (3, 5), (3, 6), (3, 8), (3, 11): (.icmpNetUnreachable, .certain)
        default: (.icmpNetUnreachable, .weak)
        }
    }

    private static func version6(_ answer: ICMPAnswer) -> (Detail, Confidence) {
        switch (answer.type, answer.code) {
        case (1, 1), (1, 5), (1, 6): (.icmpAdminProhibited, .certain)
        case (1, 2): (.icmpNetUnreachable, .certain)
        case (1, 3): (.icmpHostUnreachable, .strong)
        case (1, 4): (.icmpPortUnreachable, .strong)
        case (3, 0): (.icmpTTLExceeded, .certain)
        case (3, _): (.fragmentFiltered, .likely)
        default: (.noRoute, .certain)
        }
    }

    /// The name of the error, as operators know it.
    static func name(_ answer: ICMPAnswer) -> String {
        answer.isVersion6 ? name6(answer.type, answer.code) : name4(answer.type, answer.code)
    }

    private static func name4(_ type: UInt8, _ code: UInt8) -> String {
        switch (type, code) {
        case (3, 0): "network unreachable"
        case (3, 1): "host unreachable"
        case (3, 2): "protocol unreachable"
        case (3, 3): "port unreachable"
        case (3, 4): "fragmentation needed"
        case (3, 5): "source route failed"
        case (3, 6): "destination network unknown"
        case (3, 7): "destination host unknown"
        case (3, 8): "source host isolated"
        case (3, 9): "network administratively prohibited"
        case (3, 10): "host administratively prohibited"
        case (3, 11): "network unreachable for this type of service"
        case (3, 12): "host unreachable for this type of service"
        case (3, 13): "communication administratively prohibited"
        case (3, 14): "host precedence violation"
        case (3, 15): "precedence cutoff in effect"
        case (11, 0): "time to live exceeded in transit"
        case (11, 1): "fragment reassembly time exceeded"
        default: "type \(type), code \(code)"
        }
    }

    private static func name6(_ type: UInt8, _ code: UInt8) -> String {
        switch (type, code) {
        case (1, 0): "no route to destination"
        case (1, 1): "communication administratively prohibited"
        case (1, 2): "beyond scope of source address"
        case (1, 3): "address unreachable"
        case (1, 4): "port unreachable"
        case (1, 5): "source address failed ingress or egress policy"
        case (1, 6): "reject route to destination"
        case (2, _): "packet too big"
        case (3, 0): "hop limit exceeded in transit"
        case (3, 1): "fragment reassembly time exceeded"
        default: "type \(type), code \(code)"
        }
    }
}
