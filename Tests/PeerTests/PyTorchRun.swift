import Checkpoints
import Foundation
import MNIST
import Model
import TestTools
import Training

/// What PyTorch makes of the initial parameters and the batches of a run.
struct PyTorchRun {
    private struct Report: Decodable {
        let losses: [Double]
        let testLoss: Double
        let testCorrectCount: Int
    }

    /// The parameters after the last step, in the order of `LeNet.digits.tensors`.
    let trained: [Float]
    /// The gradient of the first batch's mean loss, in the same order.
    let firstGradient: [Float]
    /// The mean loss of every step.
    let losses: [Double]
    /// Mean loss over the test images, after the last step.
    let testLoss: Double
    /// How many of them are classified rightly.
    let testCorrectCount: Int

    init(like run: ReferenceRun, transform: InputTransform) throws {
        self = try withTemporaryFolder { folder in
            try ModelFile.write(
                path: "\(folder)/initial.safetensors",
                parameters: UnsafeRawBufferPointer(run.initial.bytes),
                table: RunBuilder.table(of: .digits),
                metadata: [:]
            )
            try run.batches.write(to: URL(filePath: "\(folder)/batches"))
            try run.testImages.withUnsafeSamples {
                try Data($0).write(to: URL(filePath: "\(folder)/test"))
            }
            let printed = try PeerPython.run(
                "train_with_pytorch.py",
                [
                    folder, transform.geometry.rawValue, transform.scale.rawValue,
                    "\(ReferenceRun.batchSize)",
                ]
            )
            return PyTorchRun(
                report: try JSONDecoder().decode(Report.self, from: printed),
                trained: try Self.floats("\(folder)/trained.safetensors"),
                firstGradient: try Self.floats("\(folder)/gradient.safetensors")
            )
        }
    }

    private init(report: Report, trained: [Float], firstGradient: [Float]) {
        self.trained = trained
        self.firstGradient = firstGradient
        losses = report.losses
        testLoss = report.testLoss
        testCorrectCount = report.testCorrectCount
    }

    private static func floats(_ path: String) throws -> [Float] {
        try ModelFile.read(path: path, table: RunBuilder.table(of: .digits)).parameters
    }
}
