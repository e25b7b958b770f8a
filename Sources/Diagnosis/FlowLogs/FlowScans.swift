/// Finds askers that sweep ports or hosts, in what flow logs say of them.
struct FlowScans {
    let groups: [FlowGroup]
    /// Ordinals of groups that may be probes, ordered by asker.
    let probes: [Int]
    /// What askers with many probes were accepted at.
    let reached: [UInt64: [AcceptedService]]
    /// Those of them who ask from outside.
    let outside: Set<UInt64>

    /// Distinct targets that make a scan of one who asks from outside, whatever its pattern.
    private static let targetLimit = 2 * ScanDetector.targetLimit
    /// Conversations on another port of a host that show an application or a health check.
    private static let customLimit = 3
    /// Records, seconds from the first to the last, and between two, of somebody who keeps asking one service.
    private static let insistence: (records: UInt32, time: UInt32, pause: UInt32) = (10, 600, 300)

    private struct Port: Hashable {
        var number: UInt8
        var port: UInt16

        init(_ key: FlowTuple) {
            number = key.protocolNumber
            port = key.upperPort
        }
    }

    private struct Target: Hashable {
        var host: UInt64
        var port: Port

        init(_ key: FlowTuple) {
            host = key.upper
            port = Port(key)
        }
    }

    /// The groups of each scan.
    func scans() -> [[Int]] {
        var scans: [[Int]] = []
        var start = probes.startIndex
        while start < probes.endIndex {
            let asker = groups[probes[start]].key.lower
            var end = start
            while end < probes.endIndex, groups[probes[end]].key.lower == asker { end += 1 }
            if end - start >= ScanDetector.targetLimit {
                let members = scan(Array(probes[start..<end]), asker)
                if !members.isEmpty { scans.append(members) }
            }
            start = end
        }
        return scans
    }

    /// What of the asker's probes belongs to a sweep; all of it, where it asks from outside.
    private func scan(_ candidates: [Int], _ asker: UInt64) -> [Int] {
        let isOutside = outside.contains(asker)
        let reached = reached[asker] ?? []
        var portCounts: [UInt64: Int] = [:]
        for index in candidates { portCounts[groups[index].key.upper, default: 0] += 1 }
        let probes = candidates.filter {
            // Who tries many ports of a host and begins anew is no monitor.
            let sweeps = portCounts[groups[$0].key.upper, default: 0] >= ScanDetector.targetLimit
            return !isApplication(groups[$0], reached, isOutside: isOutside, sweepsHost: sweeps)
        }
        guard probes.count >= ScanDetector.targetLimit else { return [] }
        var failed: Set<Target> = []
        var portsByHost: [UInt64: Set<Port>] = [:]
        var hostsByPort: [Port: Set<UInt64>] = [:]
        for index in probes {
            let target = Target(groups[index].key)
            failed.insert(target)
            portsByHost[target.host, default: []].insert(target.port)
            hostsByPort[target.port, default: []].insert(target.host)
        }
        var reachedByHost: [UInt64: Int] = [:]
        var reachedByPort: [Port: Int] = [:]
        var others = 0
        for service in reached where !failed.contains(Target(service.key)) {
            reachedByHost[service.key.upper, default: 0] += 1
            reachedByPort[Port(service.key), default: 0] += 1
            others += 1
        }
        func isSwept(_ failed: Int, _ reached: Int?, limit: Int = ScanDetector.targetLimit) -> Bool {
            failed >= limit && Double(failed) >= ScanDetector.failedShare * Double(failed + (reached ?? 0))
        }
        let hosts = portsByHost.filter { isSwept($1.count, reachedByHost[$0]) }
        let ports = hostsByPort.filter { isSwept($1.count, reachedByPort[$0]) }
        if isOutside {
            let isScan = !hosts.isEmpty || !ports.isEmpty || isSwept(failed.count, others, limit: Self.targetLimit)
            return isScan ? probes : []
        }
        return probes.filter {
            let target = Target(groups[$0].key)
            return hosts[target.host] != nil || ports[target.port] != nil
        }
    }

    /// True for who is accepted there or on another port as well, waits through retries, or keeps asking.
    private func isApplication(
        _ group: FlowGroup,
        _ reached: [AcceptedService],
        isOutside: Bool,
        sweepsHost: Bool
    ) -> Bool {
        let service = group.service
        for other in reached where other.key.upper == service.upper {
            if other.key == service {
                if UInt64(other.conversations) * 4 >= UInt64(group.records) { return true }
            } else if !isOutside, other.conversations >= Self.customLimit, group.records >= Self.customLimit {
                return true
            }
        }
        if isOutside { return false }
        let (time, insistence) = (group.last - group.first, Self.insistence)
        if !sweepsHost, group.records >= insistence.records, time >= insistence.time,
            time / group.records <= insistence.pause
        {
            return true
        }
        return group.records >= 2 && UInt64(group.packets) >= 3 * UInt64(group.records)
    }
}
