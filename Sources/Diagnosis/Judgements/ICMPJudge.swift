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
        ICMPName.text(type: answer.type, code: answer.code, isVersion6: answer.isVersion6)
    }
}
