import LogFormats
import Query
import RoadblockCore

extension ParserTrial {
    /// Events with values of all kinds, and a few records of flows.
    private static let events: [(choice: FormatChoice, text: String)] = [
        (
            .given(.json),
            #"""
            {"timestamp": 1764000000000, "a": 5, "s": "GET /x?k=1 10.0.0.1", "l": [1, "two", {"k": [3]}], "m": {"k": 1e300}}
            {"timestamp": 1e300, "a": -1.5, "s": "", "j": "[1,\"x\",null,{\"k\":[7]}]", "n": null, "t": true}
            {"timestamp": "2025-11-24T16:00:00Z", "a": "12", "s": "user=\"a b\" id=7, c", "m": {"k": "é"}}

            """#
        ),
        (
            .automatic,
            """
            2 123456789010 eni-1 10.0.0.1 198.51.100.9 49152 443 6 10 8400 1764000000 1764000060 REJECT OK
            2 123456789010 eni-1 2001:db8::1 10.0.0.1 443 49152 6 10 8400 1764000600 1764000660 ACCEPT OK
            2 123456789010 eni-2 - - - - - - - 1764000000 1764000060 - NODATA

            """
        ),
    ]

    /// What a query makes of a few events, with next to no memory for groups.
    static func query(_ bytes: [UInt8]) {
        guard let plan = try? QueryPlan(QuerySyntax(parsing: String(decoding: bytes, as: UTF8.self))) else { return }
        var settings = QuerySettings(now: 1_764_000_000)
        settings.workers = 1
        settings.memory = 0
        settings.lookups["t"] = try? LookupTable("t", csv: Array("a,cidr,b\n5,10.0.0.0/8,x\n12,::/0,y\n".utf8))
        for (choice, text) in events {
            // Two inputs, so that there is a batch behind the first.
            let inputs = (0..<2).map { part in
                LogInput(name: "\(part)", choice: choice) { MemorySource(Array(text.utf8)) }
            }
            let table = LogTable(inputs)
            guard let known = try? table.describe().fields else { continue }
            _ = try? QueryRun.run(plan, TableFields(known: known, isOpen: true), table, settings)
        }
    }
}
