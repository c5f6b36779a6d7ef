import Checkpoints
import Model

/// A run ended because its numbers were no longer finite.
struct Divergence: Error, CustomStringConvertible {
    let step: Int
    let runFolder: String

    var description: String {
        "step \(step): a loss or parameters of NaN or infinity were found where finite numbers were expected, so training "
            + "has diverged; start anew with a smaller --learning-rate, or go on regardless with --keep-going "
            + "(the checkpoints in \(runFolder) are from before)"
    }
}

/// A model holds parameters that nothing can be computed with.
struct NonfiniteModel: Error, CustomStringConvertible {
    let path: String
    let tensor: String
    let found: Float

    /// Finds the first such parameter.
    init?(_ file: ModelFile, path: String) {
        guard let index = file.parameters.firstIndex(where: { !$0.isFinite }) else { return nil }
        self.path = path
        found = file.parameters[index]
        tensor = file.network.tensors.first { $0.range.contains(index) }?.name ?? ""
    }

    var description: String {
        let number = found.isNaN ? "NaN" : found > 0 ? "infinity" : "minus infinity"
        return
            "\(path): \(tensor) holds \(number), which is not finite, where numbers to compute with were expected; "
            + "its training has diverged: take an earlier checkpoint, or train anew with a smaller --learning-rate"
    }
}
