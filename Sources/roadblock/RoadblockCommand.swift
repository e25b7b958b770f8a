import ArgumentParser

/// The root of the command line; each command has a file of its own.
struct RoadblockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roadblock",
        abstract: "Is my traffic being blocked, where, and by what?",
        version: Program.version,
        subcommands: [
            DiagnoseCommand.self, DemoCommand.self, QueryCommand.self, PacketsCommand.self, ConversationsCommand.self,
            ProbeCommand.self, TagsCommand.self,
        ]
    )
}
