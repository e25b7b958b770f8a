import RoadblockCore

/// What to ask of others and what to do next, by verdict.
struct Advice {
    let sentences: FindingSentences

    private var client: String { sentences.client }
    private var server: String { sentences.server }
    private var service: String { sentences.service }

    /// The request that closes the message.
    var request: String {
        switch sentences.verdict {
        case .dropped where sentences.detail == .arpUnanswered:
            "Please check that \(server) is running, has this address and is in this network segment."
        case .dropped:
            "Please check the rules and the deny log for source \(client), destination \(server), \(service), on every "
                + "device from here to the server, the server's own firewall included."
        case .refused where sentences.detail == .refusedByMiddlebox:
            "Please look for a rule that rejects \(service) with a reset between here and \(server)."
        case .refused:
            "Please check that a program listens on \(service) of \(server); opening a firewall will not help until one does."
        case .prohibited: "Please look at \(sentences.sender) for a rule that rejects \(service) to \(server)."
        case .unreachable: "Please check the routes of \(sentences.sender) to \(server), and that the host is up."
        case .returnBlocked:
            "Please check the return path from \(server) to \(client): a stateful firewall must see both directions; look "
                + "for asymmetric routing and for denied packets from \(server), \(service), to \(client)."
        case .reset: "Please check for a device that resets connections to \(server), \(service), and the server's log."
        case .stalled where sentences.detail == .pmtuBlackHole:
            "Please allow ICMP type 3 code 4 (ICMPv6 type 2) on the path, or clamp the TCP maximum segment size."
        case .stalled:
            "Please check application control, TLS inspection and the path MTU for \(client) to \(server), \(service)."
        case .rejected, .scan, .lossy, .open, .undecided: ""
        }
    }

    /// What the reader can do next.
    var nextStep: String {
        switch sentences.verdict {
        case .dropped where sentences.detail == .arpUnanswered:
            "Check the address and whether the host is up; then capture again."
        case .dropped:
            "Capture at \(server) at the same time: if the requests arrive there, its own firewall or the way back drops "
                + "them; if they do not, the path does."
        case .refused:
            "On \(server), list the listening sockets (ss -ltnu) and compare the port with the one that is asked for."
        case .prohibited, .unreachable: "Look at the rules and routes of \(sentences.sender), which named itself."
        case .returnBlocked: "Capture at \(client) at the same time: the answers should arrive there, and do not."
        case .reset: "Capture at \(server) as well and see whether the reset leaves there."
        case .stalled where sentences.detail == .pmtuBlackHole:
            "Try ping with the don't-fragment bit and growing sizes, or lower the interface MTU for a test."
        case .stalled: "Try the same port with other content, and the same content to another port."
        case .lossy: "Look for loss on the path if it hurts; nothing is blocked."
        case .undecided: "Capture again: both directions, from before the attempt until well after it."
        case .scan: "Name the source; if it is a monitoring or security tool of your own, nothing is wrong."
        case .rejected, .open: "Nothing to do."
        }
    }

    /// What evidence would overturn the verdict.
    var wouldChangeOurMind: String {
        switch sentences.verdict {
        case .dropped where sentences.detail == .arpUnanswered: "An answer for the link address of \(server)."
        case .dropped:
            "An answer that this capture point cannot see (another path, another interface), or a capture that recorded "
                + "one direction only."
        case .refused: "A SYN/ACK of \(server) for the same port."
        case .prohibited, .unreachable:
            "A later answer of \(server) itself, or an error that quotes packets never sent."
        case .returnBlocked: "The client's acknowledgment in a capture on another path."
        case .reset: "A capture at \(server) that shows the same reset leaving, or not leaving."
        case .stalled: "An acknowledgment that took another path than this capture point."
        case .lossy: "Attempts to the same port that are never answered."
        case .undecided: "A capture of both directions that lasts at least 3 s after the attempt."
        case .scan: "A list of planned checks with this source."
        case .rejected, .open: "Failures at the same port."
        }
    }
}
