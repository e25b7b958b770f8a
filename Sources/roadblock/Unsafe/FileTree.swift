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

    /// The regular files under a directory, sorted by path; links to directories are not followed.
    ///
    /// - Throws: `Failure` of kind `cannotOpen` when the directory itself cannot be read.
    static func files(under directory: String, depth: Int = 0) throws(Failure) -> [String] {
        guard let stream = unsafe opendir(directory) else {
            if depth > 0 { return [] }
            throw Failure(.cannotOpen, "cannot open \(directory): \(systemErrorText(errno))")
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
                if depth < 64 { files += try FileTree.files(under: path, depth: depth + 1) }
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
