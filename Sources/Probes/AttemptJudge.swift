import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A verdict and the sentence part that says why.
package struct ProbeJudgement: Hashable, Sendable {
    package var verdict: ProbeVerdict
    package var reason: String

    package init(_ verdict: ProbeVerdict, _ reason: String) {
        self.verdict = verdict
        self.reason = reason
    }
}

/// What the end of a connection attempt says about the target.
package struct AttemptJudge {
    package var target: ScopedAddress
    package var timeLimit: TimeLimit

    package init(target: ScopedAddress, timeLimit: TimeLimit) {
        self.target = target
        self.timeLimit = timeLimit
    }

    package func judge(_ attempt: Attempt) -> ProbeJudgement {
        switch attempt.ending {
        case .connected: ProbeJudgement(.open, "connected")
        case .timedOut:
            // An ICMP error after which the system still tried again is the answer when nothing better came.
            attempt.reply.map { judge($0, attempt) } ?? ProbeJudgement(.dropped, "no answer within \(timeLimit)")
        case .failed(let number, isLocal: true): judge(localError: number)
        case .failed(let number, isLocal: false):
            // A socket error that no ICMP error explains is the answer of the target, such as a reset.
            if let reply = attempt.reply, reply.errorNumber == number {
                judge(reply, attempt)
            } else {
                judge(remoteError: number)
            }
        }
    }

    private func judge(_ reply: ICMPReply, _ attempt: Attempt) -> ProbeJudgement {
        let sender = reply.sender?.ip
        let isFromTarget = sender == target.ip
        let isFromThisHost = sender != nil && sender == attempt.local?.ip
        let who = reply.sender.map { isFromTarget ? "the target itself" : "\($0)" } ?? "a device"
        let said = "\(who) answered with \(reply.text)"
        switch reply.meaning {
        case .prohibited:
            return ProbeJudgement(.prohibited, isFromThisHost ? ownFirewall(reply) : said)
        case .portUnreachable:
            // A closed TCP port answers with a reset: this is a rule. The target's own counts as in a diagnosis.
            return ProbeJudgement(
                isFromTarget ? .unreachable : .prohibited,
                isFromThisHost ? ownFirewall(reply) : "\(said): a reject rule"
            )
        case .hostUnreachable where isFromThisHost && !isFromTarget:
            let question = target.ip.isIPv4 ? "ARP" : "neighbour discovery"
            return ProbeJudgement(.unreachable, "no host on this link has the address: no answer to \(question)")
        case .timeExceeded:
            return ProbeJudgement(.unreachable, "\(said): most likely a routing loop")
        case .hostUnreachable, .unreachable:
            return ProbeJudgement(.unreachable, said)
        }
    }

    private func ownFirewall(_ reply: ICMPReply) -> String { "this host's own firewall rejects it with \(reply.text)" }

    /// An error before anything was sent: this host's own doing.
    private func judge(localError number: Int32) -> ProbeJudgement {
        switch number {
        case EACCES, EPERM:
            ProbeJudgement(
                .prohibited,
                "this host's own firewall or a prohibit route of its own forbids it: \(words(number))"
            )
        case ECONNREFUSED: judge(remoteError: number)
        case ENETUNREACH, EHOSTUNREACH: ProbeJudgement(.unreachable, "this host has no route there: \(words(number))")
        case EADDRNOTAVAIL, EAFNOSUPPORT:
            ProbeJudgement(
                .unreachable,
                "this host has no \(target.ip.isIPv4 ? "IPv4" : "IPv6") address to connect from: \(words(number))"
            )
        case EINVAL where isLinkLocalWithoutScope:
            ProbeJudgement(.unreachable, "a link-local address needs its interface, such as \(target)%eth0")
        case EINVAL: ProbeJudgement(.unreachable, "this host has no usable route there: \(words(number))")
        default: ProbeJudgement(.unreachable, "this host cannot connect: \(words(number))")
        }
    }

    private func judge(remoteError number: Int32) -> ProbeJudgement {
        switch number {
        case ECONNREFUSED:
            ProbeJudgement(.refused, "answered with a reset (RST): nothing listens there, or a rule resets")
        // The system says this only of a connection that was there.
        case ECONNRESET, EPIPE: ProbeJudgement(.open, "connected, and reset by the other side at once")
        case ETIMEDOUT: ProbeJudgement(.dropped, "no answer, until the system gave up")
        case EACCES, EPERM: ProbeJudgement(.prohibited, "an ICMP error says so: \(words(number))")
        case EHOSTUNREACH, ENETUNREACH: ProbeJudgement(.unreachable, "an ICMP error says so: \(words(number))")
        default: ProbeJudgement(.unreachable, "the connection failed: \(words(number))")
        }
    }

    /// True for `fe80::/10` without an interface (RFC 4291 section 2.5.6).
    private var isLinkLocalWithoutScope: Bool { target.scope == 0 && target.ip.high >> 54 == 0xFE80 >> 6 }

    private func words(_ number: Int32) -> String {
        let text = systemErrorText(number)
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
