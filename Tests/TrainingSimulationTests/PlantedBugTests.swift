import Foundation
import Testing

/// That the simulation finds bugs: each of a list is planted into a copy of the sources.
///
/// Building those takes minutes: only with LOCKSTEP_PLANTED_BUGS set.
struct PlantedBugTests {
    private static let isAsked =
        ProcessInfo.processInfo.environment["LOCKSTEP_PLANTED_BUGS"] != nil
    /// Those that a run in virtual time is made of, each after what it imports.
    private static let modules = [
        "SeededRandom", "Figures", "JSON", "Safetensors", "Checkpoints", "TrainingProtocol",
        "Transport", "TrainingDriver", "TrainingSimulation", "check",
    ]

    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources")

    @Test(arguments: PlantedBug.all)
    func `has a place for each bug`(_ bug: PlantedBug) throws {
        let text = try String(contentsOf: Self.sources.appending(path: bug.file), encoding: .utf8)
        #expect(text.components(separatedBy: bug.original).count == 2, "\(bug.file)")
    }

    @Test(.enabled(if: isAsked))
    func `finds every planted bug, and none where there is none`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "lockstep-planted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let whole = folder.appending(path: "whole")
        try copySources(to: whole)
        for module in Self.modules { try compile(module, in: whole) }
        #expect(try failure(in: whole) == nil)
        // A compilation uses one processor, so that each processor has its share of the bugs.
        let shareCount = ProcessInfo.processInfo.activeProcessorCount
        let bugs = PlantedBug.all
        try await withThrowingTaskGroup { group in
            for share in 0..<shareCount {
                let range = bugs.count * share / shareCount..<bugs.count * (share + 1) / shareCount
                let copy = folder.appending(path: "share-\(share)")
                try FileManager.default.copyItem(at: whole, to: copy)
                group.addTask { try find(bugs[range], in: copy) }
            }
            try await group.waitForAll()
        }
    }

    /// Plants one bug after the other, those of a module in a row, and expects a seed to fail.
    private func find(_ bugs: ArraySlice<PlantedBug>, in folder: URL) throws {
        for (index, bug) in zip(bugs.indices, bugs) {
            let file = folder.appending(path: bug.file)
            let module = String(bug.file.prefix { $0 != "/" })
            let text = try String(contentsOf: file, encoding: .utf8)
            let planted = text.replacingOccurrences(of: bug.original, with: bug.planted)
            try planted.write(to: file, atomically: true, encoding: .utf8)
            try compile(module, in: folder)
            let found = try failure(in: folder)
            print("\(bug.name): \(found ?? "not found")")
            #expect(found != nil, "\(bug.name)")
            try text.write(to: file, atomically: true, encoding: .utf8)
            // A bug that follows in the same module is compiled without this one anyway.
            let next = bugs[(index + 1)...].first
            if next?.file.hasPrefix(module + "/") != true { try compile(module, in: folder) }
        }
    }

    /// The modules' sources, and those of a program that runs seeds until one fails.
    private func copySources(to folder: URL) throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "check"),
            withIntermediateDirectories: true
        )
        for module in Self.modules.dropLast() + ["COpenSSL"] {
            try FileManager.default.copyItem(
                at: Self.sources.appending(path: module),
                to: folder.appending(path: module)
            )
        }
        try Self.program.write(
            to: folder.appending(path: "check/Check.swift"),
            atomically: true,
            encoding: .utf8
        )
    }

    /// Compiles one module alone: a bug changes no interface, so that others stay as they are.
    private func compile(_ module: String, in folder: URL) throws {
        let files = FileManager.default.enumerator(
            at: folder.appending(path: module),
            includingPropertiesForKeys: nil
        )
        let sources = (files?.allObjects as? [URL] ?? []).map { $0.path() }
            .filter { $0.hasSuffix(".swift") }.sorted()
        let (status, text) = try run(
            ["swiftc", "-O", "-wmo", "-parse-as-library", "-swift-version", "6"]
                + ["-enable-upcoming-feature", "InternalImportsByDefault"]
                + ["-enable-upcoming-feature", "MemberImportVisibility"]
                + ["-package-name", "lockstep", "-module-name", module, "-I", folder.path()]
                + ["-I", folder.appending(path: "COpenSSL").path(), "-emit-module"]
                + ["-emit-module-path", folder.appending(path: "\(module).swiftmodule").path()]
                + ["-c", "-o", folder.appending(path: "\(module).o").path()] + sources
        )
        try #require(status == 0, "\(module): \(text)")
    }

    /// The first seed that fails, and why; nil if none does.
    private func failure(in folder: URL) throws -> String? {
        let program = folder.appending(path: "run").path()
        let objects = Self.modules.map { folder.appending(path: "\($0).o").path() }
        let (linked, problem) = try run(["swiftc", "-o", program, "-lcrypto"] + objects)
        try #require(linked == 0, "\(problem)")
        // A precondition that does not hold ends the program.
        let (status, text) = try run(["timeout", "120", program])
        return status == 0 ? nil : String(text.split(separator: "\n").first ?? "status \(status)")
    }

    private func run(_ words: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        var environment = ProcessInfo.processInfo.environment
        // A stack trace of the program would take longer than all of its runs.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }

    private static let program = """
        import Glibc
        import TrainingSimulation

        @main struct Check {
            static func main() async {
                for first in stride(from: UInt64(0), to: 4_000, by: 100) {
                    for topology in [Topology.star, .tree] {
                        let sweep = await Sweep.run(first..<first + 100, topology, threadCount: 1)
                        guard let failed = sweep.failures.first else { continue }
                        print("seed", failed.seed, failed.failure ?? "")
                        exit(1)
                    }
                }
            }
        }
        """
}
