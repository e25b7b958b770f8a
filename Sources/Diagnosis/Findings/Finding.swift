package import Packets
package import RoadblockCore

/// One thing that is not healthy, with everything that is said about it.
package struct Finding: Sendable {
    /// One end of the traffic; an address or a port is `nil` where a scan's targets were folded, or where there is none.
    package struct Endpoint: Hashable, Sendable {
        package var address: IPAddress?
        package var port: UInt16?
        /// The host's name, as the inputs tell it.
        package var name: String?
        /// Who the address belongs to, where the host's name is not known.
        package var owner: String?

        package init(address: IPAddress?, port: UInt16? = nil, name: String? = nil, owner: String? = nil) {
            self.address = address
            self.port = port
            self.name = name
            self.owner = name == nil ? owner : nil
        }
    }

    /// A record of an input that supports the verdict.
    package struct Evidence: Hashable, Sendable {
        package var reference: FrameReference
        package var what: String
        package var weight: Confidence
        /// What the ordinal of the reference counts.
        package var unit = Unit.frame

        package enum Unit: String, Sendable {
            case frame, line
        }
    }

    /// Ordinal in the report, from 1.
    package var id = 0
    package var judgement: Judgement
    package var isNoise = false
    package var source: Endpoint
    package var destination: Endpoint
    package var protocolName: String
    /// SYNs or requests sent, repeats included.
    package var attempts = 0
    package var conversations = 0
    package var packets = 0
    package var bytes = 0
    package var firstSeen: Instant
    package var lastSeen: Instant
    /// Attempts in the busiest minute.
    package var peakPerMinute = 0
    package var targetHosts = 1
    package var targetPorts = 1
    package var whereText = ""
    package var lostBetween: LostBetween?
    /// The rule that refused, where a log or a configuration names it.
    package var blockedBy: Blocker?
    package var evidence: [Evidence] = []
    package var explanation = ""
    package var wouldChangeOurMind = ""
    package var nextStep = ""
    package var message = ""

    /// What refused, by which of its rules, and what would let the traffic pass.
    package struct Blocker: Hashable, Sendable {
        package var component: String
        package var type: String
        package var rule: String
        package var fix: String
    }

    /// Where a packet was last seen and where it should have been; `nil` is outside of all inputs.
    package struct LostBetween: Hashable, Sendable {
        package var last: Int?
        package var missing: Int?
        /// True for the answer, false for the request.
        package var isReply: Bool
    }

    /// Attempts over the whole time from the first to the last packet; less than a minute counts as one.
    package var attemptsPerMinute: Double {
        Double(attempts) / max(1, lastSeen.seconds(since: firstSeen) / 60)
    }

    /// Where it stands in the report.
    var rank: FindingRank {
        FindingRank(
            judgement: judgement,
            isNoise: isNoise,
            attempts: attempts,
            first: firstSeen.nanoseconds,
            ends: (
                source.address?.high ?? 0, source.address?.low ?? 0, destination.address?.high ?? 0,
                destination.address?.low ?? 0, UInt64(destination.port ?? 0)
            )
        )
    }
}
