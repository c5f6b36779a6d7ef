import ArgumentParser
import Checkpoints
import Model

/// How images become a model's inputs: as its training did, unless told otherwise.
struct InputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How 28×28 images become 32×32: zeros around (pad) or bilinear (resize) (default: as the model was trained)",
            valueName: "way"
        )
    )
    var input: InputTransform.Geometry?

    @Option(
        help: ArgumentHelp(
            "Pixels from 0 to 1 (unit) or from 0 to 255 (none) (default: as the model was trained)",
            valueName: "scale"
        )
    )
    var scale: InputTransform.Scale?

    /// The options, then what the model's file says, then the defaults.
    func transform(for file: ModelFile) -> InputTransform {
        let trained = file.transform
        return InputTransform(geometry: input ?? trained.geometry, scale: scale ?? trained.scale)
    }
}

extension ModelFile {
    /// How images were brought in where the model was trained, as far as its file says, else the
    /// defaults.
    var transform: InputTransform {
        InputTransform(
            geometry: inputSetting("input").flatMap { InputTransform.Geometry(rawValue: $0) }
                ?? .pad,
            scale: inputSetting("scale").flatMap { InputTransform.Scale(rawValue: $0) } ?? .unit
        )
    }
}

extension InputTransform.Geometry: ExpressibleByArgument {}
extension InputTransform.Scale: ExpressibleByArgument {}
