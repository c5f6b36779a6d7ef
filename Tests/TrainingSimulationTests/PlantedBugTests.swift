import Foundation
import Testing

/// That the simulation finds bugs: each of a list is planted into a copy of the sources.
///
/// Building those takes minutes: only with LOCKSTEP_PLANTED_BUGS set.
struct PlantedBugTests {
    private static let isAsked =
        ProcessInfo.processInfo.environment["LOCKSTEP_PLANTED_BUGS"] != nil
    private static let modules = ["SeededRandom", "TrainingProtocol", "TrainingSimulation"]

    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources")

    @Test(arguments: PlantedBug.all)
    func `has a place for each bug`(_ bug: PlantedBug) throws {
        let text = try String(contentsOf: Self.sources.appending(path: bug.file), encoding: .utf8)
        #expect(text.components(separatedBy: bug.original).count == 2, "\(bug.file)")
    }

    @Test(.enabled(if: isAsked)) func `finds every planted bug, and none where there is none`()
        throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "lockstep-planted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try makePackage(in: folder)
        #expect(try failures(in: folder) == "")
        for bug in PlantedBug.all {
            let file = folder.appending(path: "Sources").appending(path: bug.file)
            let text = try String(contentsOf: file, encoding: .utf8)
            let planted = text.replacingOccurrences(of: bug.original, with: bug.planted)
            try planted.write(to: file, atomically: true, encoding: .utf8)
            let found = try failures(in: folder)
            print("\(bug.name): \(found)")
            #expect(found != "", "\(bug.name)")
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    /// A package of the pure modules and a program that prints the seeds that fail, and why.
    private func makePackage(in folder: URL) throws {
        let program = folder.appending(path: "Sources/check")
        try FileManager.default.createDirectory(at: program, withIntermediateDirectories: true)
        for module in Self.modules {
            try FileManager.default.copyItem(
                at: Self.sources.appending(path: module),
                to: folder.appending(path: "Sources").appending(path: module)
            )
        }
        try Self.manifest.write(
            to: folder.appending(path: "Package.swift"),
            atomically: true,
            encoding: .utf8
        )
        try Self.program.write(
            to: program.appending(path: "main.swift"),
            atomically: true,
            encoding: .utf8
        )
    }

    private func failures(in folder: URL) throws -> String {
        _ = try run(["swift", "build", "-c", "release", "--package-path", folder.path()])
        return try run([folder.appending(path: ".build/release/check").path()])
    }

    private func run(_ words: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(words): \(text)")
        return text
    }

    private static let manifest = """
        // swift-tools-version: 6.2
        import PackageDescription

        let settings: [SwiftSetting] = [
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
        let package = Package(
            name: "lockstep",
            targets: [
                .target(name: "SeededRandom", swiftSettings: settings),
                .target(
                    name: "TrainingProtocol",
                    dependencies: ["SeededRandom"],
                    swiftSettings: settings
                ),
                .target(
                    name: "TrainingSimulation",
                    dependencies: ["SeededRandom", "TrainingProtocol"],
                    swiftSettings: settings
                ),
                .executableTarget(name: "check", dependencies: ["TrainingSimulation"]),
            ]
        )
        """

    private static let program = """
        import TrainingSimulation

        let sweep = await Sweep.run(0..<2_000, threadCount: 2)
        if let first = sweep.failures.first {
            print(sweep.failures.count, "of 2000, first seed", first.seed, first.failure ?? "")
        }
        """
}
