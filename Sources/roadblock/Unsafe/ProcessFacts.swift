// Invariant: strings that the C library owns are copied before another call can change them; `realpath`'s result is
// freed here.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the process was started with.
enum ProcessFacts {
    /// A variable of the environment.
    static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

    /// False where `NO_COLOR` is set (no-color.org) or the terminal is dumb.
    static var allowsColor: Bool { (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb" }

    /// The program's file, links resolved.
    static var executablePath: String? {
        #if os(Linux)
        return resolved("/proc/self/exe")
        #else
        return CommandLine.arguments.first.flatMap(resolved)
        #endif
    }

    static var workingFolder: String? { resolved(".") }

    private static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
