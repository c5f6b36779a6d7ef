import ArgumentParser
import Checkpoints
import Foundation
import JSON
import Model
import Training

/// The model file that a command works with.
struct ModelArgument: ParsableArguments {
    @Argument(help: "A model or checkpoint file (.safetensors).", completion: .file())
    var model: String

    /// Reads the file.
    func read() throws(CheckpointError) -> ModelFile { try Self.read(path: model) }

    /// Reads a file to compute with.
    ///
    /// - Throws: `NonfiniteModel` for a parameter that is not finite: what is computed with it may
    ///   still look like figures.
    func readFinite() throws -> ModelFile { try Self.readFinite(path: model) }

    /// Reads a model to compute with.
    static func readFinite(path: String) throws -> ModelFile {
        let file = try read(path: path)
        if let error = NonfiniteModel(file, path: path) { throw error }
        return file
    }

    /// Reads a model, or the parameters of a checkpoint.
    static func read(path: String) throws(CheckpointError) -> ModelFile {
        try ModelFile.read(path: path, table: RunPreparation.table)
    }
}

extension ModelFile {
    /// The parameters as a buffer to compute with.
    var parameterBuffer: ParameterBuffer {
        let buffer = ParameterBuffer()
        buffer.copy(parameters)
        return buffer
    }
}

extension ModelFile {
    /// What a model's or a checkpoint's file says of a setting of its training; nil where it says
    /// nothing.
    func inputSetting(_ key: String) -> String? {
        if let value = metadata[key] { return value }
        let text = metadata["configuration"] ?? "{}"
        let settings = try? StrictJSON.strings(parsing: text)
        return settings?[key]
    }
}
