// Invariant: the handlers call only async-signal-safe functions (`unlink`, `_exit`) and touch only atomics that were
// made before the handler was installed; a path that `partialFile` points to is never freed.

import Inputs
import Packets
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asked to stop by the first interrupt while standard input is read.
private let inputStop = InputStop()
/// How often an interrupt ends input before it ends the process: 1 while standard input is read.
private let interruptsForInput = Atomic<Int>(0)
/// The address of the path of the temporary output file to remove when a signal ends the process; 0 for none.
private let partialFile = Atomic<UInt>(0)

/// What interrupts and broken pipes do to the process.
enum ProcessSignals {
    /// Lets writes to a closed pipe fail instead of ending the process.
    static func ignoreBrokenPipe() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Until `endInput`: the first interrupt ends the input, the second the process.
    static func beginInput() -> InputStop {
        interruptsForInput.store(1, ordering: .sequentiallyConsistent)
        install(SIGINT)
        return inputStop
    }

    /// Standard input has ended: interrupts do again what they do everywhere.
    static func endInput() {
        interruptsForInput.store(0, ordering: .sequentiallyConsistent)
        if partialFile.load(ordering: .sequentiallyConsistent) == 0 { _ = signal(SIGINT, SIG_DFL) }
    }

    /// Ends the process at once when it is interrupted or terminated, with 130 or 143 as its exit code.
    static func exitOnSignals() {
        _ = inputStop.isRequested
        _ = partialFile.load(ordering: .sequentiallyConsistent)
        install(SIGINT)
        install(SIGTERM)
    }

    /// Removes a file when the process is interrupted or terminated.
    static func removeOnInterrupt(_ path: String) {
        _ = inputStop.isRequested
        partialFile.store(UInt(bitPattern: unsafe strdup(path)), ordering: .sequentiallyConsistent)
        install(SIGINT)
        install(SIGTERM)
    }

    /// The file is whole, or gone.
    static func keepFiles() {
        partialFile.store(0, ordering: .sequentiallyConsistent)
    }

    private static func install(_ number: Int32) {
        var action = sigaction()
        #if canImport(Glibc)
        unsafe action.__sigaction_handler.sa_handler = handleSignal
        #else
        unsafe action.__sigaction_u.__sa_handler = handleSignal
        #endif
        _ = unsafe sigaction(number, &action, nil)
    }
}

private func handleSignal(_ number: Int32) {
    if number == SIGINT, interruptsForInput.exchange(0, ordering: .sequentiallyConsistent) > 0 {
        inputStop.request()
        return
    }
    if let path = unsafe UnsafePointer<CChar>(bitPattern: partialFile.load(ordering: .sequentiallyConsistent)) {
        _ = unsafe unlink(path)
    }
    _exit(128 &+ number)
}
