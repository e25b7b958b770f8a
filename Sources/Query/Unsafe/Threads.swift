// Invariant: the box that a thread is started with is retained for it and released by it, and every thread is joined
// before `runThreads` returns, so that what the body borrows outlives all calls.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Calls the body once for each number below `count`, each call on a thread of its own, and waits for all of them.
func runThreads(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        var threads: [pthread_t] = []
        for number in 1..<max(1, count) {
            let box = unsafe Unmanaged.passRetained(ThreadStart(number, body))
            var attributes = pthread_attr_t()
            unsafe pthread_attr_init(&attributes)
            unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
            #if canImport(Glibc)
            var thread = pthread_t()
            let result = unsafe pthread_create(&thread, &attributes, startThread, box.toOpaque())
            if result == 0 { threads.append(thread) } else { unsafe box.release() }
            #else
            var thread: pthread_t?
            let result = unsafe pthread_create(&thread, &attributes, startThread, box.toOpaque())
            if result == 0, let thread = unsafe thread { unsafe threads.append(thread) } else { unsafe box.release() }
            #endif
            unsafe pthread_attr_destroy(&attributes)
        }
        body(0)
        for thread in threads { pthread_join(thread, nil) }
    }
}

private final class ThreadStart {
    private let number: Int
    private let body: (Int) -> Void

    init(_ number: Int, _ body: @escaping (Int) -> Void) {
        self.number = number
        self.body = body
    }

    func run() { body(number) }
}

#if canImport(Glibc)
private func startThread(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let pointer = unsafe pointer { unsafe Unmanaged<ThreadStart>.fromOpaque(pointer).takeRetainedValue().run() }
    return nil
}
#else
private func startThread(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    unsafe Unmanaged<ThreadStart>.fromOpaque(pointer).takeRetainedValue().run()
    return nil
}
#endif
