import Dispatch
import Figures
import MNIST
import Model
import Reporting
import Synchronization
import Training

/// What a model makes of each test image, beside its loss and accuracy.
struct EvaluationFindings {
    /// An image that was taken for what it is not.
    struct Misread {
        let index: Int
        let label: Int
        let prediction: Int
        let probability: Float
        /// What both classes are called.
        let labelName, predictionName: String
        fileprivate(set) var pixels: [UInt8]

        /// What is said of it in one line.
        var title: String {
            let percent = DecimalText.fixed(Double(probability) * 100, places: 2)
            return
                "test image \(index), label \(labelName), taken for \(predictionName), \(percent) %"
        }
    }

    let metrics: Metrics
    let imageCount: Int
    private(set) var confusion: ConfusionMatrix
    /// The likeliest of the wrong predictions come first.
    private(set) var worst: [Misread] = []

    /// Images whose probabilities are computed at once.
    private static let batchCount = 1_024

    /// Looks at all images, on every processor.
    ///
    /// - Parameters:
    ///   - metrics: loss and accuracy where they are known; nil has them computed.
    ///   - worstCount: how many misread images are kept.
    init(
        _ evaluation: Evaluation,
        classes: Classes = .digits,
        of parameters: ParameterBuffer,
        over images: LabeledImages,
        metrics: Metrics? = nil,
        worstCount: Int
    ) {
        self.metrics = metrics ?? evaluation.metrics(of: parameters, over: images)
        imageCount = images.count
        confusion = ConfusionMatrix(names: classes.names)
        let batchCount = (images.count + Self.batchCount - 1) / Self.batchCount
        let found = Mutex([[Reading]](repeating: [], count: batchCount))
        DispatchQueue.concurrentPerform(iterations: batchCount) { batch in
            let first = batch * Self.batchCount
            let indices = first..<min(first + Self.batchCount, images.count)
            let readings = Self.readings(evaluation, of: parameters, over: images, indices)
            found.withLock { $0[batch] = readings }
        }
        for (index, reading) in found.withLock({ $0.joined().enumerated().map { $0 } }) {
            let label = Int(images.label(at: index))
            confusion.add(label: label, prediction: reading.prediction)
            guard reading.prediction != label else { continue }
            worst.append(
                Misread(
                    index: index,
                    label: label,
                    prediction: reading.prediction,
                    probability: reading.probability,
                    labelName: classes.names[label],
                    predictionName: classes.names[reading.prediction],
                    pixels: []
                )
            )
        }
        worst.sort { ($1.probability, $0.index) < ($0.probability, $1.index) }
        worst.removeLast(max(0, worst.count - worstCount))
        for place in worst.indices { worst[place].pixels = images.image(at: worst[place].index) }
    }

    /// What an image was taken for, and how surely.
    private struct Reading: Sendable {
        let prediction: Int
        let probability: Float
    }

    private static func readings(
        _ evaluation: Evaluation,
        of parameters: ParameterBuffer,
        over images: LabeledImages,
        _ indices: Range<Int>
    ) -> [Reading] {
        evaluation.probabilities(parameters, images: indices.map { images.image(at: $0) })
            .map { row in
                // The first of equally likely ones, as accuracy counts it.
                let prediction = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
                return Reading(prediction: prediction, probability: row[prediction])
            }
    }
}
