// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// What every Swift target is compiled with.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A module of ours.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = [],
    resources: [Resource]? = nil,
    swiftSettings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        exclude: exclude,
        resources: resources,
        swiftSettings: strict + swiftSettings
    )
}

/// Puts the bodies of all functions into the module, so that what is generic there is specialized
/// for the types of the modules that use it.
///
/// Without it the drivers look up their transport's and numbers' metadata at each event: the
/// simulation runs 700 seeds a second and core, with it 1,050.
let specializedWhereUsed: [SwiftSetting] = [
    .unsafeFlags(["-enable-cmo-everything"], .when(configuration: .release))
]

/// One compilation of the kernels' source folder for one vector instruction set.
///
/// Optimized in debug builds too: unoptimized vector code is a thousand times slower. Debug builds
/// keep an index, which whole-module optimization would break with more than one thread.
func kernels(_ name: String, define: String, flags: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: ["CKernelLanes"],
        swiftSettings: strict + [
            .define(define),
            .unsafeFlags(
                ["-Ounchecked", "-wmo", "-num-threads", "1"] + flags.flatMap { ["-Xcc", $0] }
            ),
        ]
    )
}

#if arch(arm64)
    let kernelSets = [kernels("KernelsNEON", define: "KERNELS_NEON")]
#else
    let kernelSets = [
        kernels(
            "KernelsAVX512",
            define: "KERNELS_AVX512",
            flags: ["-march=x86-64-v4", "-mprefer-vector-width=512"]
        ),
        kernels("KernelsAVX2", define: "KERNELS_AVX2", flags: ["-march=x86-64-v3"]),
    ]
#endif

/// A C library of the system's, found through pkg-config; `Deploy/setup` installs them.
func library(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Ciphers by the vector instructions of x86-64; other CPUs have libcrypto's.
#if arch(arm64)
    let multiBuffer: [Target] = []
#else
    // The package has no file for pkg-config.
    let multiBuffer: [Target] = [
        .systemLibrary(name: "CIPsecMB", providers: [.apt(["libipsec-mb-dev"])])
    ]
#endif

/// The tests of one module, with what they need beside it and `TestTools`.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name), "TestTools"] + dependencies,
        exclude: exclude,
        resources: resources,
        swiftSettings: strict
    )
}

/// A product of another package.
func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let buildCommit =
    Context.gitInformation.map {
        $0.currentCommit.prefix(12) + ($0.hasUncommittedChanges ? " with changes" : "")
    } ?? "unknown"

