// Invariant: directory streams and glob results are released in the function that made them, after their names have
// been copied.

import Inputs
import Packets
import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the file system says of paths.
enum FileTree {
    enum Kind {
        case file, directory, missing(reason: String)
    }

    /// What a path names; symbolic links are followed.
    static func kind(of path: String) -> Kind {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return .missing(reason: systemErrorText(errno)) }
        return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
    }

    /// What tells one file from others, under whatever names.
    struct Identity: Hashable {
        var device: UInt64
        var number: UInt64
        /// False for pipes, terminals and other devices.
        var isRegular: Bool
    }

    /// The identity of a file, or of standard input for `-`; `nil` where there is none.
    static func identity(of path: String) -> Identity? {
        var status = stat()
        guard unsafe (path == "-" ? fstat(0, &status) : stat(path, &status)) == 0 else { return nil }
        return Identity(
            device: UInt64(truncatingIfNeeded: status.st_dev),
            number: UInt64(truncatingIfNeeded: status.st_ino),
            isRegular: status.st_mode & S_IFMT == S_IFREG
        )
    }

    /// Bytes of a regular file; `nil` for anything else, which is not opened for that.
    static func size(of path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The regular files under a directory, sorted by path; links to directories are not followed.
    ///
    /// `unopened` is told of the folders below it that cannot be read.
    /// - Throws: `Failure` of kind `cannotOpen` when the directory itself cannot be read.
    static func files(
        under directory: String,
        depth: Int = 0,
        unopened: (Failure) -> Void = { _ in }
    ) throws(Failure) -> [String] {
        guard let stream = unsafe opendir(directory) else {
            let failure = Failure(.cannotOpen, "cannot open \(directory): \(systemErrorText(errno))")
            guard depth > 0 else { throw failure }
            unopened(failure)
            return []
        }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        unsafe closedir(stream)
        var files: [String] = []
        for name in names.sorted() {
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if depth < 64 { files += try FileTree.files(under: path, depth: depth + 1, unopened: unopened) }
            } else if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                files.append(path)
            }
        }
        return files
    }

    /// The paths that match a shell pattern, sorted; none where nothing matches.
    static func paths(matching pattern: String) -> [String] {
        var result = unsafe glob_t()
        defer { unsafe globfree(&result) }
        guard unsafe glob(pattern, 0, nil, &result) == 0 else { return [] }
        var paths: [String] = []
        for index in 0..<Int(unsafe result.gl_pathc) {
            if let path = unsafe result.gl_pathv[index] { paths.append(unsafe String(cString: path)) }
        }
        return paths
    }
}
