import RoadblockCore

/// The small tables that the examples of the help read, each a log of a few lines.
package enum ExampleTable: String, Sendable, CaseIterable {
    /// A VPC flow log in the default format.
    case flows
    /// JSON lines of an application.
    case events
    /// Plain text lines, half of them of the hour before.
    case lines

    /// The log group whose name the table goes by.
    package var logGroup: String { "123456789010:example-\(rawValue)" }

    /// What the table is, for whoever reads an example.
    package var title: String {
        switch self {
        case .flows: "a VPC flow log"
        case .events: "JSON lines"
        case .lines: "text lines"
        }
    }

    /// The range that queries are asked about: from 14:00 up to half past two, 27 November 2026, in milliseconds.
    package static let range: (start: Int64, end: Int64) = (1_795_788_000_000, 1_795_789_799_999)

    /// That range in words.
    package static let rangeText = "14:00 to 14:30"

    /// Tables of `lookup` and `cidrlookup`, by name.
    package static let lookups: [(name: String, text: String)] = [
        ("hosts", "address,host,team\n10.0.1.5,web-1,shop\n10.0.2.9,db-1,data\n"),
        ("networks", "block,network\n10.0.0.0/8,inside\n10.0.2.0/24,databases\n0.0.0.0/0,internet\n"),
    ]

    package var text: String {
        switch self {
        case .flows:
            """
            2 123456789010 eni-0a1b2c3d - - - - - - - 1795788000 1795788060 - NODATA
            2 123456789010 eni-0a1b2c3d 10.0.1.5 10.0.2.9 49152 5432 6 12 4200 1795788000 1795788060 ACCEPT OK
            2 123456789010 eni-0a1b2c3d 10.0.2.9 10.0.1.5 5432 49152 6 10 9800 1795788000 1795788060 ACCEPT OK
            2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.1.5 51034 8088 6 3 180 1795788060 1795788120 REJECT OK
            2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.1.5 51036 8088 6 3 180 1795788120 1795788180 REJECT OK
            2 123456789010 eni-0a1b2c3d 10.0.1.5 10.0.0.2 40112 53 17 1 64 1795788300 1795788360 ACCEPT OK
            2 123456789010 eni-0a1b2c3d 203.0.113.9 10.0.1.5 6000 22 6 1 40 1795788960 1795789020 REJECT OK

            """
        case .events: ExampleTable.eventLines
        case .lines: ExampleTable.textLines
        }
    }

    private static let eventLines = """
        {"time":"2026-11-27T14:00:05Z","level":"INFO","service":"shop","user":"ana","ms":182,"ok":true,\
        "request":{"path":"/cart"},"tags":["web","eu"],"text":"user=ana took 182 ms"}
        {"time":"2026-11-27T14:01:10Z","level":"ERROR","service":"shop","user":"ben","ms":1830,"ok":false,\
        "request":{"path":"/pay"},"tags":["web"],"text":"user=ben took 1830 ms"}
        {"time":"2026-11-27T14:06:00Z","level":"INFO","service":"search","ms":95,"ok":true,\
        "request":{"path":"/find?q=red%20shoes"},"text":"took 95 ms"}
        {"time":"2026-11-27T14:07:30Z","level":"WARN","service":"search","user":"Ana","ms":640,"ok":true,\
        "request":{"path":"/find?q=hat"},"text":"user=Ana took 640 ms"}
        {"time":"2026-11-27T14:21:00Z","level":"INFO","service":"shop","user":"ana","ms":175,"ok":true,\
        "request":{"path":"/cart"},"tags":["web","eu"],"text":"user=ana took 175 ms"}

        """

    private static let textLines = """
        2026-11-27T13:31:02Z INFO order 1001 of ana paid in 120 ms
        2026-11-27T13:40:11Z INFO order 1002 of ben paid in 131 ms
        2026-11-27T13:52:40Z ERROR order 1003 failed: timeout after 3000 ms
        2026-11-27T14:02:09Z INFO order 1004 of ana paid in 118 ms
        2026-11-27T14:09:33Z ERROR order 1005 failed: timeout after 3000 ms
        2026-11-27T14:10:02Z ERROR order 1006 failed: timeout after 3000 ms
        2026-11-27T14:18:57Z WARN queue of 12 orders waits for the bank
        2026-11-27T14:25:15Z INFO order 1007 of cleo paid in 140 ms

        """
}
