import ArgumentParser

/// `-r SOURCE`, as tshark's users name what is read.
struct ReadOption: ParsableArguments {
    @Option(
        name: .customShort("r", allowingJoined: true),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A source, as tshark takes it.", valueName: "source")
    )
    var read: [String] = []
}
