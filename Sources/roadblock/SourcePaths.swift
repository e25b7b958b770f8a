import RoadblockCore

/// The files behind the paths, directories and patterns of a command line.
enum SourcePaths {
    /// The files, in the order of the sources; those of directories by name and only where they are wanted.
    ///
    /// `-` stays what it is. `holding` says what a directory without wanted files is said to hold.
    /// - Throws: `Failure` of kind `cannotOpen` for a path that is not there, `badInput` for a directory without files.
    static func files(
        _ sources: [String],
        holding nothing: String,
        isWanted: (String) -> Bool
    ) throws(Failure) -> [String] {
        var files: [String] = []
        for source in sources {
            if source == "-" {
                files.append(source)
                continue
            }
            var paths = [source]
            if case .missing(let reason) = FileTree.kind(of: source) {
                guard source.contains(where: { "*?[".contains($0) }) else {
                    throw Failure(
                        .cannotOpen,
                        "cannot open \(source): \(reason)",
                        suggestion: suggestion(for: source)
                    )
                }
                paths = FileTree.paths(matching: source)
                guard !paths.isEmpty else { throw Failure(.cannotOpen, "no file matches \(source)") }
            }
            for path in paths {
                guard case .directory = FileTree.kind(of: path) else {
                    files.append(path)
                    continue
                }
                let found = try FileTree.files(under: path).filter(isWanted)
                guard !found.isEmpty else { throw Failure(.badInput, "\(path) holds \(nothing)") }
                files += found
            }
        }
        return files
    }

    /// What to write where a filter or a query stands in the place of a path.
    private static func suggestion(for source: String) -> String? {
        if source.contains("|") || source.hasPrefix("stats ") || source.hasPrefix("filter ") {
            return "a query goes to `roadblock query`, where it comes first"
        }
        let isFilter = ["==", "!=", "&&", "||", "<", ">"].contains { source.contains($0) }
        return isFilter ? "a display filter goes behind -Y: -Y '\(source)'" : nil
    }
}
