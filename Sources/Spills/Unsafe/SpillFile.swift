// Invariant: `descriptor` is -1 or open until `deinit`; the system is given no more bytes than the array that it reads from
// or writes to holds during the call.

package import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A temporary file without a name: what does not fit into memory waits in it.
///
/// It lies below `TMPDIR` and loses its name as soon as it is made, so that the system removes it however the program
/// ends. Until something is written there is no file.
@safe
package final class SpillFile {
    /// A part that was written at once.
    package struct Extent: Hashable, Sendable {
        var offset: Int
        /// Words of eight bytes.
        package var count: Int
    }

    private let folder: String
    private var descriptor: Int32 = -1
    /// Bytes that were written.
    package private(set) var size = 0

    /// A file in a folder, by default the one that `TMPDIR` names.
    package init(in folder: String? = nil) {
        self.folder = folder ?? SpillFile.temporaryFolder
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static var temporaryFolder: String {
        guard let value = unsafe getenv("TMPDIR"), unsafe value[0] != 0 else { return "/tmp" }
        return unsafe String(cString: value)
    }

    /// Writes words behind what is there.
    ///
    /// - Throws: `Failure` when the file cannot be made or the disk is full.
    package func append(_ words: [UInt64]) throws(Failure) -> Extent {
        if descriptor < 0 { try open() }
        let extent = Extent(offset: size, count: words.count)
        var written = 0
        while written < words.count * 8 {
            let count = unsafe words.withUnsafeBytes { bytes in
                unsafe pwrite(
                    descriptor,
                    bytes.baseAddress.map { unsafe $0 + written },
                    bytes.count - written,
                    off_t(size + written)
                )
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                throw failure("writing", count == 0 ? ENOSPC : errno)
            }
        }
        size += written
        return extent
    }

    /// Reads a part again, in the place of what the array held.
    ///
    /// - Throws: `Failure` when reading fails.
    package func read(_ extent: Extent, into words: inout [UInt64]) throws(Failure) {
        words = Array(repeating: 0, count: extent.count)
        var got = 0
        while got < extent.count * 8 {
            let count = unsafe words.withUnsafeMutableBytes { bytes in
                unsafe pread(
                    descriptor,
                    bytes.baseAddress.map { unsafe $0 + got },
                    bytes.count - got,
                    off_t(extent.offset + got)
                )
            }
            if count > 0 {
                got += count
            } else if count == 0 || errno != EINTR {
                throw failure("reading", count == 0 ? EIO : errno)
            }
        }
    }

    private func open() throws(Failure) {
        var path = Array("\(folder)/roadblock-XXXXXX".utf8CString)
        let made = unsafe path.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe mkstemp($0) } ?? -1
        }
        guard made >= 0 else { throw failure("making", errno) }
        descriptor = made
        _ = fcntl(made, F_SETFD, FD_CLOEXEC)
        unsafe path.withUnsafeBufferPointer { buffer in _ = unsafe buffer.baseAddress.map { unsafe unlink($0) } }
    }

    private func failure(_ what: String, _ number: Int32) -> Failure {
        Failure(
            .readOrWrite,
            "\(what) a temporary file in \(folder) failed: \(systemErrorText(number))",
            code: "temporary-file",
            suggestion: "TMPDIR names another folder; a filter or fewer fields need less of it"
        )
    }
}
