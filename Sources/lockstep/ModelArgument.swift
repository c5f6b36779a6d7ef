import ArgumentParser
import Checkpoints
import Foundation
import JSON
import Model
import Reporting
import Training

/// The model file that a command works with.
struct ModelArgument: ParsableArguments {
    @Argument(
        help: "A model or checkpoint file (.safetensors), or a run's folder.",
        completion: .file()
    )
    var model: String

    /// The run whose folder was named; nil where a file was.
    var run: RunFolder? { Self.run(at: model) }

    private static func run(at path: String) -> RunFolder? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        else { return nil }
        return RunFolder(path: path)
    }

    /// Where the parameters are: in the file that was named or the model of a run's folder, or,
    /// while the run has none, in its newest valid checkpoint, which a line on standard error
    /// tells.
    ///
    /// - Throws: when a run has checkpoints, of which none is valid; `FolderWithoutModel` where it
    ///   has none.
    func path() throws -> String { try Self.path(of: model) }

    /// Where the parameters are that a file's or a folder's path stands for.
    private static func path(of model: String) throws -> String {
        guard let run = run(at: model) else { return model }
        if FileManager.default.fileExists(atPath: run.modelPath) { return run.modelPath }
        let store = CheckpointStore(
            reading: run.checkpointsPath,
            table: RunBuilder.table
        )
        guard let found = try store.newestValid() else {
            throw FolderWithoutModel(path: model, isRun: run.holdsConfiguration)
        }
        Entry.complain(of: "\(run.path) has no model yet; \(found.path) stands for it")
        return found.path
    }

    /// Reads the file.
    func read() throws -> ModelFile { try Self.read(pathOrFolder: model) }

    /// Reads what a file's or a run folder's path stands for.
    static func read(pathOrFolder path: String) throws -> ModelFile {
        try read(path: Self.path(of: path))
    }

    /// Reads a file to compute with.
    ///
    /// - Throws: `NonfiniteModel` for a parameter that is not finite: what is computed with it may
    ///   still look like figures.
    func readFinite() throws -> ModelFile { try Self.readFinite(path: try path()) }

    /// Reads a model to compute with.
    static func readFinite(path: String) throws -> ModelFile {
        let file = try read(path: path)
        if let error = NonfiniteModel(file, path: path) { throw error }
        return file
    }

    /// Reads a model, or the parameters of a checkpoint.
    static func read(path: String) throws(CheckpointError) -> ModelFile {
        try ModelFile.read(path: path, table: RunBuilder.table)
    }
}

/// A folder was named as a model, and holds none.
struct FolderWithoutModel: Error, CustomStringConvertible {
    let path: String
    /// Whether a run is kept there.
    let isRun: Bool

    var description: String {
        isRun
            ? "\(path): a run without a model or checkpoint was found where one of either was expected; wait for its first checkpoint, or name another run"
            : "\(path): a folder without a run was found where a model's file or a run's folder was expected; name one, such as R or R/model.safetensors"
    }
}

extension ModelFile {
    /// The parameters as a buffer to compute with.
    var parameterBuffer: ParameterBuffer {
        let buffer = ParameterBuffer(of: network)
        buffer.copy(parameters)
        return buffer
    }
}

extension ModelFile {
    /// What a model's or a checkpoint's file says of a setting of its training; nil where it says
    /// nothing.
    func inputSetting(_ key: String) -> String? {
        if let value = metadata[key] { return value }
        let text = metadata["configuration"] ?? metadata["settings"] ?? "{}"
        let settings = try? StrictJSON.strings(parsing: text)
        return settings?[key]
    }
}
