// Invariant: `descriptor` is open from `init` until `deinit`; every call is given buffers of the lengths it is told, which
// outlive it; socket addresses are the bytes of `ScopedAddress.socketAddress`, whole and aligned as arrays are.

import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A connection attempt under way: a socket that does not block.
@safe
final class OpenAttempt {
    /// What starting an attempt gives.
    enum Start {
        case underway(OpenAttempt)
        /// The system ended it at once.
        case ended(Attempt)
        /// The process has too many files open.
        case outOfDescriptors
    }

    private let descriptor: Int32
    private let started: ContinuousClock.Instant
    private let local: ScopedAddress?
    private var reply: ICMPReply?
    private var replied: ContinuousClock.Instant?
    let deadline: ContinuousClock.Instant

    /// Sends the connection request.
    ///
    /// - Throws: `Failure` of kind `usage` when the source is no address of this host.
    static func start(
        to address: ScopedAddress,
        port: UInt16,
        from source: ScopedAddress?,
        timeLimit: TimeLimit
    ) throws(Failure) -> Start {
        let descriptor = newSocket(address.family)
        guard descriptor >= 0 else {
            let number = errno
            guard number != EMFILE, number != ENFILE else { return .outOfDescriptors }
            return .ended(Attempt(.failed(errorNumber: number, isLocal: true)))
        }
        if let source {
            let number = unsafe call(bind, descriptor, source.socketAddress(port: 0))
            guard number == 0 else {
                close(descriptor)
                throw Failure(
                    .usage,
                    "cannot connect from \(source): \(systemErrorText(number))",
                    code: "bad-source",
                    suggestion: number == EADDRNOTAVAIL ? "--source takes an address of this host" : nil
                )
            }
        }
        let started = ContinuousClock.now
        let number = unsafe call(connect, descriptor, address.socketAddress(port: port))
        let attempt = OpenAttempt(descriptor, started, timeLimit)
        // Connected at once or under way; anything else is final.
        guard number == 0 || number == EINPROGRESS || number == EINTR else {
            return .ended(Attempt(.failed(errorNumber: number, isLocal: true)))
        }
        return .underway(attempt)
    }

    private init(_ descriptor: Int32, _ started: ContinuousClock.Instant, _ timeLimit: TimeLimit) {
        self.descriptor = descriptor
        self.started = started
        local = unsafe OpenAttempt.name(getsockname, descriptor)?.address
        deadline = started + timeLimit.duration
    }

    deinit { close(descriptor) }

    /// Waits until something happened to one of the attempts or until an instant; gives what happened to each.
    static func wait(for attempts: [OpenAttempt], until deadline: ContinuousClock.Instant) -> [Int16] {
        var entries = attempts.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
        let got = unsafe poll(&entries, nfds_t(entries.count), millisecondsLeft(until: deadline))
        return entries.map { got > 0 ? $0.revents : 0 }
    }

    /// What became of the attempt after an event; `nil` while the system still tries.
    func outcome(of event: Int16) -> Attempt? {
        guard event != 0 else { return nil }
        let isDecided = event & Int16(POLLOUT | POLLHUP | POLLNVAL) != 0
        // Reading the error queue clears the socket's error; reading that first would end an attempt that the system
        // is going to repeat, since it gives passing errors as well.
        let number = isDecided ? pendingError() : 0
        let noticed = ContinuousClock.now
        readErrorQueue(noticed)
        guard isDecided else { return nil }
        if number == 0, let peer = unsafe OpenAttempt.name(getpeername, descriptor) {
            // A port of this host that is both ends of its own connection: nobody listens there.
            let own = unsafe OpenAttempt.name(getsockname, descriptor)
            guard own?.address.ip != peer.address.ip || own?.port != peer.port else {
                return attempt(.failed(errorNumber: ECONNREFUSED, isLocal: false), noticed)
            }
            return attempt(.connected, noticed)
        }
        let error = number != 0 ? number : reply?.errorNumber ?? ENOTCONN
        let answered = reply?.errorNumber == error ? replied : error == ETIMEDOUT ? nil : noticed
        return attempt(.failed(errorNumber: error, isLocal: false), answered)
    }

    /// What is known when the time is up.
    func giveUp() -> Attempt {
        readErrorQueue(ContinuousClock.now)
        return attempt(.timedOut, replied)
    }

    private func attempt(_ ending: Attempt.Ending, _ answered: ContinuousClock.Instant?) -> Attempt {
        Attempt(
            ending,
            reply: reply,
            microseconds: answered.map { Int(($0 - started) / .microseconds(1)) },
            local: local
        )
    }

    private func readErrorQueue(_ now: ContinuousClock.Instant) {
        #if os(Linux)
        while let next = OpenAttempt.nextReply(descriptor) {
            // The time is that of the first of the same; a repeated request brings the same error again.
            if next != reply { replied = now }
            reply = next
        }
        #endif
    }

    private func pendingError() -> Int32 {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length) == 0 ? number : errno
    }
}

extension OpenAttempt {
    private static func newSocket(_ family: Int32) -> Int32 {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return descriptor }
        // Errors that come as ICMP are then kept with their type, code and sender.
        var on: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        if family == AF_INET {
            _ = unsafe setsockopt(descriptor, Int32(IPPROTO_IP), IP_RECVERR, &on, length)
        } else {
            _ = unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_RECVERR, &on, length)
        }
        #else
        let descriptor = socket(family, SOCK_STREAM, 0)
        guard descriptor >= 0 else { return descriptor }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #endif
        return descriptor
    }

    /// Calls `bind` or `connect`; gives 0 or the error number.
    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32,
        _ descriptor: Int32,
        _ address: [UInt8]
    ) -> Int32 {
        unsafe address.withUnsafeBytes { bytes in
            let pointer = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return unsafe function(descriptor, pointer, socklen_t(bytes.count)) == 0 ? 0 : errno
        }
    }

    /// Calls `getsockname` or `getpeername`.
    private static func name(
        _ function: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32,
        _ descriptor: Int32
    ) -> (address: ScopedAddress, port: UInt16)? {
        var bytes = [UInt8](repeating: 0, count: 28)
        var length = socklen_t(bytes.count)
        let code = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe function(descriptor, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return code == 0 ? unsafe ScopedAddress.read(socketAddress: bytes.span.bytes) : nil
    }

    #if os(Linux)
    /// The next ICMP error in the socket's error queue, errors about sizes and of other kinds left out.
    private static func nextReply(_ descriptor: Int32) -> ICMPReply? {
        var control = [UInt8](repeating: 0, count: 512)
        while true {
            // The quoted packet itself is of no use.
            var header = unsafe msghdr()
            let length = unsafe control.withUnsafeMutableBytes { buffer in
                unsafe header.msg_control = buffer.baseAddress
                unsafe header.msg_controllen = buffer.count
                let flags = Int32(MSG_ERRQUEUE | MSG_DONTWAIT)
                return unsafe recvmsg(descriptor, &header, flags) < 0 ? nil : Int(header.msg_controllen)
            }
            guard let length, length <= control.count else { return nil }
            let reply = unsafe ICMPReply.read(controlMessages: control.span.bytes.extracting(first: length))
            if let reply, !reply.isAboutSize { return reply }
        }
    }
    #endif
}
