/// The columns of a service's log: separated by blanks, some in double quotes, in a fixed order, later ones appended.
struct ServiceColumns: Sendable {
    /// How a column's text is held.
    enum Kind: Sendable {
        /// A decimal number; `-` and anything else stay text.
        case number
        /// A text that comes again and again.
        case word
        /// A text that may be different in each line.
        case text
        /// An address and a port, which are fields of their own too.
        case endpoint
        /// Method, URL and version of a request, which are fields of their own too.
        case request
    }

    /// What of a column a field is.
    enum Part: Hashable, Sendable {
        case whole, host, port
        /// The words of a request.
        case verb, url, version
    }

    struct Column: Sendable {
        var name: String
        var kind: Kind
        /// What the names of an endpoint's parts begin with.
        var prefix: String

        init(_ name: String, _ kind: Kind, prefix: String = "") {
            self.name = name
            self.kind = kind
            self.prefix = prefix
        }
    }

    var columns: [Column]
    /// Columns that every line has.
    var least: Int
    /// The column with the event's time.
    var time: Int
    /// What the first column is to be; any text where there are none.
    var opening: [String] = []
    /// The column with a text that ends like an endpoint, where logs are told by one.
    var endpoint: Int?
    /// The column with an address, where logs are told by one.
    var address: Int?
    /// True where the time stands in brackets, as in the Common Log Format.
    var hasBrackets = false

    /// The names of all fields.
    var fieldNames: [String] { fields.map(\.name) }

    /// All fields: whole columns, and parts of columns.
    private var fields: [(name: String, column: Int, part: Part)] {
        var fields: [(name: String, column: Int, part: Part)] = []
        for (index, column) in columns.enumerated() {
            fields.append((column.name, index, .whole))
            switch column.kind {
            case .number, .word, .text: break
            case .endpoint:
                fields.append((column.prefix + "_ip", index, .host))
                fields.append((column.prefix + "_port", index, .port))
            case .request:
                fields.append(("request_verb", index, .verb))
                fields.append(("request_url", index, .url))
                fields.append(("request_proto", index, .version))
            }
        }
        return fields
    }

    /// The column and the part of it that a field is.
    func field(_ name: String) -> (column: Int, part: Part)? {
        fields.first { $0.name == name }.map { ($0.column, $0.part) }
    }
}

extension ServiceColumns {
    /// Source: Amazon Route 53 Developer Guide, "Public DNS query logging"; names as CloudWatch discovers them.
    static let hostedZone = ServiceColumns(
        columns: [
            Column("version", .word), Column("queryTimestamp", .text), Column("hostZoneId", .word),
            Column("queryName", .word), Column("queryType", .word), Column("responseCode", .word),
            Column("protocol", .word), Column("edgeLocation", .word), Column("resolverIp", .word),
            Column("ednsClientSubnet", .word),
        ],
        least: 9,
        time: 1,
        opening: ["1.0"]
    )

    /// Source: Elastic Load Balancing, "Access logs for your Application Load Balancer".
    static let applicationLoadBalancer = ServiceColumns(
        columns: [
            Column("type", .word), Column("time", .text), Column("elb", .word),
            Column("client:port", .endpoint, prefix: "client"), Column("target:port", .endpoint, prefix: "target"),
            Column("request_processing_time", .number), Column("target_processing_time", .number),
            Column("response_processing_time", .number), Column("elb_status_code", .number),
            Column("target_status_code", .number), Column("received_bytes", .number), Column("sent_bytes", .number),
            Column("request", .request), Column("user_agent", .word), Column("ssl_cipher", .word),
            Column("ssl_protocol", .word), Column("target_group_arn", .word), Column("trace_id", .text),
            Column("domain_name", .word), Column("chosen_cert_arn", .word), Column("matched_rule_priority", .number),
            Column("request_creation_time", .text), Column("actions_executed", .word), Column("redirect_url", .text),
            Column("error_reason", .word), Column("target:port_list", .text), Column("target_status_code_list", .word),
            Column("classification", .word), Column("classification_reason", .word), Column("conn_trace_id", .text),
            Column("transformed_host", .word), Column("transformed_uri", .text),
            Column("request_transform_status", .word),
        ],
        least: 12,
        time: 1,
        opening: ["http", "https", "h2", "grpcs", "ws", "wss"],
        endpoint: 3
    )

