// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "lockstep",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "lockstep", targets: ["lockstep"])],
    dependencies: [
        // Commands, options, `--help` and completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Levels and labels for what a run says beside its progress.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The wire's header; only the runtime is built, the generated code is committed.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        // Signals and orderly shutdown.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Local worker processes: no orphans, no leaked descriptors.
        .package(
            url: "https://github.com/swiftlang/swift-subprocess",
            from: "1.0.2",
            traits: []
        ),
        // The configuration file.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: Leaves
        .target(name: "SeededRandom", swiftSettings: strict),

        // MARK: Protocol
        .target(name: "TrainingProtocol", swiftSettings: strict),
        .target(
            name: "Wire",
            dependencies: [
                "TrainingProtocol", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["header.proto"],
            swiftSettings: strict
        ),

        // MARK: Command
        .executableTarget(
            name: "lockstep",
            dependencies: [
                "Wire", "TrainingProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),

        // MARK: Tests
        .testTarget(
            name: "TrainingProtocolTests",
            dependencies: ["TrainingProtocol"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
