import ArgumentParser
import Diagnosis
import Packets
import RoadblockCore

/// `roadblock diagnose SOURCE...`: one command to an answer.
struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Say what is blocked, since when, how sure that is, and what to send to the network administrator.",
        discussion: """
            Reads captures (pcap or pcapng), VPC flow logs (default and custom formats) and logs of other firewalls \
            (`roadblock query --list-formats`), plain, gzip or zstd, told apart by their content. Several are read as one; captures of several points also tell between which of them \
            a packet was lost, whatever their clocks and translated addresses.

            EXAMPLES
              roadblock diagnose client.pcapng
              roadblock diagnose client.pcapng server.pcapng
              roadblock diagnose AWSLogs/ --owners ip-ranges.json
              tcpdump -i any -U -w - | roadblock diagnose -
              roadblock diagnose ring/ -o json | jq '.findings[] | select(.noise | not)'
            """
    )

    @OptionGroup var sources: EvidenceSources
    @OptionGroup var report: ReportOptions

    func run() throws {
        try report.run(sources.resolve(quiet: report.quiet))
    }
}

/// `roadblock demo`: the diagnosis of the sample captures and flow logs that ship with the program.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Diagnose the sample data that ships with the program."
    )

    @OptionGroup var report: ReportOptions

    func run() throws {
        try report.run(Samples.inputs(), extras: Samples.extras())
    }
}
