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

    /// False where the locale that is set has another encoding than UTF-8.
    ///
    /// Where none is set, as in containers and services, what reads the text knows UTF-8.
    static var hasUnicode: Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(variable)
        guard let locale = names.first(where: { !$0.isEmpty })?.lowercased() else { return true }
        return locale.hasSuffix("utf-8") || locale.hasSuffix("utf8") || locale.contains("utf-8@")
            || locale.contains("utf8@")
    }

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
