import Packets
import RoadblockCore

/// Finds sources that sweep ports or hosts, and folds what they did into one finding each.
struct ScanDetector {
    /// Ports of one host, or hosts on one port, that make a scan; the share of them that must have failed.
    static let targetLimit = 15
    static let failedShare = 0.8
    /// Targets that are enough when the probes carry the marks of a scanning tool.
    static let markedTargetLimit = 3

    /// True for a SYN as scanning tools make it: a round small window with at most the option MSS, and no data after it.
    ///
    /// Weak by itself, since forgeable; together with one source port for many targets it counts.
    static func hasToolMarks(_ c: TCPConversation) -> Bool {
        guard c.syns.total > 0, c.fromClient.payloadBytes == 0 else { return false }
        return c.synWindow <= 4096 && c.synWindow % 1024 == 0 && (c.synOptions == 0 || c.synOptions == 2)
    }

    /// SYNs for one port that no sweep spends: an application waits through its system's retries.
    static let patientCopies = 3

    /// How attempts of one sweep end: a host that is swept answers in one way, or is silent where it does not reset.
    private enum Ending: Hashable {
        case resetOrSilence
        case error(Detail)
    }

    private struct HostEnding: Hashable {
        var host: IPAddress
        var ending: Ending
    }

    private struct PortEnding: Hashable {
        var port: UInt16
        var ending: Ending
    }

    private struct Activity {
        var groups: [Int] = []
        var failedByHost: [HostEnding: Set<UInt16>] = [:]
        var failedByPort: [PortEnding: Set<IPAddress>] = [:]
        var hasProbes = false
        var sourcePorts: Set<UInt16> = []
    }

    /// The groups that belong to scans, a list for each scan; the indices are those of `groups`.
    static func scans(in groups: [FindingGroup], _ context: CaptureContext) -> [[Int]] {
        var activities: [IPAddress: Activity] = [:]
        for index in groups.indices where isProbe(groups[index]) {
            let group = groups[index]
            let identity = group.identity
            activities[identity.source, default: Activity()].groups.append(index)
            if group.judgement.detail == .scan { activities[identity.source]?.hasProbes = true }
            if let port = group.sourcePort { activities[identity.source]?.sourcePorts.insert(port) }
            guard group.judgement.verdict != .undecided else { continue }
            let ending = ending(of: group)
            let byHost = HostEnding(host: identity.destination, ending: ending)
            let byPort = PortEnding(port: identity.port, ending: ending)
            activities[identity.source]?.failedByHost[byHost, default: []].insert(identity.port)
            activities[identity.source]?.failedByPort[byPort, default: []].insert(identity.destination)
        }
        return activities.sorted { $0.key < $1.key }.compactMap { source, activity in
            let members = folded(activity, groups, context.openAskers[source])
            return members.isEmpty ? nil : members
        }
    }

    /// What may be part of a scan: attempts that failed, and probes without a handshake.
    private static func isProbe(_ group: FindingGroup) -> Bool {
        switch group.judgement.verdict {
        case .dropped: group.mostCopies < patientCopies
        case .refused, .scan: true
        // A rule that says what it is is worth a line of its own, unless the internet meets it.
        case .prohibited, .unreachable: AddressSide.isOutside(group)
        case .undecided: group.judgement.detail == .pending
        default: false
        }
    }

    private static func ending(of group: FindingGroup) -> Ending {
        switch group.judgement.verdict {
        case .prohibited, .unreachable: .error(group.judgement.detail)
        default: .resetOrSilence
        }
    }

    private static func folded(
        _ activity: Activity,
        _ groups: [FindingGroup],
        _ asker: CaptureContext.Asker?
    ) -> [Int] {
        let open = asker?.services ?? []
        var hosts: Set<IPAddress> = []
        for (place, ports) in activity.failedByHost where ports.count >= targetLimit {
            let reached = open.count { $0.address == place.host && !ports.contains($0.port) }
            if Double(ports.count) >= failedShare * Double(ports.count + reached) { hosts.insert(place.host) }
        }
        var ports: Set<UInt16> = []
        for (place, failed) in activity.failedByPort where failed.count >= targetLimit {
            let reached = open.count { $0.port == place.port && !failed.contains($0.address) }
            if Double(failed.count) >= failedShare * Double(failed.count + reached) { ports.insert(place.port) }
        }
        let probed = asker?.toolProbes.count ?? 0
        let isMarked = probed >= markedTargetLimit && activity.sourcePorts.count <= max(2, probed / 2)
        if activity.hasProbes || isMarked { return activity.groups }
        return activity.groups.filter {
            hosts.contains(groups[$0].identity.destination) || ports.contains(groups[$0].identity.port)
        }
    }
}
