import LogFormats
import RoadblockCore
import Testing

/// Logs of services: lines made by the tables of their columns.
struct ServiceLogTests {
    private static let alb = """
        https 2026-11-24T22:23:00.186641Z app/web/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.7:8080 0.001 0.25 -1 502 - 34 366 \
        "GET https://www.example.com:443/a?b=c d HTTP/1.1" "Mozilla/5.0 (X11; \\"x\\" y)" ECDHE-RSA TLSv1.2 \
        arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t/73e2d6bc24d8a067 "Root=1-58337262-36d2" \
        "www.example.com" "-" 7 2026-11-24T22:22:48.364000Z "waf,forward" "-" "-" "10.0.0.7:8080" "-" "Ambiguous" "EmptyHeader" \
        TID_12 "h.example.com" "/new" "TransformSuccess"
        """
    private static let nlb = """
        tls 2.0 2026-11-24T08:51:42 net/my/c6e77e28c25b2234 g3d4b5e8bb8464cd [2001:db8::8]:51341 10.0.0.5:443 5 2 98 246 \
        46 arn:cert serial ECDHE-RSA tlsv12 group a.example.com h2 - "h2","http/1.1" 2026-11-24T08:51:20
        """
    private static let elb = """
        2026-11-24T23:39:43.945958Z my-lb 192.0.2.3:2817 - 0.000073 -1 -1 503 0 0 29 "GET http://www.example.com:80/ HTTP/1.1" \
        "curl/7.38.0" - -
        """
    private static let zone =
        "1.0 2026-11-24T08:15:50.235Z Z123412341234 example.com AAAA NXDOMAIN TCP IAD12 192.0.2.0 "

    private static let trail =
        #"{"eventTime":"2026-11-24T10:00:00Z","eventSource":"ec2.amazonaws.com","#
        + #""eventName":"StopInstances","awsRegion":"eu-west-1","requestParameters":{"items":[{"id":"i-1"},{"id":"i-2"}]}}"#
    private static let resolver =
        #"{"query_timestamp":"2026-11-24T15:00:05Z","vpc_id":"vpc-1","query_name":"a.example.","#
        + #""query_type":"A","rcode":"NOERROR","answers":[],"srcaddr":"10.0.1.4","firewall_rule_action":"BLOCK"}"#
    private static let waf =
        #"{"timestamp":1795478400123,"formatVersion":1,"webaclId":"arn","action":"BLOCK","#
        + #""httpRequest":{"clientIp":"203.0.113.7","headers":[{"name":"Host","value":"h"}]}}"#
    private static let request = "8f5a2f6e-1111-2222-3333-444455556666"

    @Test(
        "finds what a log is by its content",
        arguments: [
            (alb, "Application Load Balancer access log"), (nlb, "Network Load Balancer access log"),
            (elb, "Classic Load Balancer access log"), (zone + "-", "Route 53 hosted zone queries"),
            (trail, "CloudTrail events"), (resolver, "Route 53 Resolver queries"), (waf, "WAF log"),
            ("printed\nSTART RequestId: \(request) Version: $LATEST", "Lambda log"),
            ("{\"a\":1}", "JSON lines"), ("START of something", "text lines"),
            ("2026-11-24T23:39:43.945958Z service up after 3 s", "text lines"),
        ]
    )
    func findsFormat(text: String, title: String) throws {
        #expect(try TableRows(text + "\n", []).formats == [title])
        // A line or two that do not fit change nothing.
        #expect(try TableRows(text + "\n" + text + "\n" + text + "\n(cut\n", []).formats == [title])
    }

