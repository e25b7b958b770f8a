import RoadblockCore

/// The files behind the paths, directories and patterns of a command line.
enum SourcePaths {
    /// Checks that there are sources.
    ///
    /// - Throws: `Failure` of kind `usage` with the message where there are none.
    static func check(_ sources: [String], orElse message: String) throws(Failure) {
        guard sources.isEmpty else { return }
        throw Failure(.usage, message, suggestion: "name a file, a directory, or - for standard input")
    }

    /// The files, in the order of the sources; those of directories by name and only where they are wanted.
    ///
    /// `-` stays what it is. `holding` says what a directory without wanted files is said to hold. Files of a directory of
    /// which `isWanted` says what is wrong with them are named and left out.
    /// - Throws: `Failure` of kind `cannotOpen` for a path that is not there, `badInput` for a directory without files.
    static func files(
        _ sources: [String],
        holding nothing: String,
        quiet: Bool,
        isWanted: (String) throws(Failure) -> Bool
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
                var others = LeftOutFiles()
                let all = try FileTree.files(under: path) { others.add($0) }
                var found: [String] = []
                for file in all {
                    do throws(Failure) {
                        if try isWanted(file) { found.append(file) }
                    } catch {
                        others.add(error)
                    }
                }
                guard !found.isEmpty else { throw others.failure(of: path, holding: nothing) }
                others.say(of: path, quiet: quiet)
                files += found
            }
        }
        return files
    }

    /// The files without those that were named before: one is read once, which is said unless `quiet`.
    ///
    /// - Throws: `Failure` of kind `usage` where standard input, or what else cannot be read again, is named twice.
    static func distinct(_ files: [String], quiet: Bool) throws(Failure) -> [String] {
        var known: [FileTree.Identity: String] = [:]
        var distinct: [String] = []
        for file in files {
            guard let identity = FileTree.identity(of: file) else {
                distinct.append(file)
                continue
            }
            guard let first = known.updateValue(file, forKey: identity) else {
                distinct.append(file)
                continue
            }
            let names = first == file ? file : "\(first) and \(file)"
            guard identity.isRegular, first != "-", file != "-" else {
                let what = names.contains("-") && first == file ? "standard input (-)" : names
                throw Failure(
                    .usage,
                    first == file
                        ? "\(what) can be read only once" : "\(names) are one input, which can be read only once"
                )
            }
            known[identity] = first
            if !quiet {
                let note = first == file ? "\(file) is named twice" : "\(names) are the same file"
                StandardError.write("roadblock: \(note): it is read once\n")
            }
        }
        return distinct
    }

    /// What to write where a filter or a query stands in the place of a path.
    private static func suggestion(for source: String) -> String? {
        if source.contains("|") || source.hasPrefix("stats ") || source.hasPrefix("filter ") {
            return "a query goes to `roadblock query`, where it comes first"
        }
        if source.hasPrefix("s3://") {
            return "logs are read from files: `aws s3 cp --recursive \(source) FOLDER` copies them"
        }
        let isFilter = ["==", "!=", "&&", "||", "<", ">"].contains { source.contains($0) }
        return isFilter ? "a display filter goes behind -Y: -Y '\(source)'" : nil
    }
}
