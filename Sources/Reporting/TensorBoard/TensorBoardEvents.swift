package import Figures
package import Foundation

/// A run's figures for TensorBoard, in event files of the run's folder.
///
/// A tag is a line's kind and field in `metrics.jsonl`: `step/loss` at the run's step,
/// `epoch/val_accuracy` at the epoch, from 1. A start that goes on begins a new file, which takes
/// back what lies beyond the step that it goes on from.
package final class TensorBoardEvents: Sendable {
    private let file: EventFileWriter

    /// Begins the event file of a start.
    ///
    /// - Parameters:
    ///   - settings: what TensorBoard compares runs by.
    ///   - resumedStep: the step after which the run goes on; 0 for a new one.
    /// - Throws: when the folder cannot be written to.
    package init(
        runFolder: String,
        settings: [String: SettingValue],
        resumedStep: Int,
        at time: Date
    ) throws(ReportError) {
        file = try EventFileWriter(folder: runFolder, at: time)
        if resumedStep > 0 { try goBack(toStep: resumedStep, at: time) }
        let both = ["loss", "accuracy"].map { name in
            (title: name, tags: ["epoch/\(name)", "epoch/val_\(name)"])
        }
        let name = URL(fileURLWithPath: runFolder).lastPathComponent
        let values: [EventValue] = [
            .charts(both, category: "training and validation"),
            .hyperparameters(settings, group: name, start: time.timeIntervalSince1970),
        ]
        try file.append(values, step: 0, at: time)
    }

    /// Takes back what lies beyond a step, from which the run goes on.
    ///
    /// - Throws: when the disk does not take it.
    package func goBack(toStep step: Int, at time: Date) throws(ReportError) {
        try file.restart(atStep: step + 1, at: time)
    }

    /// Appends a line's figures.
    ///
    /// - Throws: when the disk does not take them.
    package func append(_ line: MetricsLine, at time: Date) throws(ReportError) {
        let values = Self.fields.compactMap { field in
            line[field].map { EventValue.scalar("\(line.kind.rawValue)/\(field.rawValue)", $0) }
        }
        let place = line.kind == .epoch ? Int(line[.epoch] ?? 0) : line.step
        try file.append(values, step: place, at: time)
    }

    private static let fields: [MetricsField] = [
        .loss, .accuracy, .runningLoss, .runningAccuracy, .validationLoss, .validationAccuracy,
        .averageValidationLoss, .averageValidationAccuracy, .samplesPerSecond, .learningRate,
        .seconds, .weightNorm, .gradientNorm,
    ]

    /// Appends the layers at the end of an epoch, counted from 1.
    ///
    /// - Throws: when the disk does not take them.
    package func append(_ state: EpochState, epoch: Int, at time: Date) throws(ReportError) {
        let values = state.layers.flatMap { layer in
            var values: [EventValue] = [
                .scalar("weightNorm/\(layer.name)", layer.weightNorm),
                .histogram("weights/\(layer.name)", layer.weights),
                .histogram("biases/\(layer.name)", layer.biases),
            ]
            if let gradient = layer.gradient {
                values += [
                    .scalar("gradientNorm/\(layer.name)", gradient.norm),
                    .histogram("gradients/\(layer.name)", gradient),
                ]
            }
            return values
        }
        try file.append(values, step: epoch, at: time)
    }

    /// Appends what the test set showed at the run's end.
    ///
    /// - Throws: when the disk does not take it.
    package func append(
        test: Metrics,
        confusion: ConfusionMatrix,
        misread: [MisreadPicture],
        step: Int,
        at time: Date
    ) throws(ReportError) {
        var values: [EventValue] = [
            .scalar("test_loss", test.loss), .scalar("test_accuracy", test.accuracy),
            .image(
                "confusion",
                ConfusionPicture.picture(of: confusion),
                title: Self.title(of: confusion)
            ),
        ]
        for (index, digit) in misread.enumerated() {
            let number = index < 9 ? "0\(index + 1)" : "\(index + 1)"
            values.append(.image("misread/\(number)", digit.picture, title: digit.title))
        }
        try file.append(values, step: step, at: time)
        try file.append([.success(end: time.timeIntervalSince1970)], step: 0, at: time)
    }
}

extension TensorBoardEvents {
    private static func title(of confusion: ConfusionMatrix) -> String {
        let names = confusion.names.enumerated().filter { $1 != "\($0)" }
        let legend = names.map { "\($0) \($1)" }.joined(separator: ", ")
        return "rows are labels, columns predictions" + (legend.isEmpty ? "" : ": " + legend)
    }
}

/// A test image that was taken for what it is not.
package struct MisreadPicture: Equatable, Sendable {
    /// What is said of it.
    package var title: String
    /// The image, enlarged.
    package var picture: PlainPicture

    /// Takes an image of `width` pixels a row, white on black.
    ///
    /// - Parameter factor: pixels along the side of the square that shows one of its.
    package init(title: String, pixels: [UInt8], width: Int, enlarged factor: Int = 4) {
        self.title = title
        picture = PlainPicture(gray: pixels, width: width, enlarged: factor)
    }
}
