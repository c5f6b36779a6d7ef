import Figures
import Foundation
import TestTools

@testable import Checkpoints

/// Three small tensors; 11 floats.
let smallTable = TensorTable([("b.weight", [2, 3]), ("a.bias", [4]), ("scale", [])])

/// The ten tensors of the real model; 61,706 floats.
let modelTable = TensorTable([
    ("conv1.weight", [6, 1, 5, 5]), ("conv1.bias", [6]),
    ("conv2.weight", [16, 6, 5, 5]), ("conv2.bias", [16]),
    ("fc1.weight", [120, 400]), ("fc1.bias", [120]),
    ("fc2.weight", [84, 120]), ("fc2.bias", [84]),
    ("fc3.weight", [10, 84]), ("fc3.bias", [10]),
])

/// Floats that differ from place to place and from step to step.
func floats(_ table: TensorTable, salt: Int) -> [Float] {
    (0..<table.elementCount).map { Float($0 * 7 + salt * 1_001) / 16 - 3 }
}

/// A checkpoint whose every field depends on the step.
func sample(step: Int, table: TensorTable = smallTable) -> Checkpoint {
    Checkpoint(
        metadata: CheckpointMetadata(
            runID: "run \"7\"\n\u{1}é",
            step: step,
            epoch: step / 3,
            seed: UInt64.max - UInt64(step),
            configuration: ["batchSize": "32", "learningRate": "0.001"],
            epochTotals: .init(lossSum: 0.1 + Double(step), correctCount: 5, sampleCount: 9),
            extra: ["history": "[{\"loss\":0.1}]"]
        ),
        parameters: floats(table, salt: step),
        firstMoment: floats(table, salt: step + 1),
        secondMoment: floats(table, salt: step + 2)
    )
}

extension Checkpoint {
    /// Puts the fields together.
    init(
        metadata: CheckpointMetadata,
        parameters: [Float],
        firstMoment: [Float],
        secondMoment: [Float]
    ) {
        self = try! Checkpoint(
            decoding: parameters.withUnsafeBytes { parameters in
                firstMoment.withUnsafeBytes { firstMoment in
                    secondMoment.withUnsafeBytes { secondMoment in
                        let table =
                            parameters.count == modelTable.size ? modelTable : smallTable
                        return Checkpoint.encode(
                            metadata,
                            TrainingState(
                                table: table,
                                parameters: parameters,
                                slots: adamSlots(firstMoment, secondMoment)
                            )
                        )
                    }
                }
            },
            path: "sample",
            table: parameters.count == modelTable.elementCount ? modelTable : smallTable
        )
    }

    /// Gives the three buffers to `body`.
    func withBuffers<Result>(
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws ->
            Result
    ) rethrows -> Result {
        try parameters.withUnsafeBytes { parameters in
            try (slots["adam.firstMoment"] ?? []).withUnsafeBytes { firstMoment in
                try (slots["adam.secondMoment"] ?? []).withUnsafeBytes { secondMoment in
                    try body(parameters, firstMoment, secondMoment)
                }
            }
        }
    }

    /// The bytes of this checkpoint's file.
    func encoded(table: TensorTable = smallTable) -> [UInt8] {
        withBuffers { parameters, firstMoment, secondMoment in
            Checkpoint.encode(
                metadata,
                TrainingState(
                    table: table,
                    parameters: parameters,
                    slots: adamSlots(firstMoment, secondMoment)
                )
            )
        }
    }
}

/// What Adam keeps beside the parameters, as checkpoints name it.
func adamSlots(
    _ firstMoment: UnsafeRawBufferPointer,
    _ secondMoment: UnsafeRawBufferPointer
) -> [TrainingState.Slot] {
    [("adam.firstMoment", firstMoment), ("adam.secondMoment", secondMoment)]
}

extension CheckpointStore {
    /// Saves a whole checkpoint.
    @discardableResult
    func save(_ checkpoint: Checkpoint) throws -> Saved {
        try checkpoint.withBuffers { parameters, firstMoment, secondMoment in
            try save(
                checkpoint.metadata,
                parameters: parameters,
                slots: adamSlots(firstMoment, secondMoment)
            )
        }
    }
}

extension TemporaryFolder {
    /// Writes a file.
    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// The names of what lies in a folder of this one, or in this one.
    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
    }
}