    @Test("reads all columns of an Application Load Balancer's access log, and the parts of some")
    func applicationLoadBalancer() throws {
        let names = [
            "@timestamp", "type", "time", "elb", "client:port", "client_ip", "client_port", "target:port", "target_ip",
            "target_port", "request_processing_time", "target_processing_time", "response_processing_time",
            "elb_status_code", "target_status_code", "received_bytes", "sent_bytes", "request", "request_verb",
            "request_url", "request_proto", "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn", "trace_id",
            "domain_name", "chosen_cert_arn", "matched_rule_priority", "request_creation_time", "actions_executed",
            "redirect_url", "error_reason", "target:port_list", "target_status_code_list", "classification",
            "classification_reason", "conn_trace_id", "transformed_host", "transformed_uri", "request_transform_status",
        ]
        let table = try TableRows(Self.alb, names)
        #expect(table.fields == Array(names.dropFirst()))
        #expect(
            table.rows == [
                [
                    "1795558980186", "https", "2026-11-24T22:23:00.186641Z", "app/web/50dc6c495c0c9188",
                    "192.0.2.1:2817", "192.0.2.1", "2817", "10.0.0.7:8080", "10.0.0.7", "8080", "0.001", "0.25", "-1",
                    "502", "-", "34", "366", "GET https://www.example.com:443/a?b=c d HTTP/1.1", "GET",
                    "https://www.example.com:443/a?b=c d", "HTTP/1.1", #"Mozilla/5.0 (X11; \"x\" y)"#, "ECDHE-RSA",
                    "TLSv1.2", "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t/73e2d6bc24d8a067",
                    "Root=1-58337262-36d2", "www.example.com", "-", "7", "2026-11-24T22:22:48.364000Z", "waf,forward",
                    "-", "-", "10.0.0.7:8080", "-", "Ambiguous", "EmptyHeader", "TID_12", "h.example.com", "/new",
                    "TransformSuccess",
                ]
            ]
        )
    }

    @Test("reads the connection log of a load balancer")
    func loadBalancerConnections() throws {
        let text = """
            2026-11-24T20:05:12.123456Z 2001:db8::7 33410 443 TLSv1.2 ECDHE-RSA 4.054 "CN=a.com,O=b c" NotBefore=2023 FEF2 \
            Success TID_6e
            2026-11-24T20:05:13Z 192.0.2.1 36280 443 - - - - - - - TID_1f
            2026-11-24T20:05:14Z 192.0.2.1 36280 443 TLSv1.2 E 0.002 "CN=x" - - Failed:ClientCertUntrusted TID_2
            """
        let table = try TableRows(
            text,
            [
                "@timestamp", "client_ip", "client_port", "tls_handshake_latency", "leaf_client_cert_subject",
                "tls_verify_status",
            ]
        )
        #expect(table.formats == ["Application Load Balancer connection log"])
        #expect(
            table.rows == [
                ["1795550712123", "2001:db8::7", "33410", "4.054", "CN=a.com,O=b c", "Success"],
                ["1795550713000", "192.0.2.1", "36280", "-", "-", "-"],
                ["1795550714000", "192.0.2.1", "36280", "0.002", "CN=x", "Failed:ClientCertUntrusted"],
            ]
        )
    }

    @Test("reads the server access log of S3, old and new lines")
    func bucketAccess() throws {
        let text = #"""
            79a5 b [24/Nov/2026:00:00:38 +0000] 192.0.2.3 79a5 3E57 REST.GET.VERSIONING - "GET /b?versioning HTTP/1.1" 200 - \#
            113 - 7 - "-" "S3Console/0.4" - s9lz+5c= SigV4 ECDHE AuthHeader b.s3.amazonaws.com TLSV1.2 arn:ap Yes us-east-1
            79a5 b [24/Nov/2026:01:00:39 +0100] 2001:db8::1 - 3E57 REST.PUT.OBJECT a.pdf "PUT /a%20b.pdf HTTP/1.1" 403 \#
            AccessDenied 243 - 11 - "-" "Mozilla/5.0 "q"" -
            """#
        let table = try TableRows(
            text,
            [
                "@timestamp", "remoteip", "operation", "request_verb", "request_url", "httpstatus", "errorcode",
                "useragent", "sourceregion",
            ]
        )
        #expect(table.formats == ["S3 server access log"])
        #expect(
            table.rows == [
                [
                    "1795478438000", "192.0.2.3", "REST.GET.VERSIONING", "GET", "/b?versioning", "200", "-",
                    "S3Console/0.4", "us-east-1",
                ],
                [
                    "1795478439000", "2001:db8::1", "REST.PUT.OBJECT", "PUT", "/a%20b.pdf", "403", "AccessDenied",
                    #"Mozilla/5.0 "q""#, nil,
                ],
            ]
        )
        #expect(table.notes.isEmpty)
    }

    @Test("reads CloudFront's logs by their head, or by the usual columns, and their JSON")
    func cloudFront() throws {
        let names = ["@timestamp", "c-ip", "sc-status", "cs(User-Agent)"]
        let row = ["2026-11-24", "10:00:00", "LAX1", "392", "192.0.2.1", "GET", "d", "/x", "502", "-", "curl/8%20x"]
        let wanted = ["1795514400000", "192.0.2.1", "502", "curl/8%20x"]
        let head =
            "#Version: 1.0\r\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) "
            + "cs-uri-stem sc-status cs(Referer) cs(User-Agent)\r\n"
        let line = row.joined(separator: "\t") + "\r\n"
        let table = try TableRows(head + line + head + line + "cut\tx\r\n", names)
        #expect(table.rows == [wanted, wanted, [nil, nil, nil, nil]])
        #expect(table.notes == ["line 7 does not fit the format cloudfront: there is only its @message"])
        let rest = String(repeating: "\t-", count: 22)
        let headless = try TableRows(row.joined(separator: "\t") + rest + "\n", names, .given(.headed(.cloudFront)))
        #expect(headless.rows == [wanted])
        let json = try TableRows(
            #"{"date":"2026-11-24","time":"10:00:00","c-ip":"192.0.2.1"}"# + "\n",
            ["@timestamp", "c-ip"]
        )
        #expect(json.rows == [["1795514400000", "192.0.2.1"]])
    }

    @Test("reads what web servers write with a head of field names")
    func webServer() throws {
        let text =
            "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method sc-status\n"
            + "2026-11-24 10:00:00 fe80::1 GET 200\n"
        let table = try TableRows(text, ["@timestamp", "s-ip", "sc-status"])
        #expect(table.rows == [["1795514400000", "fe80::1", "200"]])
    }

    @Test("reads lines that lack the later columns, and keeps those that do not fit")
    func shorterLines() throws {
        let old = Self.alb.split(separator: " ").prefix(22).joined(separator: " ")
        let table = try TableRows(
            [Self.alb, old, "cut off in the", old].joined(separator: "\r\n"),
            ["elb_status_code", "ssl_protocol", "conn_trace_id", "@message"]
        )
        #expect(table.rows.map { $0[0] } == ["502", "502", nil, "502"])
        #expect(table.rows.map { $0[1] } == ["TLSv1.2", "TLSv1.2", nil, "TLSv1.2"])
        #expect(table.rows.map { $0[2] } == ["TID_12", nil, nil, nil])
        #expect(table.rows.map { $0[3] } == [Self.alb, old, "cut off in the", old])
        #expect(table.notes == ["line 3 does not fit the format alb: there is only its @message"])
    }

    @Test("reads the columns of the other load balancers")
    func loadBalancers() throws {
        let network = try TableRows(
            Self.nlb,
            [
                "@timestamp", "listener", "client_ip", "client_port", "destination_ip", "tls_handshake_time",
                "incoming_tls_alert", "tls_named_group", "domain_name", "alpn_client_preference_list",
                "tls_connection_creation_time",
            ]
        )
        #expect(
            network.rows == [
                [
                    "1795510302000", "g3d4b5e8bb8464cd", "2001:db8::8", "51341", "10.0.0.5", "2", "46", "group",
                    "a.example.com", #"h2","http/1.1"#, "2026-11-24T08:51:20",
                ]
            ]
        )
        let classic = try TableRows(
            Self.elb,
            [
                "@timestamp", "client_ip", "backend:port", "backend_ip", "backend_port", "request_processing_time",
                "user_agent",
            ]
        )
        #expect(classic.rows == [["1795563583945", "192.0.2.3", "-", "-", "-", "7.3e-05", "curl/7.38.0"]])
    }

    @Test("reads queries to hosted zones under the names that CloudWatch discovers")
    func hostedZone() throws {
        let names = [
            "version", "queryTimestamp", "hostZoneId", "queryName", "queryType", "responseCode", "protocol",
            "edgeLocation", "resolverIp", "ednsClientSubnet",
        ]
        let table = try TableRows(Self.zone + "198.51.100.0/24\n" + Self.zone + "-\n", ["@timestamp"] + names)
        #expect(table.fields == names)
        let expected: [String?] = [
            "1795508150235", "1.0", "2026-11-24T08:15:50.235Z", "Z123412341234", "example.com", "AAAA", "NXDOMAIN",
            "TCP", "IAD12", "192.0.2.0",
        ]
        #expect(table.rows == [expected + ["198.51.100.0/24"], expected + ["-"]])
    }

    @Test(
        "reads the JSON of services, with the time that each has",
        arguments: [
            (trail, "requestParameters.items.1.id", "i-2", "1795514400000"),
            (resolver, "firewall_rule_action", "BLOCK", "1795532405000"),
            (waf, "httpRequest.headers.0.name", "Host", "1795478400123"),
        ]
    )
    func json(line: String, field: String, value: String, time: String) throws {
        let table = try TableRows(line + "\nnot JSON\n" + line + "\n", ["@timestamp", field, "@message"])
        #expect(table.fields.contains(field))
        #expect(table.rows == [[time, value, line], [nil, nil, "not JSON"], [time, value, line]])
        #expect(table.notes.count == 1)
    }

    @Test("says when an event has more fields than CloudWatch discovers")
    func manyFields() throws {
        func event(_ count: Int) -> String {
            "{" + (0..<count).map { "\"f\($0)\":\($0)" }.joined(separator: ",") + "}\n"
        }
        #expect(try TableRows(event(200), ["f199"]).notes.isEmpty)
        let table = try TableRows(event(201), ["f200"])
        #expect(table.rows == [["200"]])
        #expect(table.notes.count == 1 && table.notes[0].hasPrefix("an event has 201 fields"))
    }

    @Test("discovers what Lambda reports, and the first JSON of what functions print")
    func lambda() throws {
        let lines = [
            "START RequestId: \(Self.request) Version: $LATEST",
            "[INFO]\t2026-11-24T10:00:01.123Z\t\(Self.request)\tcall {x} { \"user\": {\"id\": 7}} {\"b\":2}",
            "2026-11-24T10:00:02.000Z\t\(Self.request)\tERROR\tfailed",
            "END RequestId: \(Self.request)",
            "REPORT RequestId: \(Self.request)\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\t"
                + "Max Memory Used: 60 MB\tInit Duration: 210.5 ms\tXRAY TraceId: 1-5e34a614-10bd\tSegmentId: 07f5d6b5\t"
                + "Sampled: true",
            "REPORT RequestId: 3f1e Duration: 3000.00 ms Billed Duration: 3000 ms Memory Size: 512 MB "
                + "Max Memory Used: 60 MB Status: timeout",
            "{\"level\":\"info\"}",
        ]
        let table = try TableRows(
            lines.joined(separator: "\n"),
            [
                "@type", "@requestId", "@duration", "@billedDuration", "@initDuration", "@memorySize", "@maxMemoryUsed",
                "@xrayTraceId", "@xraySegmentId", "user.id", "b", "level", "@timestamp",
            ]
        )
        let none: [String?] = Array(repeating: nil, count: 13)
        func row(_ values: [Int: String]) -> [String?] { none.indices.map { values[$0] } }
        #expect(table.rows.count == 7)
        #expect(table.rows[0] == row([0: "START", 1: Self.request]))
        #expect(table.rows[1] == row([1: Self.request, 9: "7", 12: "1795514401123"]))
        #expect(table.rows[2] == row([1: Self.request, 12: "1795514402000"]))
        #expect(table.rows[3] == row([0: "END", 1: Self.request]))
        #expect(
            table.rows[4]
                == row([
                    0: "REPORT", 1: Self.request, 2: "102.25", 3: "103", 4: "210.5", 5: "128000000", 6: "60000000",
                    7: "1-5e34a614-10bd", 8: "07f5d6b5",
                ])
        )
        #expect(
            table.rows[5]
                == row([0: "REPORT", 1: "3f1e", 2: "3000", 3: "3000", 5: "512000000", 6: "60000000"])
        )
        #expect(table.rows[6] == row([11: "info"]))
        #expect(
            table.fields.contains("@maxMemoryUsed") && table.fields.contains("user.id") && !table.fields.contains("b")
        )
        #expect(table.notes.isEmpty)
    }

    @Test(
        "reads Lambda's lines behind what `aws logs tail` prints in front of them",
        arguments: ["2026-11-24T10:00:01.123000+00:00 2026/11/24/[$LATEST]ab12 ", "2026-11-24T10:00:01 "]
    )
    func tailed(_ front: String) throws {
        let lines = [
            "START RequestId: \(Self.request) Version: $LATEST",
            "2026-11-24T10:00:02.000Z\t\(Self.request)\tERROR\tfailed",
            "REPORT RequestId: 3f1e\tDuration: 12.5 ms\tMemory Size: 128 MB",
        ]
        let names = ["@type", "@requestId", "@duration", "@memorySize", "@timestamp"]
        let table = try TableRows(lines.map { front + $0 }.joined(separator: "\n"), names)
        #expect(table.formats == ["Lambda log"])
        let time = front.contains(".123") ? "1795514401123" : "1795514401000"
        #expect(table.rows[0] == ["START", Self.request, nil, nil, time])
        #expect(table.rows[2] == ["REPORT", "3f1e", "12.5", "128000000", time])
        if front.contains("[") { #expect(table.rows[1] == [nil, Self.request, nil, nil, time]) }
    }

    @Test("reads JSON around a line of other bytes")
    func damagedJSON() throws {
        let odd = (0..<300).map { UInt8($0 % 8 + 1) }
        let text = Array("{\"n\":1}\n{\"n\":2}\n".utf8) + odd + Array("\n{\"n\":3}\n".utf8)
        let table = try TableRows([("test", text)], ["n"])
        #expect(table.rows == [["1"], ["2"], [nil], ["3"]])
        #expect(table.notes == ["line 3 does not fit the format json: there is only its @message"])
    }

    @Test("reads each input of several in its own format")
    func mixed() throws {
        let flow = "2 123456789012 eni-1 10.0.1.5 10.0.2.9 49152 8088 6 10 840 1764000000 1764000060 REJECT OK\n"
        var inputs = (0..<40).map { ("flow\($0)", Array(flow.utf8)) }
        inputs.append(("trail", Array(Self.trail.utf8)))
        inputs.append(("alb", Array(Self.alb.utf8)))
        let table = try TableRows(inputs, ["action", "eventName", "client_ip"])
        #expect(table.rows.filter { $0 == ["REJECT", nil, nil] }.count == 40)
        #expect(table.rows.contains([nil, "StopInstances", nil]) && table.rows.contains([nil, nil, "192.0.2.1"]))
        #expect(table.formats.contains("Application Load Balancer access log"))
    }

    @Test("takes the format that it is told")
    func given() throws {
        let table = try TableRows("3f1e printed\n", ["@message", "@type"], .given(.service(.lambda)))
        #expect(table.formats == ["Lambda log"] && table.rows == [["3f1e printed", nil]])
        // Both logs of Route 53 go by one name.
        #expect(try TableRows(Self.resolver, ["rcode"], .given(.service(.hostedZone))).rows == [["NOERROR"]])
        let names = Set(RecordFormat.named.map(\.name))
        for name in [
            "vpc-flow", "vpc-flow-custom", "tgw-flow", "json", "text", "cloudtrail", "route53", "lambda", "waf", "alb",
        ] {
            #expect(names.contains(name))
        }
    }
}
