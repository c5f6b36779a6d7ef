import Checkpoints
import Foundation
import Model
import Reporting
import Training

/// A run that is complete, and what is to stay of it: its digest on standard output, its model in
/// its folder or, where that has vanished or is full, wherever there is room.
struct FinishedRun {
    /// The model is not where it belongs.
    struct ModelElsewhere: Error, CustomStringConvertible {
        let path: String
        let reason: String
        /// Where it is; nil if nowhere.
        let place: String?

        var description: String {
            let failure =
                "\(path): writing the model failed with \"\(reason)\" where its folder was expected to take it; "
            return failure
                + (place.map { "it is in \($0), move it from there" }
                    ?? "no other place took it: make room there, and go on with --resume")
        }
    }

    private let result: RunResult
    private let network: LeNet
    /// What the model's file says of it.
    private let card: [String: String]

    init(_ result: RunResult, network: LeNet, card: [String: String]) {
        self.result = result
        self.network = network
        self.card = card
    }

    /// Writes the model and the summary, and prints the result whatever becomes of them.
    ///
    /// - Throws: ``ModelElsewhere``, or what kept the summary from being written.
    func leave(in folder: RunFolder, _ report: RunReport) throws {
        let bytes = UnsafeRawBufferPointer(result.parameters.bytes)
        let digest = Digest.sha256(of: bytes).description
        do throws(CheckpointError) {
            try write(result.parameters, card, to: folder.modelPath)
            if let average = result.average {
                let card = ModelCard.ofAverage(of: result, card)
                try write(average, card, to: folder.averagePath)
            }
        } catch {
            let place = placeElsewhere(digest: digest)
            report.show(
                result,
                digest: digest,
                modelPath: place ?? "nowhere",
                averagePath: nil
            )
            try? report.summarize(result, digest: digest)
            throw ModelElsewhere(
                path: folder.modelPath,
                reason: Self.reason(of: error),
                place: place
            )
        }
        report.show(
            result,
            digest: digest,
            modelPath: folder.modelPath,
            averagePath: result.average == nil ? nil : folder.averagePath
        )
        try report.summarize(result, digest: digest)
    }

    /// Writes the model to `$TMPDIR`, else `/tmp`, else the working folder.
    private func placeElsewhere(digest: String) -> String? {
        let folders = [
            ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp", "/tmp",
            FileManager.default.currentDirectoryPath,
        ]
        for folder in folders where !folder.isEmpty {
            let path = folder + "/lockstep-model-\(digest.prefix(16)).safetensors"
            do throws(CheckpointError) {
                try write(result.parameters, card, to: path)
                return path
            } catch {
                // The next place may take it.
            }
        }
        return nil
    }

    private func write(
        _ parameters: ParameterBuffer,
        _ card: [String: String],
        to path: String
    ) throws(CheckpointError) {
        try ModelFile.write(
            path: path,
            parameters: UnsafeRawBufferPointer(parameters.bytes),
            table: RunBuilder.table(of: network),
            metadata: card
        )
    }

    private static func reason(of error: CheckpointError) -> String {
        guard case .systemCall(_, _, let code) = error else { return "\(error)" }
        return String(cString: strerror(code))
    }
}
