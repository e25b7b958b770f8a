// swift-tools-version: 6.2
import PackageDescription

// Every target: Swift 6 mode, strict concurrency and memory safety, warnings as errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// Homebrew keeps these where only pkg-config finds them; Linux has all libraries where compilers look.
#if os(macOS)
let zstdPackage: String? = "libzstd"
let pcrePackage: String? = "libpcre2-8"
#else
let zstdPackage: String? = nil
let pcrePackage: String? = nil
#endif

// Built by Tools/fuzz alone: libFuzzer brings the main function.
let fuzzTargets: [Target] =
    Context.environment["ROADBLOCK_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz",
            dependencies: ["TestSupport"],
            path: "Tools/fuzz",
            exclude: ["fuzz.sh"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]
        )
    ]

let package = Package(
    name: "roadblock",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "roadblock", targets: ["roadblock"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // Digests: `md5` and `sha256` of the query language, fingerprints of TLS.
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    ],
    targets: [
        // System libraries: a module map and one include each.
        .systemLibrary(name: "CPCRE2", pkgConfig: pcrePackage, providers: [.brew(["pcre2"])]),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CZstd", pkgConfig: zstdPackage, providers: [.brew(["zstd"])]),
        // One compiler intrinsic that Swift does not have: a header, and nothing to link.
        .systemLibrary(name: "CPrefetch"),
        // Values that everything shares: addresses, instants, errors with a place, JSON text.
        .target(name: "RoadblockCore", swiftSettings: settings),
        // Bytes from files and standard input; gzip, zstd and UTF-16 unwrapped.
        .target(name: "Inputs", dependencies: ["RoadblockCore", "CZlib", "CZstd"], swiftSettings: settings),
        // Temporary files for what does not fit into memory.
        .target(name: "Spills", dependencies: ["RoadblockCore"], swiftSettings: settings),
        // Regular expressions, searched for with limits.
        .target(name: "Patterns", dependencies: ["CPCRE2"], swiftSettings: settings),
        // Capture files, headers, TCP analysis, conversations, display filters.
        .target(
            name: "Packets",
            dependencies: [
                "RoadblockCore", "Inputs", "Patterns", "CPrefetch", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings
        ),
        // Cells, columns, batches: how log records are held while they are counted.
        .target(name: "Columns", dependencies: ["RoadblockCore"], swiftSettings: settings),
        // Log records: VPC flow logs, JSON lines, other text; from bytes to columns.
        .target(name: "LogFormats", dependencies: ["RoadblockCore", "Inputs", "Columns"], swiftSettings: settings),
        // Logs Insights QL: text to syntax to plan, and the engine that runs the plan over batches.
        .target(
            name: "Query",
            dependencies: [
                "RoadblockCore", "Columns", "Patterns", "Spills", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings
        ),
        // Whose address it is, and which service a port belongs to.
        .target(name: "Names", dependencies: ["RoadblockCore"], swiftSettings: settings),
        // The cloud's saved answers and the tags in them.
        .target(name: "Cloud", dependencies: ["RoadblockCore"], swiftSettings: settings),
        // Live measurements: an ordinary connect, and what the system says of its failure.
        .target(name: "Probes", dependencies: ["RoadblockCore"], swiftSettings: settings),
        // Charts as lines of text.
        .target(name: "Charts", dependencies: ["RoadblockCore"], swiftSettings: settings),
        // Findings and the report: the only place that says "blocked".
        .target(
            name: "Diagnosis",
            dependencies: ["RoadblockCore", "Inputs", "Packets", "LogFormats", "Names", "Cloud"],
            swiftSettings: settings
        ),
        // Captures as tables of packets or conversations, for queries.
        .target(
            name: "CaptureTables",
            dependencies: ["RoadblockCore", "Inputs", "Columns", "Packets", "Diagnosis"],
            swiftSettings: settings
        ),
        // The commands.
        .executableTarget(
            name: "roadblock",
            dependencies: [
                "RoadblockCore", "Inputs", "Packets", "Columns", "LogFormats", "Query", "Names", "Cloud", "Probes",
                "Charts", "Diagnosis", "CaptureTables",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "RoadblockCoreTests", dependencies: ["RoadblockCore"], swiftSettings: settings),
        .testTarget(
            name: "InputsTests",
            dependencies: ["Inputs", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(name: "SpillsTests", dependencies: ["Spills", "RoadblockCore"], swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: ["Inputs", "Packets", "Columns", "LogFormats", "Query", "Diagnosis", "RoadblockCore"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PacketsTests",
            dependencies: ["Inputs", "Packets", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: [
                "Diagnosis", "Inputs", "Packets", "LogFormats", "Names", "Cloud", "RoadblockCore", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LogFormatsTests",
            dependencies: ["LogFormats", "Columns", "Inputs", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "QueryTests",
            dependencies: ["Patterns", "Query", "LogFormats", "Columns", "Inputs", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CaptureTablesTests",
            dependencies: [
                "CaptureTables", "Columns", "Query", "Diagnosis", "Packets", "Inputs", "RoadblockCore", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "ChartsTests", dependencies: ["Charts", "RoadblockCore"], swiftSettings: settings),
        .testTarget(name: "NamesTests", dependencies: ["Names", "RoadblockCore"], swiftSettings: settings),
        .testTarget(name: "CloudTests", dependencies: ["Cloud", "Inputs", "RoadblockCore"], swiftSettings: settings),
        .testTarget(
            name: "ProbesTests",
            dependencies: ["Probes", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(name: "ParserTests", dependencies: ["TestSupport"], swiftSettings: settings),
        // Reads the project's own files.
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ] + fuzzTargets
)