let package = Package(
    name: "lockstep",
    products: [
        .executable(name: "lockstep", targets: ["lockstep"]),
        // Preloaded by `lockstep bench training`, for its allocations a step.
        .library(name: "AllocationCount", type: .dynamic, targets: ["CAllocationCount"]),
        // For other packages; `Tests/Outside` builds programs of them. Targets of these have no
        // unsafe flags, with which nobody could depend on a version.
        .library(name: "ZeroMQ", targets: ["ZeroMQ"]),
        .library(name: "Safetensors", targets: ["Safetensors"]),
        .library(name: "IDX", targets: ["IDX"]),
    ],
    dependencies: [
        // Commands, options, `--help` and completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Levels and labels for what a run says beside its progress.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // HTTP for health, metrics and the live page; only its core, sockets and HTTP/1 are built.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // The wire's header and ONNX; only the runtime is built, the generated code is committed.
        .package(
            url: "https://github.com/apple/swift-protobuf",
            from: "1.39.0",
            traits: []
        ),
        // File paths, as swift-subprocess takes them.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Local worker processes: no orphans, no leaked descriptors.
        .package(
            url: "https://github.com/swiftlang/swift-subprocess",
            from: "1.0.2",
            traits: []
        ),
        // The configuration file.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // `swift package generate-documentation`; nothing of it is built or linked otherwise.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: kernelSets + multiBuffer + [
        // MARK: System libraries
        library("CZeroMQ", "libzmq", "libzmq3-dev"),
        library("COpenSSL", "libcrypto", "libssl-dev"),
        library("CISAL", "libisal", "libisal-dev"),
        library("CPNG", "libpng", "libpng-dev"),
        library("CTurboJPEG", "libturbojpeg", "libturbojpeg0-dev"),
        // What browsers and telephones save pictures as, where it is not PNG or JPEG.
        library("CWebP", "libwebp", "libwebp-dev"),
        // What scanners save pictures as.
        library("CTIFF", "libtiff-4", "libtiff-dev"),
        // What old drawing programs save. libturbojpeg reads BMP and PGM.
        library("CGIF", "libgif", "libgif-dev"),

        // The commit that is built, for `lockstep version`; a source tree without git has none.
        .target(
            name: "CBuildCommit",
            cSettings: [.define("BUILD_COMMIT", to: "\"\(buildCommit)\"")]
        ),

        // MARK: Numbers
        module("SeededRandom"),
        .target(name: "CKernelLanes"),
        .target(name: "CMemoryHints"),
        module("MemoryHints", ["CMemoryHints"]),
        .target(name: "CKernelProcessor", linkerSettings: [.linkedLibrary("m")]),
        module("Kernels", ["CKernelProcessor"] + kernelSets.map { .target(name: $0.name) }),
        .target(
            name: "KernelReference",
            swiftSettings: strict + [.unsafeFlags(["-O", "-wmo", "-num-threads", "1"])]
        ),
        module("Figures"),
        module("Model", ["Figures", "Kernels", "MemoryHints", "SeededRandom"]),
        module("KernelBenchmarks", ["KernelReference", "Kernels", "Model", "SeededRandom"]),

        // MARK: Data and files
        module("IDX", ["CISAL"]),
        module("MNIST", ["CISAL", "IDX", "MemoryHints"], resources: [.copy("Resources")]),
        module("PlainFiles"),
        module("Services"),
        module("JSON"),
        module(
            "ImageFiles",
            ["CGIF", "CPNG", "CTIFF", "CTurboJPEG", "CWebP", "PlainFiles"]
        ),
        module("Safetensors", ["JSON"]),
        module("Checkpoints", ["COpenSSL", "Figures", "JSON", "Safetensors"]),
        module("Configuration", ["Model", "PlainFiles", product("Yams", "Yams")]),

        module(
            "ONNX",
            ["Model", product("SwiftProtobuf", "swift-protobuf")],
            exclude: ["onnx.proto"]
        ),

        // MARK: Protocol and transport
        module("TrainingProtocol", ["SeededRandom"]),
        module(
            "TrainingSimulation",
            [
                "Checkpoints", "Figures", "SeededRandom", "TrainingDriver", "TrainingProtocol",
                "Transport",
            ]
        ),
        module(
            "Arithmetic",
            ["Figures", "Kernels", "Model", "TrainingProtocol"]
        ),
        module(
            "Wire",
            ["Figures", "Sealing", "TrainingProtocol", product("SwiftProtobuf", "swift-protobuf")],
            exclude: ["header.proto"]
        ),
        module("ZeroMQ", ["CZeroMQ"]),
        module("Sealing", ["COpenSSL"] + multiBuffer.map { .target(name: $0.name) }),
        .target(name: "CSharedMemory"),
        .target(name: "CAllocationCount"),
        .target(name: "CSignals"),
        module("SharedMemory", ["CSharedMemory"]),
        module("Keys", ["ZeroMQ"]),
        module(
            "Transport",
            ["Figures", "TrainingProtocol"],
            swiftSettings: specializedWhereUsed
        ),
        module(
            "TrainingDriver",
            ["Checkpoints", "Figures", "JSON", "TrainingProtocol", "Transport"],
            swiftSettings: specializedWhereUsed
        ),
        module(
            "NetworkTransport",
            [
                "Arithmetic", "Figures", "Keys", "Model", "Sealing", "SharedMemory",
                "TrainingProtocol", "Transport", "Wire", "ZeroMQ",
            ]
        ),

        // MARK: Services and commands
        module("Reporting", ["Figures", "JSON"]),
        module("HTMLReport", ["Figures", "JSON", "Reporting"]),
        module(
            "WebServer",
            [
                "Services", product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"),
                product("NIOPosix", "swift-nio"),
            ]
        ),
        module(
            "Hosting",
            [
                "CSignals", "Kernels", "PlainFiles", "Services", "SharedMemory", "ZeroMQ",
                product("Logging", "swift-log"),
                product("Subprocess", "swift-subprocess"),
                product("SystemPackage", "swift-system"),
            ]
        ),
        module(
            "Training",
            [
                "Arithmetic", "Checkpoints", "Configuration", "Figures", "Hosting", "Kernels",
                "Keys", "MNIST", "Model", "NetworkTransport", "SeededRandom", "TrainingDriver",
                "TrainingProtocol", "Transport", "Wire", "Services", "ZeroMQ",
                product("Logging", "swift-log"),
            ]
        ),
        module(
            "TrainingBenchmarks",
            [
                "Figures", "JSON", "Reporting", product("Subprocess", "swift-subprocess"),
                product("SystemPackage", "swift-system"),
            ],
            resources: [
                .embedInCode("Peers/pytorch_ddp.py"), .embedInCode("Peers/keras_fit.py"),
                .embedInCode("Peers/jax_jit.py"),
            ]
        ),
        .executableTarget(
            name: "lockstep",
            dependencies: [
                "CBuildCommit", "Checkpoints", "Configuration", "Figures", "HTMLReport",
                "Hosting", "IDX", "ImageFiles", "JSON", "KernelBenchmarks", "Kernels", "Keys",
                "MNIST", "Model",
                "NetworkTransport", "ONNX", "PlainFiles", "Reporting", "Training",
                "TrainingBenchmarks", "TrainingDriver", "TrainingProtocol", "TrainingSimulation",
                "Services", "Transport", "WebServer", "ZeroMQ",
                product("ArgumentParser", "swift-argument-parser"),
                product("Logging", "swift-log"),
            ],
            swiftSettings: strict
        ),

        // MARK: Tests
        .target(
            name: "TestTools",
            dependencies: ["CISAL"],
            path: "Tests/TestTools",
            swiftSettings: strict
        ),
        tests("KernelReference", ["SeededRandom"]),
        tests("Kernels", ["KernelReference", "SeededRandom"]),
        tests("KernelBenchmarks", ["Kernels"]),
        tests(
            "Arithmetic",
            ["Figures", "Kernels", "Model", "SeededRandom", "TrainingProtocol"]
        ),
        tests(
            "Model",
            ["Figures", "KernelReference", "Kernels", "MNIST", "SeededRandom"],
            exclude: ["Fixtures"]
        ),
        tests("Safetensors"),
        tests("Checkpoints", ["Figures", "Safetensors"], exclude: ["read_with_safetensors.py"]),
        tests("Configuration", ["Model"]),
        tests("Figures"),
        tests("JSON"),
        tests("ONNX", ["Model", product("SwiftProtobuf", "swift-protobuf")]),
        tests("HTMLReport", ["Figures", "JSON", "Reporting"]),
        tests("Reporting", ["Figures", "JSON"], exclude: ["read_with_tensorboard.py"]),
        tests("ImageFiles", ["MNIST"], resources: [.copy("Fixtures")]),
        tests("IDX"),
        tests("MNIST", ["IDX"]),
        tests("PlainFiles"),
        tests("SeededRandom"),
        tests("Services"),
        tests(
            "Training",
            [
                "Arithmetic", "Checkpoints", "Configuration", "Figures", "Hosting", "Kernels",
                "Keys", "MNIST", "Model", "NetworkTransport", "Sealing", "SeededRandom",
                "SharedMemory", "TrainingDriver", "TrainingProtocol", "Transport", "Wire",
                "ZeroMQ",
                product("Logging", "swift-log"),
            ],
            exclude: ["Fixtures", "record_with_keras.py"]
        ),
        tests("Transport"),
        tests(
            "TrainingDriver",
            ["Checkpoints", "Figures", "NetworkTransport", "Sealing", "TrainingProtocol"]
        ),
        tests(
            "NetworkTransport",
            [
                "Arithmetic", "Figures", "Keys", "Model", "Sealing", "SharedMemory",
                "TrainingProtocol", "Transport", "Wire", "ZeroMQ",
            ]
        ),
        tests(
            "Hosting",
            [
                "Services", product("Logging", "swift-log"),
                product("Subprocess", "swift-subprocess"),
            ]
        ),
        tests("TrainingProtocol"),
        tests("TrainingBenchmarks"),
        tests(
            "TrainingSimulation",
            [
                "Arithmetic", "Checkpoints", "Figures", "Kernels", "MNIST", "Model",
                "NetworkTransport", "SeededRandom", "Training", "TrainingDriver",
                "TrainingProtocol", "Transport", "Wire",
            ]
        ),
        tests("Wire", ["Figures", "Sealing", "TrainingProtocol"]),
        tests("ZeroMQ"),
        tests("Sealing"),
        tests("SharedMemory"),
        tests("Keys", ["ZeroMQ"]),
        tests("WebServer", ["Services"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["lockstep", "MNIST", "SeededRandom", "TestTools"],
            exclude: ["scrape_with_prometheus.py", "watch_with_chromium.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PeerTests",
            dependencies: [
                "Arithmetic", "Checkpoints", "Figures", "Kernels", "MNIST", "Model", "ONNX",
                "TestTools", "Training", "TrainingProtocol", "Wire",
            ],
            exclude: ["read_with_others.py", "run_documentation.py", "train_with_pytorch.py"],
            swiftSettings: strict
        ),
        .testTarget(name: "TidyTests", dependencies: ["TestTools"], swiftSettings: strict),
        .executableTarget(
            name: "lockstep-fuzz",
            dependencies: [
                "Checkpoints", "Configuration", "Figures", "HTMLReport", "Hosting", "IDX",
                "ImageFiles", "JSON", "Keys", "MNIST", "Model", "NetworkTransport", "Reporting",
                "Safetensors", "Sealing", "SeededRandom",
                "SharedMemory", "TestTools", "Training", "TrainingDriver", "TrainingProtocol",
                "Transport", "WebServer", "Wire", "ZeroMQ",
                product("ArgumentParser", "swift-argument-parser"),
            ],
            path: "Tests/Fuzz",
            exclude: ["live"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
