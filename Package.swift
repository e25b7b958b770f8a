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

// Homebrew keeps zstd where only pkg-config finds it; Linux has both libraries where compilers look.
#if os(macOS)
let zstdPackage: String? = "libzstd"
#else
let zstdPackage: String? = nil
#endif

let package = Package(
    name: "roadblock",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "roadblock", targets: ["roadblock"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        // System libraries: a module map and one include each.
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CZstd", pkgConfig: zstdPackage, providers: [.brew(["zstd"])]),
        // Values that everything shares: addresses, instants, errors with a place, JSON text.
        .target(name: "RoadblockCore", swiftSettings: settings),
        // Capture files, headers, TCP analysis, conversations, display filters.
        .target(name: "Packets", dependencies: ["RoadblockCore", "CZlib", "CZstd"], swiftSettings: settings),
        // Findings and the report: the only place that says "blocked".
        .target(name: "Diagnosis", dependencies: ["RoadblockCore", "Packets"], swiftSettings: settings),
        // The commands.
        .executableTarget(
            name: "roadblock",
            dependencies: [
                "RoadblockCore", "Packets", "Diagnosis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "RoadblockCoreTests", dependencies: ["RoadblockCore"], swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: ["Packets", "RoadblockCore"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PacketsTests",
            dependencies: ["Packets", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: ["Diagnosis", "Packets", "RoadblockCore", "TestSupport"],
            swiftSettings: settings
        ),
        // Reads the project's own files.
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
