// Invariant: the buffer that a caller passes is writable for `buffer.count` bytes during the call; the descriptor is
// open from `init` until `deinit` and closed there only when it was opened here.

package import RoadblockCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asks readers of live input to end it: set by the first interrupt.
package final class InputStop: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    /// True once the input is to be taken as ended.
    package var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Ends the input; safe to call from a signal handler.
    package func request() { flag.store(true, ordering: .relaxed) }
}

/// A file, a FIFO or standard input, read from front to back without seeking.
@safe
package final class FileSource: ByteSource {
    private let descriptor: Int32
    private let name: String
    private let ownsDescriptor: Bool
    private let stop: InputStop?
    package private(set) var bytesConsumed = 0
    package var endNote: String? { nil }

    /// Bytes in the file when it was opened, where it is a regular one.
    package let size: Int?
    /// True for a regular file that was opened by its path: it can be opened again.
    package var isReopenable: Bool { ownsDescriptor && size != nil }
    /// Bytes after which the file is taken as ended.
    private let limit: Int

    /// Opens a file for reading; one that grows is read up to the size that it had when it was opened.
    ///
    /// - Throws: `Failure` of kind `cannotOpen` naming the file and the system's reason.
    package init(path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.cannotOpen, "cannot open \(path): \(systemErrorText(errno))")
        }
        self.descriptor = descriptor
        name = path
        ownsDescriptor = true
        stop = nil
        size = FileSource.regularSize(descriptor)
        limit = size.map { $0 > 0 ? $0 : Int.max } ?? Int.max
    }

    /// Reads standard input until it ends or a stop is requested.
    package init(standardInput stop: InputStop) {
        descriptor = 0
        name = "standard input"
        ownsDescriptor = false
        self.stop = stop
        size = FileSource.regularSize(0)
        limit = Int.max
    }

    deinit { if ownsDescriptor { close(descriptor) } }

    private static func regularSize(_ descriptor: Int32) -> Int? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        while true {
            if let stop, try !waitForInput(stop) { return 0 }
            let wanted = min(buffer.count, limit - bytesConsumed)
            guard wanted > 0 else { return 0 }
            let got = unsafe systemRead(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            if got >= 0 {
                bytesConsumed += got
                return got
            }
            guard errno == EINTR || errno == EAGAIN else {
                throw Failure(.readOrWrite, "reading \(name) failed: \(systemErrorText(errno))")
            }
        }
    }

    /// Waits for input in short steps, so that an interrupt is noticed; false when the input is to end.
    private func waitForInput(_ stop: InputStop) throws(Failure) -> Bool {
        while !stop.isRequested {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&entry, 1, 200) > 0 { return true }
        }
        return false
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
