// Invariant: the handlers call only async-signal-safe functions (`unlink`, `_exit`) and touch only atomics that were
// made before the handler was installed; a path that `partialFile` or `otherPartialFile` points to is never freed.

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
/// The same for a second one: a list and a capture may be written in one run.
private let otherPartialFile = Atomic<UInt>(0)

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
        if partialFile.load(ordering: .sequentiallyConsistent) == 0,
            otherPartialFile.load(ordering: .sequentiallyConsistent) == 0
        {
            _ = signal(SIGINT, SIG_DFL)
        }
    }

    /// Ends the process at once when it is interrupted or terminated, with 130 or 143 as its exit code.
    static func exitOnSignals() {
        _ = inputStop.isRequested
        _ = partialFile.load(ordering: .sequentiallyConsistent)
        _ = otherPartialFile.load(ordering: .sequentiallyConsistent)
        install(SIGINT)
        install(SIGTERM)
    }

    /// Removes a file when the process is interrupted or terminated, until `keep` is told so; of no more than two.
    ///
    /// - Returns: what to give `keep`.
    static func removeOnInterrupt(_ path: String) -> UInt {
        _ = inputStop.isRequested
        let address = UInt(bitPattern: unsafe strdup(path))
        _ = otherPartialFile.load(ordering: .sequentiallyConsistent)
        let (isFirst, _) = partialFile.compareExchange(
            expected: 0,
            desired: address,
            ordering: .sequentiallyConsistent
        )
        if !isFirst { otherPartialFile.store(address, ordering: .sequentiallyConsistent) }
        install(SIGINT)
        install(SIGTERM)
        return address
    }

    /// The file is whole, or gone.
    static func keep(_ address: UInt) {
        _ = partialFile.compareExchange(expected: address, desired: 0, ordering: .sequentiallyConsistent)
        _ = otherPartialFile.compareExchange(expected: address, desired: 0, ordering: .sequentiallyConsistent)
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
    if let path = unsafe UnsafePointer<CChar>(bitPattern: otherPartialFile.load(ordering: .sequentiallyConsistent)) {
        _ = unsafe unlink(path)
    }
    _exit(128 &+ number)
}
