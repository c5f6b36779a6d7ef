package import Figures
import JSON

/// What a checkpoint says about the run beside its floats.
///
/// In the file every field is a string of the header's `__metadata__`, under the field's name.
package struct CheckpointMetadata: Equatable, Sendable {
    /// The version that this program writes, and resumes from.
    ///
    /// It also stands for the order of the kernels' operations: a run that another version began
    /// would end at other bits. Models of any version can be read. 1: dense gradients of the
    /// convolutions; 2: gradients by lists; 3: the second convolution by nine points.
    package static let formatVersion = 3

    /// The run that wrote it.
    package var runID: String
    /// How many optimizer steps are complete.
    package var step: Int
    /// The epoch in progress, or the next one when an epoch has just ended; from 0.
    package var epoch: Int
    /// The seed of the weights and of every epoch's order.
    package var seed: UInt64
    /// The numeric settings that must be the same when the run goes on.
    package var configuration: [String: String]
    /// The totals of the epoch in progress; its loss sum is stored as its bit pattern, since a
    /// decimal may round.
    package var epochTotals: EpochTotals
    /// What else the caller wants back, such as the figures of past epochs.
    package var extra: [String: String]

    /// Gathers the fields.
    package init(
        runID: String,
        step: Int,
        epoch: Int,
        seed: UInt64,
        configuration: [String: String],
        epochTotals: EpochTotals,
        extra: [String: String] = [:]
    ) {
        self.runID = runID
        self.step = step
        self.epoch = epoch
        self.seed = seed
        self.configuration = configuration
        self.epochTotals = epochTotals
        self.extra = extra
    }
}

extension CheckpointMetadata {
    /// What the `format` of a checkpoint's metadata is.
    static let format = "lockstep-checkpoint"

    /// The fields as the header's metadata.
    package var strings: [String: String] {
        [
            "format": Self.format,
            "formatVersion": String(Self.formatVersion),
            "runID": runID,
            "step": String(step),
            "epoch": String(epoch),
            "seed": String(seed),
            "configuration": StrictJSON.text(of: configuration),
            "epochLossSumBits": String(epochTotals.lossSum.bitPattern, radix: 16),
            "epochCorrectCount": String(epochTotals.correctCount),
            "epochSampleCount": String(epochTotals.sampleCount),
            "extra": StrictJSON.text(of: extra),
        ]
    }

    /// Reads the fields from a header's metadata.
    ///
    /// - Throws: ``CheckpointError/wrongMetadata(path:key:found:expected:)`` when one is absent or
    ///   not what its type asks for.
    package init(strings: [String: String], path: String) throws(CheckpointError) {
        func field<Value>(
            _ key: String,
            _ expected: String,
            _ read: (String) -> Value?
        ) throws(CheckpointError) -> Value {
            guard let text = strings[key], let value = read(text) else {
                throw .wrongMetadata(
                    path: path,
                    key: key,
                    found: strings[key],
                    expected: expected
                )
            }
            return value
        }
        func count(_ key: String) throws(CheckpointError) -> Int {
            try field(key, "a whole number from 0") { Int($0).flatMap { $0 < 0 ? nil : $0 } }
        }
        func object(_ key: String) throws(CheckpointError) -> [String: String] {
            try field(key, "a JSON object of strings") { try? StrictJSON.strings(parsing: $0) }
        }
        _ = try field("format", "the format \(Self.format)") { $0 == Self.format ? true : nil }
        _ = try field("formatVersion", "version \(Self.formatVersion)") {
            $0 == String(Self.formatVersion) ? true : nil
        }
        self.init(
            runID: try field("runID", "a run's name") { $0 },
            step: try count("step"),
            epoch: try count("epoch"),
            seed: try field("seed", "a number of 64 bits") { UInt64($0) },
            configuration: try object("configuration"),
            epochTotals: EpochTotals(
                lossSum: Double(
                    bitPattern: try field("epochLossSumBits", "16 hexadecimal digits") {
                        UInt64($0, radix: 16)
                    }
                ),
                correctCount: try count("epochCorrectCount"),
                sampleCount: try count("epochSampleCount")
            ),
            extra: try object("extra")
        )
    }
}
