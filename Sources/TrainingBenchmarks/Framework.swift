import Foundation
import JSON

/// A framework that people would otherwise train with, in a Python environment.
package struct Framework: Sendable {
    /// Which one.
    package enum Kind: String, CaseIterable, Sendable {
        /// DistributedDataParallel over gloo, a process a worker.
        case pytorch
        /// `fit` in one process on all cores.
        case keras
        /// A jitted step in one process on all cores.
        case jax
    }

    /// What tables call it.
    package let name: String

    private let kind: Kind
    private let python: String
    private let datasetPath: String
    private let scriptPath: String

    /// Uses a Python that has the framework, or sets one up from PyPI under the user's cache folder
    /// the first time.
    ///
    /// - Parameters:
    ///   - python: its path; nil to set one up.
    ///   - datasetPath: the folder of MNIST's files.
    ///   - print: told before something is installed.
    /// - Throws: ``BenchmarkFailure`` when that fails.
    package init(
        _ kind: Kind,
        python: String?,
        datasetPath: String,
        print: (String) -> Void
    ) async throws {
        self.kind = kind
        self.datasetPath = datasetPath
        let cache = try FileManager.default.url(
            for: .cachesDirectory,
            in: .userDomainMask,
            appropriateFor: nil,
            create: true
        ).appending(path: "lockstep")
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        // Python looks for modules beside the script first: no module may have its name.
        let script = cache.appending(path: "bench-\(kind.rawValue).py")
        try Data(kind.script).write(to: script)
        scriptPath = script.path
        if let python {
            self.python = python
        } else {
            let environment = cache.appending(path: kind.rawValue).path
            self.python = "\(environment)/bin/python3"
            if !FileManager.default.fileExists(atPath: "\(environment)/complete") {
                print("installing \(kind.package) from PyPI into \(environment), once")
                try await ChildProcess.run("python3", ["-m", "venv", "--clear", environment])
                try await ChildProcess.run(
                    self.python,
                    ["-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
                        + kind.package.split(separator: " ").map(String.init)
                )
                try Data().write(to: URL(filePath: "\(environment)/complete"))
            }
        }
        name =
            switch kind {
            case .pytorch: "PyTorch DistributedDataParallel over gloo"
            case .keras: "Keras fit, one process on all cores"
            case .jax: "JAX jit, one process on all cores"
            }
    }

    /// Trains for a few seconds.
    ///
    /// - Throws: ``BenchmarkFailure`` when the script fails.
    func samplesPerSecond(batchSize: Int, processCount: Int) async throws -> Double {
        // About two seconds of PyTorch on two cores.
        let stepCount = max(40, 600 * 32 / batchSize)
        let printed = try await ChildProcess.run(
            python,
            [scriptPath, datasetPath, "\(batchSize)", "\(processCount)", "\(stepCount)"]
        )
        let line = printed.split(separator: "\n").last.map(String.init) ?? ""
        let figures = try? StrictJSON(parsing: line)
        guard let steps = figures?["steps"]?.count, let seconds = figures?["seconds"]?.double else {
            throw BenchmarkFailure.figuresMissing(name: name, found: line)
        }
        return Double(steps * batchSize) / seconds
    }
}

extension Framework.Kind {
    fileprivate var script: [UInt8] {
        switch self {
        case .pytorch: PackageResources.pytorch_ddp_py
        case .keras: PackageResources.keras_fit_py
        case .jax: PackageResources.jax_jit_py
        }
    }

    fileprivate var package: String {
        switch self {
        case .pytorch: "numpy torch"
        case .keras: "tensorflow-cpu"
        case .jax: "jax==0.10.2"
        }
    }
}
