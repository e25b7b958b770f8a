package import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The version of IP to use.
package enum IPVersion: Sendable {
    case version4, version6
}

/// Connects to the ports of a host, and says of each what came of it.
package struct Prober: Sendable {
    package var host: HostName
    package var ports: PortList
    /// For the name, and for each attempt.
    package var timeLimit: TimeLimit
    /// Attempts for each address and port, one after the other.
    package var count: Int
    /// The address to connect from.
    package var source: ScopedAddress?
    /// The only version to use; `nil` for both.
    package var version: IPVersion?

    /// Sockets that are open at once.
    private static let concurrency = 128

    /// A probe; a source also chooses the version.
    ///
    /// - Throws: `Failure` of kind `usage` when the source is no address, or one of the other version.
    package init(
        host: HostName,
        ports: PortList,
        timeLimit: TimeLimit,
        count: Int,
        source: String?,
        version: IPVersion?
    ) throws(Failure) {
        self.host = host
        self.ports = ports
        self.timeLimit = timeLimit
        self.count = count
        self.version = version
        guard let source else { return }
        guard source.utf8.count <= 100, let address = NameLookup.numeric(source) else {
            throw Failure(
                .usage,
                "--source is no address",
                code: "bad-source",
                place: Failure.Place(of: source),
                suggestion: "--source takes an IPv4 or IPv6 address of this host"
            )
        }
        let own = address.version
        guard version ?? own == own else {
            throw Failure(
                .usage,
                "--source \(address) is an \(own.name) address, and \(own == .version4 ? "-6" : "-4") was asked for",
                code: "bad-source"
            )
        }
        self.source = address
        self.version = own
    }

    /// Makes all attempts; one row for each port, in their order.
    ///
    /// `progress` is called with the number of attempts that have ended and that of all.
    ///
    /// - Throws: `Failure` of kind `usage` when the source is no address of this host, `readOrWrite` when the system
    ///   gives no socket at all.
    package func run(progress: (Int, Int) -> Void) throws(Failure) -> [ProbeRow] {
        let addresses: [ScopedAddress]
        switch try resolve() {
        case .addresses(let list): addresses = list
        case .failed(let reason):
            return ports.ports.map { ProbeRow(host: host.text, port: $0, unresolved: reason) }
        }
        let attempts = try connect(to: addresses, progress)
        let interfaces = InterfaceNames()
        var rows = zip(ports.ports, attempts).map { port, attempts in
            let results = zip(addresses, attempts).map { AddressResult($0, $1, timeLimit: timeLimit) }
            var row = ProbeRow(host: host.text, port: port, results: results)
            row.interface = row.best?.local.flatMap { $0.zone ?? interfaces.name(of: $0.ip) }
            return row
        }
        ProbeRow.noteRateLimits(&rows)
        return rows
    }

    /// The addresses of the host that are of the version asked for.
    private func resolve() throws(Failure) -> NameAnswer {
        guard let address = NameLookup.numeric(host.text) else {
            return try NameLookup.ask(host.text, version, timeLimit: timeLimit)
        }
        guard let version, version != address.version else { return .addresses([address]) }
        let reason = "\(address) is an \(address.version.name) address"
        if let source { throw Failure(.usage, "\(reason), and --source \(source) is not", code: "bad-source") }
        return .failed(reason: "\(reason), and only \(version.name) was asked for")
    }

    /// A place in the results.
    private struct Job {
        var port: Int
        var address: Int
    }

    /// The attempts by port and address.
    private func connect(
        to addresses: [ScopedAddress],
        _ progress: (Int, Int) -> Void
    ) throws(Failure) -> [[[Attempt]]] {
        let ports = ports.ports
        var results = Array(repeating: Array(repeating: [Attempt](), count: addresses.count), count: ports.count)
        let all = ports.count * addresses.count * count
        var ended = 0
        var nextJob = 0
        // Jobs whose next attempt waits to be made; later ones follow from `nextJob`.
        var ready: [Job] = []
        var underway: [(job: Job, attempt: OpenAttempt)] = []
        var limit = Prober.concurrency

        func take(_ attempt: Attempt, _ job: Job) {
            results[job.port][job.address].append(attempt)
            ended += 1
            if results[job.port][job.address].count < count { ready.append(job) }
        }

        while ended < all {
            while underway.count < limit {
                if ready.isEmpty {
                    guard nextJob < ports.count * addresses.count else { break }
                    ready.append(Job(port: nextJob / addresses.count, address: nextJob % addresses.count))
                    nextJob += 1
                }
                let job = ready.removeLast()
                let start = try OpenAttempt.start(
                    to: addresses[job.address],
                    port: ports[job.port],
                    from: source,
                    timeLimit: timeLimit
                )
                switch start {
                case .underway(let attempt): underway.append((job, attempt))
                case .ended(let attempt): take(attempt, job)
                case .outOfDescriptors:
                    guard !underway.isEmpty else {
                        throw Failure(.readOrWrite, "no socket can be opened: \(systemErrorText(EMFILE))")
                    }
                    ready.append(job)
                    limit = underway.count
                }
            }
            guard let soonest = underway.map(\.attempt.deadline).min() else { continue }
            let events = OpenAttempt.wait(for: underway.map(\.attempt), until: soonest)
            let now = ContinuousClock.now
            var left: [(Job, OpenAttempt)] = []
            for (index, (job, attempt)) in underway.enumerated() {
                if let outcome = attempt.outcome(of: events[index]) {
                    take(outcome, job)
                } else if attempt.deadline <= now {
                    take(attempt.giveUp(), job)
                } else {
                    left.append((job, attempt))
                }
            }
            underway = left
            progress(ended, all)
        }
        return results
    }
}

extension IPVersion {
    var name: String { self == .version4 ? "IPv4" : "IPv6" }

    var family: Int32 { self == .version4 ? AF_INET : AF_INET6 }
}

extension ScopedAddress {
    var version: IPVersion { ip.isIPv4 ? .version4 : .version6 }
}
