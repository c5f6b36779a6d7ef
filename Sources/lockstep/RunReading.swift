import Checkpoints
import Configuration
import Foundation
import HTMLReport
import JSON
import Kernels
import MNIST
import Model
import PlainFiles
import Reporting
import Training

/// Reads what is in a run's folder, whether the run is over or going on.
struct RunReading {
    /// A folder that holds no run.
    struct NoRun: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "\(path): no run was found where a run's folder was expected; lockstep runs lists those of a folder"
        }
    }

    /// The folder.
    let folder: RunFolder
    private let summaryPath: String

    /// Will read a folder.
    ///
    /// - Throws: ``NoRun``.
    init(path: String) throws(NoRun) {
        folder = RunFolder(path: path)
        summaryPath = folder.summaryPath
        guard folder.holdsRun else { throw NoRun(path: path) }
    }

    /// What the files tell; a sentence for each that cannot be read.
    func run(named name: String) -> ReportedRun {
        var notes: [String] = []
        func read<Value>(_ none: Value, _ body: () throws -> Value) -> Value {
            do {
                return try body()
            } catch {
                notes.append(Sentence.bounded("\(error)"))
                return none
            }
        }
        let history = read([]) { try RunHistory.events(inFolder: folder.path) }
        let lines = read([]) { try MetricsLog.lines(inFolder: folder.path) }
        let settings = read([]) { try self.settings() }
        let summary = read(nil) { try self.summary() }
        let state = state(history, hasSummary: summary != nil)
        var run = ReportedRun(
            name: name,
            state: state,
            settings: settings,
            lines: lines,
            history: history,
            summary: state == .complete ? summary : nil
        )
        run.notes = notes
        return run
    }

    private func state(_ history: [HistoryEvent], hasSummary: Bool) -> ReportedRun.State {
        if folder.isInUse { return .training }
        let last = history.last { $0.kind == .start || $0.kind == .end }
        guard let last else { return hasSummary ? .complete : .interrupted }
        guard last.kind == .end else { return .interrupted }
        switch last.text {
        case "completed": return .complete
        case "diverged": return .diverged
        default: return .stopped
        }
    }

    private func settings() throws -> [(key: String, value: String)] {
        guard folder.holdsConfiguration else { return [] }
        let file = try ConfigurationFile(path: folder.configurationPath)
        let configuration = try RunConfiguration.resolve(
            commandLine: [:],
            environment: [:],
            yaml: (text: file.text, file: file.name)
        )
        return Setting.all.map { ($0.key, $0.text(in: configuration)) }
    }

    /// More than any summary has.
    private static let summarySizeMax = 64 << 20

    private func summary() throws -> StrictJSON? {
        guard FileManager.default.fileExists(atPath: summaryPath) else { return nil }
        do {
            let bytes = try RegularFile.read(summaryPath, sizeMax: Self.summarySizeMax)
            return try StrictJSON(parsing: ArraySlice(bytes))
        } catch let problem as StrictJSON.Problem {
            throw UsageError(
                "\(summaryPath): \(problem.found) was found where \(problem.expected) was expected; is this a run's summary?"
            )
        } catch let failure as RegularFile.Failure {
            throw UsageError(
                "\(summaryPath): reading failed with \"\(failure.reason)\" where a run's summary was expected; check the file"
            )
        }
    }
}

/// What the model of a run makes of the test images.
extension RunReading {
    /// The most confidently misread images that are shown.
    private static let worstCount = 16

    /// Looks at the test images with the run's model, or with its newest valid checkpoint.
    func findings(on dataset: DatasetOption, kernels: KernelSet) throws -> ReportFindings? {
        guard let path = try modelPath() else { return nil }
        let file = try ModelArgument.readFinite(path: path)
        let found = EvaluationFindings(
            Evaluation(kernels: kernels, transform: file.transform, network: file.network),
            classes: file.classes,
            of: file.parameterBuffer,
            over: try dataset.loadTest(for: file, of: folder),
            worstCount: Self.worstCount
        )
        let first = LeNet.convolutions[0].tensors[0]
        let weights = Array(file.parameters[first.range])
        let size = first.shape[2] * first.shape[3]
        return ReportFindings(
            source: path,
            test: found.metrics,
            confusion: found.confusion,
            misread: found.worst.map {
                MisreadPicture(
                    title: $0.title,
                    pixels: $0.pixels,
                    width: LeNet.imageSide,
                    enlarged: 1
                )
            },
            filters: stride(from: 0, to: weights.count, by: size).map {
                Array(weights[$0..<$0 + size])
            }
        )
    }

    private func modelPath() throws -> String? {
        // A model from before the run was gone on with is older than its checkpoints.
        if !folder.isInUse, FileManager.default.fileExists(atPath: folder.modelPath) {
            return folder.modelPath
        }
        let store = CheckpointStore(
            reading: folder.checkpointsPath,
            table: RunBuilder.table
        )
        return try store.newestValid()?.path
    }
}
