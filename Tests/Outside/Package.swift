// swift-tools-version: 6.2
import PackageDescription

/// A package of somebody else's, with a program for each library product of Lockstep.
let package = Package(
    name: "outside",
    dependencies: [.package(name: "lockstep", path: "../..")],
    targets: [
        .executableTarget(
            name: "ask",
            dependencies: [.product(name: "ZeroMQ", package: "lockstep")]
        ),
        .executableTarget(
            name: "tensors",
            dependencies: [.product(name: "Safetensors", package: "lockstep")]
        ),
        .executableTarget(
            name: "digit",
            dependencies: [.product(name: "IDX", package: "lockstep")]
        ),
    ]
)
