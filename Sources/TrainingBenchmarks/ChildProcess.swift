import Glibc
import Subprocess
import SystemPackage

/// Why a benchmark could not be made.
package enum BenchmarkFailure: Error, Equatable, CustomStringConvertible {
    /// A program ended badly.
    case programFailed(name: String, status: String, lastLine: String)
    /// A program printed something else than its figures.
    case figuresMissing(name: String, found: String)
    /// A run's summary lacks a figure.
    case summaryIncomplete(path: String)

    package var description: String {
        switch self {
        case .programFailed(let name, let status, let lastLine):
            "measuring: \(name) ended with \(status) where success was expected; it said: \(lastLine)"
        case .figuresMissing(let name, let found):
            "measuring: \(name) printed \"\(found)\" where a line of JSON with its figures was expected"
        case .summaryIncomplete(let path):
            "measuring: \(path) lacks a figure where a whole summary was expected; use one build for all"
        }
    }
}

/// A program that is run to its end.
enum ChildProcess {
    private static let outputSizeMax = 1 << 20

    /// Runs a program, with a library before all of its own if one is named, and returns what it
    /// printed.
    ///
    /// - Throws: ``BenchmarkFailure`` with the last line of its errors when it does not succeed.
    @discardableResult
    static func run(
        _ path: String,
        _ arguments: [String],
        preloading library: String? = nil
    ) async throws -> String {
        let result = try await Subprocess.run(
            path.contains("/") ? .path(FilePath(path)) : .name(path),
            arguments: Arguments(arguments),
            environment: .inherit.updating(library.map { ["LD_PRELOAD": $0] } ?? [:]),
            output: .string(limit: outputSizeMax),
            error: .string(limit: outputSizeMax)
        )
        guard result.terminationStatus.isSuccess else {
            let status =
                switch result.terminationStatus {
                case .exited(let code): "exit code \(code)"
                case .signaled(let number): "signal \(number)"
                }
            let lines = result.standardError.split(separator: "\n")
            throw BenchmarkFailure.programFailed(
                name: path,
                status: status,
                lastLine: lines.last.map(String.init) ?? "nothing"
            )
        }
        return result.standardOutput
    }

    /// What the programs that have ended, and theirs, used of the processors.
    static var processorSeconds: Double {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000 }
    }
}
