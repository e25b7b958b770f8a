import RoadblockCore

/// The files of a directory that are not read, and why: each is named, so that nobody takes the rest for the whole.
struct LeftOutFiles {
    private var reasons: [String] = []
    /// What was wrong with the first that could not be opened.
    private var unopened: Failure?

    /// Files that are named one by one.
    private static let named = 5

    var count: Int { reasons.count }

    /// Leaves out what cannot be read.
    mutating func add(_ failure: Failure) {
        reasons.append(failure.message)
        if failure.kind != .badInput { unopened = unopened ?? failure }
    }

    /// Leaves out a file that is something else.
    mutating func add(_ reason: String) { reasons.append(reason) }

    /// Says what was left out of a directory, unless `quiet`.
    func say(of directory: String, quiet: Bool) {
        guard !quiet else { return }
        for reason in reasons.prefix(LeftOutFiles.named) {
            StandardError.write("roadblock: \(reason): it is left out\n")
        }
        let others = reasons.count - LeftOutFiles.named
        if others > 0 {
            let more = others == 1 ? "1 more file is" : "\(others) more files are"
            StandardError.write("roadblock: \(directory): \(more) left out\n")
        }
    }

    /// What is wrong with a directory in which nothing is left to read.
    func failure(of directory: String, holding nothing: String) -> Failure {
        if let unopened { return unopened }
        return Failure(.badInput, "\(directory) holds \(nothing)")
    }
}