    /// Source: Elastic Load Balancing, "Access logs for your Network Load Balancer".
    static let networkLoadBalancer = ServiceColumns(
        columns: [
            Column("type", .word), Column("version", .word), Column("time", .text), Column("elb", .word),
            Column("listener", .word), Column("client:port", .endpoint, prefix: "client"),
            Column("destination:port", .endpoint, prefix: "destination"), Column("connection_time", .number),
            Column("tls_handshake_time", .number), Column("received_bytes", .number), Column("sent_bytes", .number),
            Column("incoming_tls_alert", .word), Column("chosen_cert_arn", .word), Column("chosen_cert_serial", .word),
            Column("tls_cipher", .word), Column("tls_protocol_version", .word), Column("tls_named_group", .word),
            Column("domain_name", .word), Column("alpn_fe_protocol", .word), Column("alpn_be_protocol", .word),
            Column("alpn_client_preference_list", .word), Column("tls_connection_creation_time", .text),
        ],
        least: 12,
        time: 2,
        opening: ["tls"],
        endpoint: 5
    )

    /// Source: Elastic Load Balancing, "Access logs for your Classic Load Balancer".
    static let classicLoadBalancer = ServiceColumns(
        columns: [
            Column("time", .text), Column("elb", .word), Column("client:port", .endpoint, prefix: "client"),
            Column("backend:port", .endpoint, prefix: "backend"), Column("request_processing_time", .number),
            Column("backend_processing_time", .number), Column("response_processing_time", .number),
            Column("elb_status_code", .number), Column("backend_status_code", .number),
            Column("received_bytes", .number), Column("sent_bytes", .number), Column("request", .request),
            Column("user_agent", .word), Column("ssl_cipher", .word), Column("ssl_protocol", .word),
        ],
        least: 11,
        time: 0,
        endpoint: 2
    )

    /// Source: Elastic Load Balancing, "Connection logs for your Application Load Balancer".
    static let loadBalancerConnections = ServiceColumns(
        columns: [
            Column("timestamp", .text), Column("client_ip", .word), Column("client_port", .number),
            Column("listener_port", .number), Column("tls_protocol", .word), Column("tls_cipher", .word),
            Column("tls_handshake_latency", .number), Column("leaf_client_cert_subject", .word),
            Column("leaf_client_cert_validity", .word), Column("leaf_client_cert_serial_number", .word),
            Column("tls_verify_status", .word), Column("conn_trace_id", .text),
        ],
        least: 12,
        time: 0,
        address: 1
    )

    /// Source: Amazon S3 User Guide, "Amazon S3 server access log format"; names as in its table for Athena.
    static let bucketAccess = ServiceColumns(
        columns: [
            Column("bucketowner", .word), Column("bucket_name", .word), Column("requestdatetime", .text),
            Column("remoteip", .word), Column("requester", .word), Column("requestid", .text),
            Column("operation", .word), Column("key", .text), Column("request_uri", .request),
            Column("httpstatus", .number), Column("errorcode", .word), Column("bytessent", .number),
            Column("objectsize", .number), Column("totaltime", .number), Column("turnaroundtime", .number),
            Column("referrer", .word), Column("useragent", .word), Column("versionid", .text),
            Column("hostid", .text), Column("sigv", .word), Column("ciphersuite", .word), Column("authtype", .word),
            Column("endpoint", .word), Column("tlsversion", .word), Column("accesspointarn", .word),
            Column("aclrequired", .word), Column("sourceregion", .word),
        ],
        least: 17,
        time: 2,
        hasBrackets: true
    )
}
