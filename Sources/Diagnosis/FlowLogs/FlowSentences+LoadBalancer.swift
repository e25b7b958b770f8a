import LogFormats

/// What a finding says where the log is a load balancer's.
extension FlowSentences {
    /// `the target group "web"`, as far as the log names one.
    private var targetGroup: String {
        guard !flow.rule.isEmpty else { return "the target group" }
        return "the target group \"\(flow.rule)\"" + (group.marks.contains(.manyRules) ? " and others" : "")
    }

    private var balancer: String { flow.device.isEmpty ? "the load balancer" : flow.device }

    /// `tcp/8080`, or the port where the log does not tell which.
    private var ports: String { flow.destination.port == nil ? "its port" : rule }

    private var onPort: String { flow.destination.port == nil ? "" : " for \(service)" }

    /// `app/web/50dc6c495c0c9188 asked 10.0.1.5 for TCP port 8080; 3 log lines say 502`.
    private func asked(_ status: String) -> String { "\(client) asked \(server)\(onPort); \(records) \(say) \(status)" }

    /// What the target answered before, between and after.
    private var targetHistory: String {
        guard flow.destination.address != nil else { return "The log does not tell which instance it was." }
        switch flow.history {
        case .never: return joined("The log holds no answer of this target to the load balancer.", otherPortText)
        case .mixed(let answered):
            return "The target answered \(counted(answered, "other request")), also in between."
        default: return history
        }
    }

    var balancedText: String {
        switch group.fate {
        case .refused:
            return joined(
                asked("502 without a status of the target, and -1 as a time")
                    + ": the target refused the connection, or closed it before it took the request. Nothing accepts connections "
                    + "on this port, which may be the wrong one of \(targetGroup), or the program closes idle connections "
                    + "sooner than the load balancer does.",
                targetHistory
            )
        case .closed:
            return joined(
                asked("502 without a status of the target, which had taken the request")
                    + ": the network lets the load balancer in, and the target ends the connection, or answers with something "
                    + "that is no HTTP.",
                targetHistory
            )
        case .unanswered: return joined(unansweredText, targetHistory)
        case .noTarget:
            return
                "\(records) of \(balancer) \(say) 503 without a target: \(targetGroup) had none that was registered and healthy. No "
                + "rule refused these requests; but health checks fail, too, where the targets' security group or a network "
                + "ACL does not let the load balancer in, which this log does not show."
        case .clientGone:
            return
                "\(records) of \(balancer) \(say) 460: the client closed its connection before there was a response. That is a "
                + "client that gave up after a time of its own, and no block; the log does not show what it waited for."
        case .rejected:
            return
                "\(client) asked \(balancer)\(onPort); \(records) \(say) that AWS WAF rejected the request, and no target was "
                + "asked. An access log does not name the rule; the log of the web ACL does."
        default: return "\(server) answered \(client); nothing of it was refused."
        }
    }

    private var unansweredText: String {
        guard group.marks.contains(.connecting) else {
            let long =
                flow.destination.address == nil
                ? "The log does not tell for how long the load balancer waited"
                : "The load balancer waited for longer than the 10 seconds that a connection may take"
            return asked("504 without a status of the target")
                + ". \(long): the connection may have stood, and the program been "
                + "slow. If the target never answers, its security group or a network ACL may not let the load balancer in."
        }
        return asked("504 without a status of the target, and -1 as a time")
            + ": the target did not answer in the 10 seconds that a connection may take. Usually its security group, or a network "
            + "ACL of its subnet, does not let the load balancer in; a host that is down or a route does the same."
            + (group.marks.contains(.waiting)
                ? " Some requests waited for longer: there the connection stood, and the program was slow." : "")
    }

    /// What to ask of who keeps the targets, or the rules.
    var balancedRequest: String {
        switch group.fate {
        case .rejected: return "Please look up the rule in the log of the web ACL: should these requests pass?"
        case _ where flow.history.isOver: return "It works again: please tell what was changed at these times."
        case .refused:
            return
                "Please check that a program listens on \(ports) of \(server), and that \(targetGroup) has this port."
        case .closed: return "Please look in the logs of the program on \(server) for these times."
        case .unanswered:
            return
                "Please check that the security group of \(server) has an inbound rule for \(ports) from the load balancer's "
                + "security group, and that the network ACLs of both subnets let requests and answers pass."
        default: return ""
        }
    }

    var balancedNextStep: String {
        switch group.fate {
        case .refused where !otherPortText.isEmpty:
            return otherPortText + " Compare it with the port on which the target listens."
        case .refused:
            return
                "On \(server), list the listening sockets (ss -ltn) and compare the port with that of \(targetGroup); if it "
                + "listens, compare the program's keep-alive time with the load balancer's idle timeout."
        case .closed:
            return
                "Look in the program's log on \(server); its keep-alive time must be longer than the load balancer's idle "
                + "timeout."
        case .unanswered where group.marks.contains(.connecting):
            return
                "Compare the inbound rules of the security group of \(server) with \(ports) from the load balancer's security "
                + "group, then the network ACLs of both subnets (answers go to ports 1024 to 65535); flow logs of the "
                + "target's interface tell a refusal from silence."
        case .unanswered:
            return
                "Look for these requests in the program's log on \(server) and compare their time with the load balancer's idle "
                + "timeout; if they never arrived, check the target's security group and the network ACLs."
        case .noTarget:
            return
                "Ask why the targets are not healthy (aws elbv2 describe-target-health): a timeout there points to a security "
                + "group or a network ACL, a wrong status to the program."
        case .clientGone:
            return "Compare the clients' time limit with target_processing_time of other requests (roadblock query)."
        case .rejected: return "Look up the request in the log of the web ACL, or in its sampled requests."
        default: return "Nothing to do."
        }
    }

    var balancedDoubt: String {
        switch group.fate {
        case .refused: "A capture on the target in which the connection is made and the request arrives."
        case .closed: "A capture on the target in which it sends a whole response."
        case .unanswered:
            "The target's answer in a flow log of its interface, or a capture on it in which the request is answered late."
        case .noTarget: "REJECT records from the load balancer to the targets in a flow log: then it is a block."
        case .clientGone: "A capture at the client in which the response, or a part of the request, is lost."
        case .rejected: "A record of the web ACL's log that allows the request."
        default: "Lines with 502 or 504 and no status of the target."
        }
    }
}

extension FlowCase {
    var isBalanced: Bool { group.isBalanced }

    /// What a line says that proves it, and how sure that is.
    var balancedProof: (what: String, weight: Confidence) {
        switch group.fate {
        case .refused: ("502, no status of the target, which took no request", .strong)
        case .closed: ("502, no status of the target, which took the request", .likely)
        case .unanswered: ("504, no status of the target", .strong)
        case .noTarget: ("503, no target", .strong)
        case .clientGone: ("460, the client closed first", .strong)
        case .rejected: ("rejected by AWS WAF, no target", .certain)
        default: ("an answer of the target", .likely)
        }
    }

    /// Where it happened.
    var balancedPlace: String {
        switch judgement.verdict {
        case .refused, .reset: "at the target, or at a device that answers for it"
        case .dropped: "between the load balancer and the target, or at the target"
        case .rejected: "at the load balancer, by AWS WAF"
        default: "not located"
        }
    }
}
