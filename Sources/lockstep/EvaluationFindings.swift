import Figures
import MNIST
import Model
import Training

/// What a model makes of each test image, beside its loss and accuracy.
struct EvaluationFindings {
    /// An image that was taken for what it is not.
    struct Misread {
        let index: Int
        let label: Int
        let prediction: Int
        let probability: Float
        let pixels: [UInt8]
    }

    let metrics: Metrics
    let imageCount: Int
    private(set) var confusion = ConfusionMatrix(classCount: LeNet.classCount)
    /// The likeliest of the wrong predictions come first.
    private(set) var worst: [Misread] = []

    /// Images whose probabilities are computed at once.
    private static let batchCount = 1_024

    /// Looks at all images.
    ///
    /// - Parameter worstCount: how many misread images are kept.
    init(
        _ evaluation: Evaluation,
        of parameters: ParameterBuffer,
        over images: LabeledImages,
        worstCount: Int
    ) {
        metrics = evaluation.metrics(of: parameters, over: images)
        imageCount = images.count
        for first in stride(from: 0, to: images.count, by: Self.batchCount) {
            let indices = first..<min(first + Self.batchCount, images.count)
            let batch = indices.map { images.image(at: $0) }
            let rows = evaluation.probabilities(parameters, images: batch)
            for (index, row) in zip(indices, rows) {
                let label = Int(images.label(at: index))
                // The first of equally likely ones, as accuracy counts it.
                let prediction = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
                confusion.add(label: label, prediction: prediction)
                guard prediction != label else { continue }
                worst.append(
                    Misread(
                        index: index,
                        label: label,
                        prediction: prediction,
                        probability: row[prediction],
                        pixels: batch[index - first]
                    )
                )
            }
            worst.sort { ($1.probability, $0.index) < ($0.probability, $1.index) }
            worst.removeLast(max(0, worst.count - worstCount))
        }
    }
}
