/// A log that a service of AWS writes, other than flow logs.
package enum ServiceLog: String, CaseIterable, Hashable, Sendable {
    case cloudTrail = "cloudtrail"
    /// Queries to public hosted zones of Route 53.
    case hostedZone = "route53"
    case resolver = "route53-resolver"
    case lambda
    /// The web application firewall.
    case waf
    case applicationLoadBalancer = "alb"
    case networkLoadBalancer = "nlb"
    case classicLoadBalancer = "elb"
    case loadBalancerConnections = "alb-connection"
    /// Requests to buckets of S3.
    case bucketAccess = "s3-access"

    /// What people call the log.
    package var title: String {
        switch self {
        case .cloudTrail: "CloudTrail events"
        case .hostedZone: "Route 53 hosted zone queries"
        case .resolver: "Route 53 Resolver queries"
        case .lambda: "Lambda log"
        case .waf: "WAF log"
        case .applicationLoadBalancer: "Application Load Balancer access log"
        case .networkLoadBalancer: "Network Load Balancer access log"
        case .classicLoadBalancer: "Classic Load Balancer access log"
        case .loadBalancerConnections: "Application Load Balancer connection log"
        case .bucketAccess: "S3 server access log"
        }
    }

    /// What `--list-formats` says of the name.
    package var meaning: String {
        switch self {
        case .cloudTrail: "CloudTrail: files of Records, or one event a line (JSON)"
        case .hostedZone: "queries to public hosted zones of Route 53"
        case .resolver: "query log of the Route 53 Resolver (JSON)"
        case .lambda: "Lambda: START, END, REPORT and what functions print"
        case .waf: "AWS WAF web ACL traffic (JSON)"
        case .applicationLoadBalancer: "access log of an Application Load Balancer"
        case .networkLoadBalancer: "access log of a Network Load Balancer (TLS)"
        case .classicLoadBalancer: "access log of a Classic Load Balancer"
        case .loadBalancerConnections: "connection log of an Application Load Balancer"
        case .bucketAccess: "server access log of S3"
        }
    }

    /// The columns of logs that have some.
    var columns: ServiceColumns? {
        switch self {
        case .hostedZone: .hostedZone
        case .applicationLoadBalancer: .applicationLoadBalancer
        case .networkLoadBalancer: .networkLoadBalancer
        case .classicLoadBalancer: .classicLoadBalancer
        case .loadBalancerConnections: .loadBalancerConnections
        case .bucketAccess: .bucketAccess
        case .cloudTrail, .resolver, .lambda, .waf: nil
        }
    }

    /// True for one JSON object in each event.
    var isJSON: Bool { columns == nil && self != .lambda }

    /// The names of fields that events of the log have, beside those of their JSON.
    var fieldNames: [String] { self == .lambda ? LambdaEvent.fieldNames : columns?.fieldNames ?? [] }
}

extension ServiceLog {
    /// The log that some lines are of: half of them at least fit it.
    static func find(_ lines: [[UInt8]]) -> ServiceLog? {
        let block = LineBlock()
        for line in lines where !line.isEmpty && line.count < 64 << 10 { block.appendEvent(line, LogEvent()) }
        let rows = 0..<block.rowCount
        // What functions print may be more than what Lambda says of them.
        if rows.contains(where: { LambdaEvent.isPlatform(block, block.range(of: $0)) }) { return .lambda }
        let most = allCases.filter { $0 != .lambda }
            .map { log in (log: log, count: rows.count { log.isCertain(block, block.range(of: $0)) }) }
            .max { $0.count < $1.count }
        guard let most, most.count > 0, most.count * 2 >= rows.count else { return nil }
        return most.log
    }

    /// True for a row that no other log would have.
    private func isCertain(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        guard fits(block, range) else { return false }
        if let columns { return columns.isCertain(block, range) }
        func has(_ names: [String]) -> Bool {
            var found = Set<Int>()
            var walk = JSONWalk(block, range, names.map { Array($0.utf8) })
            walk.run { index, _ in found.insert(index) }
            return found.count == names.count
        }
        switch self {
        case .cloudTrail:
            return has(["eventSource", "eventName", "awsRegion"]) || has(["eventSource", "eventName", "eventTime"])
        case .resolver: return has(["query_name", "query_type", "rcode"])
        case .waf: return has(["webaclId", "action"])
        default: return false
        }
    }

    /// True for a row that has the looks of the log's; quick, as every row is looked at.
    func fits(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        if let columns { return columns.fits(block, range) }
        return self == .lambda || ServiceLog.isObject(block, range)
    }

    /// True for a row between braces.
    static func isObject(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, EnvelopeHead.isSpace(block.byte(start)) { start += 1 }
        while end > start, EnvelopeHead.isSpace(block.byte(end - 1)) { end -= 1 }
        return end - start > 1 && block.byte(start) == UInt8(ascii: "{") && block.byte(end - 1) == UInt8(ascii: "}")
    }
}
