// Invariant: the list that `getaddrinfo` makes is freed in the function that asked for it, after the addresses have been
// copied; the thread owns one reference to its `NameLookup` and gives it back when it ends; both ends of the pipe stay
// open as long as the object lives.

import RoadblockCore
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The addresses of a name, or why there are none.
enum NameAnswer: Hashable, Sendable {
    case addresses([ScopedAddress])
    case failed(reason: String)
}

/// One question to the system's resolver, on a thread of its own: the resolver knows no time limit and no way to stop.
@safe
final class NameLookup: Sendable {
    private let host: String
    private let version: IPVersion?
    private let answer = Mutex<NameAnswer?>(nil)
    private let readEnd: Int32
    private let writeEnd: Int32

    /// The most addresses of one name.
    private static let limit = 64

    /// Asks for the addresses of a name; a question without an answer in time is left to itself.
    ///
    /// - Throws: `Failure` when the system gives no pipe or thread.
    static func ask(_ host: String, _ version: IPVersion?, timeLimit: TimeLimit) throws(Failure) -> NameAnswer {
        let lookup = try NameLookup(host, version)
        try lookup.start()
        let deadline = ContinuousClock.now + timeLimit.duration
        while true {
            var entry = pollfd(fd: lookup.readEnd, events: Int16(POLLIN), revents: 0)
            let got = unsafe poll(&entry, 1, millisecondsLeft(until: deadline))
            if let answer = lookup.answer.withLock(\.self) { return answer }
            guard got < 0 ? errno == EINTR : ContinuousClock.now < deadline else {
                return .failed(reason: "no answer from the resolver within \(timeLimit)")
            }
        }
    }

    /// An address in any form that the system reads, with a zone where it has one; no question is asked.
    static func numeric(_ text: String) -> ScopedAddress? {
        guard case .addresses(let list) = resolve(text, nil, AI_NUMERICHOST) else { return nil }
        return list.first
    }

    private init(_ host: String, _ version: IPVersion?) throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw Failure(.readOrWrite, "cannot look up \(host): \(systemErrorText(errno))")
        }
        self.host = host
        self.version = version
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    private func start() throws(Failure) {
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        #if canImport(Glibc)
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, { unsafe run($0) }, context)
        #else
        var thread: pthread_t?
        let code = unsafe pthread_create(&thread, nil, { unsafe run($0) }, context)
        #endif
        guard code == 0 else {
            unsafe Unmanaged<NameLookup>.fromOpaque(context).release()
            throw Failure(.readOrWrite, "cannot look up \(host): \(systemErrorText(code))")
        }
        #if canImport(Glibc)
        pthread_detach(thread)
        #else
        if let thread = unsafe thread { unsafe pthread_detach(thread) }
        #endif
    }

    fileprivate func answerQuestion() {
        let found = NameLookup.resolve(host, version, 0)
        answer.withLock { $0 = found }
        var byte: UInt8 = 0
        _ = unsafe write(writeEnd, &byte, 1)
    }

    private static func resolve(_ host: String, _ version: IPVersion?, _ flags: Int32) -> NameAnswer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = version?.family ?? AF_UNSPEC
        #if canImport(Glibc)
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        unsafe hints.ai_socktype = SOCK_STREAM
        #endif
        unsafe hints.ai_flags = flags
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else { return .failed(reason: reason(code, version, systemError: errno)) }
        defer { unsafe freeaddrinfo(first) }
        var list: [ScopedAddress] = []
        var next = unsafe first
        while let entry = unsafe next, list.count < limit {
            unsafe next = entry.pointee.ai_next
            if let address = unsafe ScopedAddress.read(entry.pointee.ai_addr), !list.contains(address) {
                list.append(address)
            }
        }
        return list.isEmpty ? .failed(reason: "the name has no address") : .addresses(list)
    }

    private static func reason(_ code: Int32, _ version: IPVersion?, systemError: Int32) -> String {
        switch code {
        case EAI_NONAME:
            version.map { "there is no such name, or it has no \($0.name) address" } ?? "there is no such name"
        case EAI_AGAIN: "temporary failure: no name server answered"
        case EAI_FAIL: "the name server refused or failed"
        case EAI_SYSTEM: "the resolver failed: \(systemErrorText(systemError))"
        default:
            unsafe gai_strerror(code).map { "the resolver failed: \(unsafe String(cString: $0))" }
                ?? "the resolver failed: error \(code)"
        }
    }
}

/// What the thread runs.
private func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    unsafe Unmanaged<NameLookup>.fromOpaque(context).takeRetainedValue().answerQuestion()
    return nil
}

/// Whole milliseconds to an instant, rounded up, for `poll`; 0 when it has passed.
func millisecondsLeft(until deadline: ContinuousClock.Instant) -> Int32 {
    let left = (deadline - ContinuousClock.now) / .milliseconds(1)
    return Int32(max(0, min(left.rounded(.up), 1_000_000)))
}
