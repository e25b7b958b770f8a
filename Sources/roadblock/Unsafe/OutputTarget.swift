// Invariant: `descriptor` is open from `init` until `finish` or `deinit`; `write(2)` is given no more bytes than the
// array holds.

import Inputs
import Packets
import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open descriptor to write to; a file is written under a temporary name and renamed at the end.
@safe
final class OutputTarget {
    private let descriptor: Int32
    private let name: String
    private let temporaryPath: String?
    /// What the handler of interrupts knows the temporary file by.
    private let interruptMark: UInt
    private var isFinished = false

    /// Standard output.
    init() {
        descriptor = 1
        name = "standard output"
        temporaryPath = nil
        interruptMark = 0
    }

    /// A file; devices and pipes are written in place, since they cannot be replaced by a rename.
    init(path: String) throws(Failure) {
        name = path
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            temporaryPath = nil
            descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let temporary = "\(path).\(getpid()).partial"
            temporaryPath = temporary
            descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
        guard descriptor >= 0 else {
            throw Failure(.readOrWrite, "cannot write \(path): \(systemErrorText(errno))")
        }
        interruptMark = temporaryPath.map(ProcessSignals.removeOnInterrupt) ?? 0
    }

    deinit {
        guard !isFinished, descriptor != 1 else { return }
        close(descriptor)
        if let temporaryPath {
            unsafe unlink(temporaryPath)
            ProcessSignals.keep(interruptMark)
        }
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]))
            }
            if written > 0 {
                start += written
            } else if errno == EPIPE {
                throw Failure(.readOrWrite, "nobody reads \(name) any more", code: Failure.brokenPipeCode)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&entry, 1, 1000)
            } else if errno != EINTR {
                throw Failure(.readOrWrite, "writing \(name) failed: \(systemErrorText(errno))")
            }
        }
    }

    func finish() throws(Failure) {
        guard !isFinished, descriptor != 1 else { return }
        isFinished = true
        let closed = close(descriptor)
        guard let temporaryPath else { return }
        defer { ProcessSignals.keep(interruptMark) }
        guard closed == 0, unsafe rename(temporaryPath, name) == 0 else {
            let reason = systemErrorText(errno)
            unsafe unlink(temporaryPath)
            throw Failure(.readOrWrite, "writing \(name) failed: \(reason)")
        }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal; `nil` where there is none, or it does not tell.
    var terminalColumns: Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, buffer.baseAddress, buffer.count)
}

/// Warnings, notes and errors; failing to write them is no error.
enum StandardError {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(2, UnsafeRawBufferPointer(rebasing: buffer[start...]))
            }
            guard written > 0 else { return }
            start += written
        }
    }

    static var isTerminal: Bool { isatty(2) == 1 }
}

/// Ends the process; buffers of the C library are not used.
func exitProcess(_ code: Int32) -> Never {
    exit(code)
}
