import LogFormats
import RoadblockCore
import TestSupport
import Testing

/// Files that CloudWatch exports: a time in front of each event, and events of several lines.
struct ExportTests {
    private static let flow =
        "2 123456789012 eni-1 10.0.1.5 10.0.2.9 49152 8088 6 10 840 1764000000 1764000060 REJECT OK"
    private static let stamp = "2026-11-24T00:00:0"

    /// A gzip file with stored blocks (RFC 1951, 3.2.4).
    private func gzip(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        let pieces = stride(from: 0, to: bytes.count, by: 60_000).map { bytes[$0..<min(bytes.count, $0 + 60_000)] }
        for (index, piece) in pieces.enumerated() {
            let count = UInt16(piece.count)
            file.append(index == pieces.count - 1 ? 1 : 0)
            for word in [count, ~count] { file += [UInt8(word & 255), UInt8(word >> 8)] }
            file += piece
        }
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for word in [~crc, UInt32(bytes.count)] {
            for shift in [0, 8, 16, 24] { file.append(UInt8(word >> UInt32(shift) & 255)) }
        }
        return file
    }

    @Test("reads text events of several lines without their times, whatever the pieces")
    func severalLines() throws {
        let text =
            "\(Self.stamp)0.000Z first\n  at one\n\n  at two\r\n\(Self.stamp)1.500Z second\n\n\(Self.stamp)2.000Z third"
        for step in [Int.max, 60, 13] {
            let table = try TableRows(
                [("x/app/000000.gz", gzip(text))],
                ["@timestamp", "@logStream", "@message"],
                step: step
            )
            #expect(
                table.rows == [
                    ["1795478400000", "app", "first\n  at one\n\n  at two"], ["1795478401500", "app", "second"],
                    ["1795478402000", "app", "third"],
                ]
            )
        }
    }

    @Test("an event's lines stay together where blocks end, and very long ones are read", arguments: [1, 64])
    func blocks(divisor: Int) throws {
        var text = ""
        for index in 0..<3000 {
            text += "\(Self.stamp)\(index % 10).000Z event \(index)\n"
            for line in 0..<(index % 50) { text += "\tat line \(line) of \(index)\n" }
        }
        text +=
            "\(Self.stamp)0.000Z long\n" + String(repeating: "x", count: 900_000) + "\nend\n\(Self.stamp)1.000Z last\n"
        let table = try TableRows([("000000.gz", gzip(text))], ["@message", "@timestamp"], divisor: divisor)
        #expect(table.rows.count == 3002)
        for (index, row) in table.rows.prefix(3000).enumerated() {
            let lines = (row[0] ?? "").split(separator: "\n")
            #expect(
                lines.count == 1 + index % 50 && lines[0] == "event \(index)"
                    && row[1] == "\(1_795_478_400_000 + index % 10 * 1000)"
            )
        }
        #expect(table.rows[3000][0]?.utf8.count == 900_009 && table.rows[3001][0] == "last")
    }

    @Test("a text that is not compressed keeps its times, as they are its own")
    func plainText() throws {
        let table = try TableRows("\(Self.stamp)0.000Z first\nmore\n", ["@timestamp", "@message"])
        #expect(table.rows == [["1795478400000", "\(Self.stamp)0.000Z first"], [nil, "more"]])
    }

    @Test("finds the format beneath the times")
    func formats() throws {
        let trail = #"{"eventSource":"ec2.amazonaws.com","eventName":"A","awsRegion":"x"}"#
        for text in [trail, "{\n  \"eventSource\":\"s\",\n  \"eventName\":\"A\",\"awsRegion\":\"x\"}"] {
            let stamped = "\(Self.stamp)1.000Z \(text)\n\(Self.stamp)2.000Z \(text)\n"
            let table = try TableRows(stamped, ["eventName", "@timestamp", "@message"], .given(.service(.cloudTrail)))
            #expect(table.rows == [["A", "1795478401000", text], ["A", "1795478402000", text]])
            #expect(table.notes.isEmpty)
        }
        #expect(try TableRows("\(Self.stamp)1.000Z \(trail)\n", []).formats == ["CloudTrail events"])
        let lambda = try TableRows("\(Self.stamp)1.000Z START RequestId: 3f1e Version: 1\n", ["@type", "@timestamp"])
        #expect(lambda.rows == [["START", "1795478401000"]])
    }

    @Test("reads exported flow logs, custom ones as well")
    func flowLogs() throws {
        let text = "\(Self.stamp)0.000Z \(Self.flow)\n"
        let table = try TableRows(
            [("t/eni-1-all/000000.gz", gzip(text))],
            ["@message", "action", "@logStream", "@timestamp"]
        )
        #expect(table.rows == [[Self.flow, "REJECT", "eni-1-all", "1764000000000"]])
        #expect(!table.fields.contains("exportTime"))
        let layout = try FlowLogLayout(format: "${start} ${end} ${srcaddr} ${action}")
        let custom = try TableRows(
            "\(Self.stamp)0.000Z 10 20 10.0.0.1 ACCEPT\n",
            ["srcAddr", "action", "@message"],
            .given(.flowLog(layout))
        )
        #expect(custom.rows == [["10.0.0.1", "ACCEPT", "10 20 10.0.0.1 ACCEPT"]])
    }

    @Test("reads lines up to the limit, and counts those beyond")
    func longLines() throws {
        for (length, isRead) in [(16_500_000, true), (16_900_000, false)] {
            let long = [UInt8](repeating: 0x78, count: length)
            let table = try TableRows([("long", Array("first\n".utf8) + long + Array("\nlast\n".utf8))], ["@message"])
            let lengths = table.rows.map { $0[0]?.utf8.count }
            #expect(lengths == (isRead ? [5, length, 4] : [5, 4]))
            #expect(table.skipped == (isRead ? 0 : 1))
        }
    }
}
