/// Which of two ports is the service's, and what is known of a service's habits.
package enum ServicePorts {
    /// True when the first port is more likely the service's than the other one.
    package static func isServer(_ port: UInt16, other: UInt16) -> Bool {
        let (known, otherKnown) = (isRegisteredService(port), isRegisteredService(other))
        if known != otherKnown { return known }
        if (port < 1024) != (other < 1024) { return port < 1024 }
        return port < other
    }

    /// True when the first packet, from one port to another, is more likely an answer than a request.
    ///
    /// Of two ports that both are such as clients are given (Linux's `ip_local_port_range`), the lower one says nothing.
    package static func answers(_ port: UInt16, _ other: UInt16) -> Bool {
        port < 32_768 && isServer(port, other: other)
    }

    /// True when the first port is a service's and the other one is not.
    package static func isKnownServer(_ port: UInt16, other: UInt16) -> Bool {
        isRegisteredService(port) && !isRegisteredService(other)
    }

    /// Ports of services that are often seen; below 1024 all of them count.
    package static func isRegisteredService(_ port: UInt16) -> Bool {
        if port < 1024 { return port != 0 }
        switch port {
        case 1433, 1521, 1812, 1813, 2049, 2379, 3000, 3128, 3268, 3306, 3389, 4317, 4789, 5000, 5060, 5353, 5432, 5671,
            5672, 5900, 5985, 5986, 6379, 6443, 6514, 7000, 8000, 8080, 8081, 8086, 8088, 8125, 8443, 8888, 9000, 9042,
            9090, 9092, 9093, 9100, 9200, 9300, 9443, 10250, 11211, 15672, 25565, 27017:
            return true
        default: return false
        }
    }

    /// UDP services that answer every request.
    package static func answersRequests(_ port: UInt16) -> Bool {
        switch port {
        case 53, 88, 111, 123, 161, 389, 500, 1645, 1646, 1812, 1813, 3478, 5060: true
        default: false
        }
    }

    /// UDP services that never answer on the same ports: logs, flow exports, counters, traps, discovery, liveness.
    package static func neverAnswers(_ port: UInt16) -> Bool {
        switch port {
        case 67, 68, 137, 138, 162, 514, 520, 546, 547, 1900, 1985, 2055, 3222, 3503, 3702, 3784, 3785, 4739, 4784,
            4789, 5353, 5355, 6343, 6784,
            6081, 8125, 8472, 9995, 9996, 12201:
            true
        default: false
        }
    }
}
