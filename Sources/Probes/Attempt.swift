/// What became of one connection attempt.
package struct Attempt: Hashable, Sendable {
    /// How the attempt ended.
    package enum Ending: Hashable, Sendable {
        case connected
        /// The system's error number, and whether it came before anything was sent.
        case failed(errorNumber: Int32, isLocal: Bool)
        case timedOut
    }

    package var ending: Ending
    /// The last ICMP error that came while the attempt lasted.
    package var reply: ICMPReply?
    /// Microseconds to the first answer, be it an ICMP error; `nil` when there was none.
    package var microseconds: Int?
    /// The address that the attempt was made from.
    package var local: ScopedAddress?

    package init(
        _ ending: Ending,
        reply: ICMPReply? = nil,
        microseconds: Int? = nil,
        local: ScopedAddress? = nil
    ) {
        self.ending = ending
        self.reply = reply
        self.microseconds = microseconds
        self.local = local
    }
}

/// The one word that says what a probe found.
package enum ProbeVerdict: String, CaseIterable, Sendable {
    // The best first: what came nearest to a connection. A path that this host cannot even enter says least.
    case open, refused, prohibited, dropped, unreachable, unresolved

    /// The process's exit code when this is the worst of all targets.
    package var exitCode: Int32 {
        switch self {
        case .open: 0
        case .dropped: 1
        case .refused: 2
        case .prohibited, .unreachable: 3
        case .unresolved: 4
        }
    }

    /// 0 for the best.
    var rank: Int {
        switch self {
        case .open: 0
        case .refused: 1
        case .prohibited: 2
        case .dropped: 3
        case .unreachable: 4
        case .unresolved: 5
        }
    }
}
