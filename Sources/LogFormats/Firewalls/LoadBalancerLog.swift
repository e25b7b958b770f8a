import RoadblockCore

/// What a line of a load balancer's access log tells of the way to the target, and of its own rules.
package enum LoadBalancerReading: UInt8, Sendable {
    /// The target answered, with whatever status.
    case answered
    /// The load balancer answered by itself, as it was told to: a redirect, a fixed response, a bad request.
    case answeredItself
    /// An error of its own that tells nothing of the network.
    case failed
    /// The target refused the connection, or closed it before the request was sent.
    case refused
    /// The target took the request and closed the connection without a response.
    case closed
    /// The target did not answer within the time that a connection may take.
    case silent
    /// The target did not answer for longer than that.
    case slow
    /// There was no target to ask.
    case noTarget
    /// AWS WAF rejected the request.
    case rejected
    /// The client closed the connection first.
    case clientGone
}

/// Access logs of Application and Classic Load Balancers, for what did not reach a target.
///
/// They are tables of their own to queries; to a diagnosis a line is a request of the load balancer to its target. The log
/// has no address of the load balancer, but its name. Source: Elastic Load Balancing, "Access logs for your Application
/// Load Balancer", "Access logs for your Classic Load Balancer" and "Troubleshoot your Application Load Balancers".
enum LoadBalancerLog {
    private typealias Status = (own: UInt64, hasTarget: Bool, isClassic: Bool)

    /// Columns of an Application Load Balancer's log from 1 on, as its guide counts them; a Classic one has no first.
    private enum Column {
        static let request = 13
        static let targetGroup = 17
        static let creation = 22
        static let actions = 23
    }

    /// Milliseconds from which on a request took longer than a connection may (10 seconds), with some to spare.
    private static let connectionTime: Int64 = 15_000

    static func read(_ block: LineBlock, _ range: Range<Int>) -> FirewallRecord {
        var record = FirewallRecord()
        record.kind = .damaged
        let isClassic = ServiceColumns.classicLoadBalancer.fits(block, range)
        guard isClassic || ServiceColumns.applicationLoadBalancer.fits(block, range) else { return record }
        var walk = ColumnWalk(block, range)
        if !isClassic { _ = walk.next() }
        guard let time = walk.next(), let name = walk.next(), let client = walk.next(), let target = walk.next(),
            let requestTime = walk.next(), let targetTime = walk.next(), let responseTime = walk.next(),
            let code = walk.next(), let targetCode = walk.next()
        else { return record }
        let hasTarget = !block.isHyphen(target)
        (record.source, record.sourcePort) = end(block, client)
        (record.destination, record.destinationPort) = end(block, target)
        record.time = EventTime.isoMilliseconds(block.bytes(time))
        let own = block.number(code.lowerBound, code.upperBound)
        guard record.time != nil, record.source != nil, hasTarget == (record.destination != nil),
            own != nil || block.isHyphen(code)
        else { return record }
        record.kind = .record
        record.device = Piece(name.lowerBound, name.upperBound)
        record.protocolNumber = 6
        record.isFromAsker = true
        guard let own, block.number(targetCode.lowerBound, targetCode.upperBound) ?? 0 == 0 else {
            // Listeners of TCP have no status: who has a target was connected to it.
            record.reading = own != nil || hasTarget ? .answered : .failed
            return record
        }
        guard own >= 400 else {
            record.reading = .answeredItself
            return record
        }
        func isMissing(_ place: Range<Int>) -> Bool { block.decimal(place).map { $0 < 0 } ?? false }
        let isUnsent = isMissing(requestTime) || isMissing(targetTime)
        let rest = Rest(block, &walk, isClassic: isClassic)
        switch own {
        case 502 where hasTarget && isUnsent: record.reading = .refused
        case 502 where hasTarget && isMissing(responseTime): record.reading = .closed
        case 504 where isUnsent && (hasTarget || isClassic):
            record.reading = isClassic || rest.tookLong(since: record.time) ? .slow : .silent
        case 503 where !hasTarget: record.reading = .noTarget
        case 460: record.reading = .clientGone
        case 400..<500 where !hasTarget && rest.isRejected(own): record.reading = .rejected
        case 500...: record.reading = .failed
        default: record.reading = .answeredItself
        }
        switch record.reading {
        case .noTarget, .clientGone, .rejected: record.destinationPort = rest.port
        default: break
        }
        if record.reading != .rejected { record.rule = rest.targetGroup }
        return record
    }

    private static func end(_ block: LineBlock, _ place: Range<Int>) -> (IPAddress?, UInt16?) {
        guard let (host, port) = block.endpoint(place) else { return (nil, nil) }
        let number = block.number(port.lowerBound, port.upperBound).flatMap { UInt16(exactly: $0) }
        return (block.address(host.lowerBound, host.upperBound), number)
    }

    /// What stands behind the statuses; empty places where a line ends before.
    private struct Rest {
        private let block: LineBlock
        private var request = 0..<0
        private var group = 0..<0
        private var creation = 0..<0
        private var actions = 0..<0

        init(_ block: LineBlock, _ walk: inout ColumnWalk, isClassic: Bool) {
            self.block = block
            for column in 11...(isClassic ? Column.request : Column.actions) {
                guard let place = walk.next() else { return }
                switch column {
                case Column.request: request = place
                case Column.targetGroup: group = place
                case Column.creation: creation = place
                case Column.actions: actions = place
                default: break
                }
            }
        }

        /// The listener's port, as the request's URL has it.
        var port: UInt16? {
            let scan = LineScan(block, request)
            guard let scheme = scan.find(Array("://".utf8)) else { return nil }
            let authority = scan.word(from: scheme + 3)
            let end = authority.first { [UInt8(ascii: "/"), UInt8(ascii: "?")].contains(block.byte($0)) }
            return LoadBalancerLog.end(block, authority.lowerBound..<(end ?? authority.upperBound)).1
        }

        /// `my-targets` of `arn:aws:elasticloadbalancing:…:targetgroup/my-targets/73e2d6bc24d8a067`.
        var targetGroup: Piece {
            let scan = LineScan(block, group)
            guard let start = scan.find(Array("targetgroup/".utf8)).map({ $0 + 12 }) else { return .none }
            return Piece(start, scan.next(UInt8(ascii: "/"), from: start))
        }

        func tookLong(since time: Int64?) -> Bool {
            guard let time, let begin = EventTime.isoMilliseconds(block.bytes(creation)) else { return false }
            return time &- begin >= LoadBalancerLog.connectionTime
        }

        /// True where the firewall's word was the last: `waf`, with nothing behind it that the load balancer did instead.
        func isRejected(_ status: UInt64) -> Bool {
            let names = block.bytes(actions).split(separator: UInt8(ascii: ","))
                .map { String(decoding: $0, as: UTF8.self) }
            return names.last == "waf" || status == 403 && names.contains("waf") && !names.contains("fixed-response")
        }
    }
}
