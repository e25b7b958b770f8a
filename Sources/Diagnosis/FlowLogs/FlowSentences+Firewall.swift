import LogFormats

/// What a finding says where the log is another firewall's than those of AWS's networks.
extension FlowSentences {
    private var firewall: FirewallKind { flow.firewall ?? .netfilter }

    /// `rule "UFW BLOCK"`, with what else refused.
    private var named: String {
        guard !flow.rule.isEmpty else { return "" }
        let word =
            switch firewall {
            case .netfilter: "The rule that logs as"
            case .resolver: "The rule group"
            case .networkFirewall: "The signature"
            case .cisco: "The access list"
            default: "The rule"
            }
        return "\(word) \"\(flow.rule)\"" + (group.marks.contains(.manyRules) ? " and others" : "")
    }

    /// Which rule refused, as far as the log tells.
    var firewallReason: String {
        let reason = flow.reason.isEmpty || flow.reason == flow.rule ? "" : "The log gives as reason: \(flow.reason)."
        if firewall == .resolver, !flow.reason.isEmpty {
            return joined(
                named.isEmpty ? "" : "\(named) refused it.",
                "The name that was asked for last is \(flow.reason)"
            )
        }
        let isPlain = firewall == .google || firewall == .azure
        if !named.isEmpty { return joined("\(named) refused it.", isPlain ? "" : reason) }
        switch group.refusal {
        case .noRoute: return "The transit gateway\(gateway) has no route to \(flow.destinationText)."
        case .blackhole: return "The route of the transit gateway\(gateway) to \(flow.destinationText) is a blackhole."
        case .tooLong: return "The packets were larger than the transit gateway\(gateway) takes."
        case .expired: return "Their time to live ended at the transit gateway\(gateway): they go round in a loop."
        default: return joined("The log does not name the rule.", isPlain ? "" : reason)
        }
    }

    private var gateway: String { flow.device.isEmpty ? "" : " \(flow.device)" }

    var firewallAnswerText: String {
        let verb = flow.refusalWord
        if firewall == .transitGateway {
            return
                "\(records) \(say) \(verb) at \(flow.firewallSite) for answers of \(server), \(service), to \(client): the "
                + "requests arrive, and the way back is broken."
        }
        return joined(
            "\(records) \(say) \(verb) at \(flow.firewallSite) for answers of \(server), \(service), to \(client).",
            named.isEmpty ? "" : "\(named) refused them.",
            "A firewall that keeps state lets answers pass: it has not seen the request, has forgotten the connection, or a "
                + "rule is about the answers."
        )
    }

    var firewallSilenceText: String {
        "\(client) asked \(server) for \(service); \(records) \(group.records == 1 ? "tells" : "tell") of connections to "
            + "which nothing was answered\(flow.reason.isEmpty ? "" : " (\(flow.reason))"). What recorded it let it pass or only "
            + "looked on: behind it something is silent, a firewall, the host's own, a host that is down, or a route."
    }

    var firewallClosedText: String {
        "\(client) asked \(server) for \(service); \(records) \(group.records == 1 ? "tells" : "tell") of a reset as the answer"
            + "\(flow.reason.isEmpty ? "" : " (\(flow.reason))"): nothing accepts connections on this port, or a device on the way "
            + "answers for the host."
    }

    /// What to ask of who keeps the rules.
    var firewallRequest: String? {
        if firewall == .transitGateway {
            return group.fate == .rejected || group.fate == .answerRejected || group.fate == .strayAnswerRejected
                ? "Please check the route table of the transit gateway\(gateway) that belongs to \(flow.firewallSite)."
                : nil
        }
        let keeper = flow.device.isEmpty ? "the \(firewall.title) rules" : "the rules of \(flow.device)"
        switch group.fate {
        case .rejected where flow.history.isOver: return nil
        case .rejected:
            let what = "\(rule) from \(flow.sourceText) to \(flow.destinationText)"
            return flow.rule.isEmpty
                ? "Please check \(keeper): should they let \(what) pass?"
                : "Please check the rule \"\(flow.rule)\" of \(flow.device.isEmpty ? "the firewall" : flow.device): should "
                    + "\(what) pass?"
        case .answerRejected, .strayAnswerRejected:
            return "Please check \(keeper), and whether requests and answers take the same way through it."
        default: return nil
        }
    }

    var firewallNextStep: String? {
        switch group.fate {
        case .rejected where flow.history.isOver || flow.history.isChange:
            return "Look for what was changed in the firewall shortly before the first refusal."
        case .rejected:
            let place = flow.device.isEmpty ? "" : " on \(flow.device)"
            switch firewall {
            case .transitGateway:
                return
                    "Search the transit gateway's routes for \(flow.destinationText) (aws ec2 search-transit-gateway-routes)."
            case .resolver: return "Look up the name in the domain lists of this rule group."
            case .netfilter: return "List the rules\(place) (iptables-save, nft list ruleset) and look for this prefix."
            case .networkFirewall:
                return "Look up the signature in the rule groups of the firewall policy, or in the rule files\(place)."
            case .windows:
                return
                    "On the host, list the enabled inbound rules (Get-NetFirewallRule); without one that allows \(rule), "
                    + "the default action blocks."
            case .cisco: return "Look at the hit counts (show access-list \(flow.rule))\(place)."
            default:
                return flow.rule.isEmpty
                    ? "Find the rule that \(rule) from \(flow.sourceText) meets first\(place)."
                    : "Look up the rule \"\(flow.rule)\"\(place), and those with a higher priority."
            }
        case .answerRejected, .strayAnswerRejected:
            return "Compare the ways of request and answer; one of them does not pass this firewall."
        default: return nil
        }
    }

    var firewallDoubt: String? {
        switch group.fate {
        case .rejected: "A line of the same log that accepts the same request."
        case .stale: "A refused packet of the same ends with a SYN."
        case .unanswered: "An answer in a log or capture of the other end."
        default: nil
        }
    }
}

extension FirewallRecord.Action {
    /// The finer name of what happened to a request.
    var detail: Detail {
        switch self {
        case .noRoute, .blackhole: .noRoute
        case .tooLong: .pmtuBlackHole
        case .expired: .icmpTTLExceeded
        default: .rejected
        }
    }
}

extension FlowCase {
    /// `interface eth0 of web-1`, or the firewall by its kind.
    var firewallSite: String {
        interface.isEmpty ? "the \(firewall?.title ?? "firewall")" : interface
    }

    /// Where it happened.
    var firewallPlace: String {
        if isBalanced { return balancedPlace }
        return switch judgement.verdict {
        case .rejected where judgement.detail == .rejected:
            "at \(firewallSite)" + (rule.isEmpty ? "" : ", by the rule \"\(rule)\"")
        case .rejected, .returnBlocked: "at \(firewallSite), on the way back"
        case .dropped: "behind \(firewallSite), or on the way back"
        case .refused: "at the server, or at a device that answers for it"
        case .unreachable, .stalled: "at \(firewallSite)\(device.isEmpty ? "" : " of \(device)")"
        default: "not located"
        }
    }

    /// The rule that the log names.
    var blocker: Finding.Blocker? {
        guard let firewall, judgement.verdict == .rejected || judgement.verdict == .returnBlocked, !rule.isEmpty else {
            return nil
        }
        let ports = destination.port.map { "/\($0)" } ?? ""
        return Finding.Blocker(
            component: device.isEmpty ? firewall.title : device,
            type: firewall.component,
            rule: rule,
            fix: "Allow \(protocolName)\(ports) from \(sourceText) to \(destinationText) before the rule \"\(rule)\"."
        )
    }
}
