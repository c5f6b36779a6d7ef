package import Figures
import Foundation

/// What a run came to: the contents of `summary.json`.
package struct RunSummary: Equatable, Sendable, Encodable {
    /// Steps that follow each other, of which a worker that gave wrong answers computed a part that
    /// nobody else has computed.
    package struct UnverifiedSteps: Equatable, Sendable, Encodable {
        /// The worker, as the log names it.
        package var worker: String
        /// The first of the steps, counted from 1.
        package var first: Int
        /// The last of them.
        package var last: Int

        /// Describes such steps.
        package init(worker: String, first: Int, last: Int) {
            self.worker = worker
            self.first = first
            self.last = last
        }
    }

    /// How long it took to an epoch.
    package struct Milestone: Equatable, Sendable, Encodable {
        /// The epoch, from 1.
        package var epoch: Int
        /// Its validation loss.
        package var validationLoss: Double
        /// Its validation accuracy, from 0 to 1.
        package var validationAccuracy: Double
        /// What the epochs up to its end took, without the time that a stopped run was away.
        package var seconds: Double

        private enum CodingKeys: String, CodingKey {
            case epoch, seconds
            case validationLoss = "val_loss"
            case validationAccuracy = "val_accuracy"
        }

        /// Takes the figures of the last of these epochs; nil where it was not validated.
        package init?(endOf epochs: ArraySlice<EpochRecord>) {
            guard let last = epochs.last,
                let figures = last.averageValidation ?? last.validation
            else { return nil }
            epoch = last.epochIndex + 1
            validationLoss = figures.loss
            validationAccuracy = figures.accuracy
            seconds = epochs.reduce(0) { $0 + $1.seconds }
        }
    }

    /// What a run came to on the way, and beside its parameters.
    package struct Findings: Equatable, Sendable {
        /// What the moving average of the parameters came to; nil where none was kept.
        package var average: Model?
        /// The epoch with the lowest validation loss, whose model was kept.
        package var best: Milestone?
        /// The epoch whose validation accuracy was enough, if that was asked for.
        package var untilAccuracy: Milestone?

        /// Found nothing yet.
        package init() {}
    }

    /// What a model came to.
    package struct Model: Equatable, Sendable {
        /// The figures of the test set.
        package var test: Metrics
        /// SHA-256 of its parameters, in hexadecimal.
        package var digest: String

        /// Takes the figures.
        package init(test: Metrics, digest: String) {
            self.test = test
            self.digest = digest
        }
    }

    /// What was not believed.
    package struct Distrust: Equatable, Sendable {
        /// Workers that gave wrong answers and were turned away, as the log names them.
        package var workers: [String]
        /// Steps for which only the word of such a worker stands.
        package var unverifiedSteps: [UnverifiedSteps]
        /// How many messages were dropped, by what was wrong with them.
        package var droppedMessages: [String: Int]

        /// Gathers it; the default is that all was believed.
        package init(
            workers: [String] = [],
            unverifiedSteps: [UnverifiedSteps] = [],
            droppedMessages: [String: Int] = [:]
        ) {
            self.workers = workers
            self.unverifiedSteps = unverifiedSteps
            self.droppedMessages = droppedMessages
        }
    }

    /// What started the run, where, when and with which settings.
    package var origin: RunOrigin
    /// Every epoch of the run, also those before a resume.
    package var epochs: [EpochRecord]
    /// What the parameters came to.
    package var model: Model
    /// What it came to on the way, and beside its parameters.
    package var findings: Findings
    /// Worker processes.
    package var workers: Int
    /// Samples a step.
    package var batchSize: Int
    /// The run's seed.
    package var seed: UInt64
    /// Optimizer updates from the run's start, also those before a resume.
    package var steps: Int
    /// How long it all took, in seconds.
    package var totalSeconds: Double
    /// What was not believed.
    package var distrust: Distrust
    /// What the time was spent on, from the second step on.
    package var profile: RunProfile

    /// The version of the file's fields, which a field that is gone or means something else raises.
    package static let version = 2

    /// The file's name in the run's folder.
    package static let fileName = "summary.json"

    /// Takes a run's figures.
    package init(
        origin: RunOrigin,
        epochs: [EpochRecord],
        test: Metrics,
        digest: String,
        findings: Findings = Findings(),
        workers: Int,
        batchSize: Int,
        seed: UInt64,
        steps: Int,
        totalSeconds: Double,
        distrust: Distrust,
        profile: RunProfile
    ) {
        self.origin = origin
        self.epochs = epochs
        model = Model(test: test, digest: digest)
        self.findings = findings
        self.workers = workers
        self.batchSize = batchSize
        self.seed = seed
        self.steps = steps
        self.totalSeconds = totalSeconds
        self.distrust = distrust
        self.profile = profile
    }

    /// Writes `summary.json` into the run's folder, whole or not at all.
    ///
    /// Numbers that are not finite are null.
    ///
    /// - Throws: when the file cannot be written; an earlier one is whole then.
    package func write(toFolder folder: String) throws(ReportError) {
        let path = "\(folder)/\(Self.fileName)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            throw .unrepresentable(file: path, reason: "\(error)")
        }
        try ReportFile.replace(path, with: bytes)
    }
}

extension RunSummary {
    private enum CodingKeys: String, CodingKey {
        case epochs, test, digest, emaTest, emaDigest, best, untilAccuracy, workers, batchSize,
            seed, steps, totalSeconds, distrustedWorkers
        case unverifiedSteps, droppedMessages, profile
        case formatVersion, version, commit, kernels, host, startTime, settings
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Self.version, forKey: .formatVersion)
        try fields.encode(origin.version, forKey: .version)
        try fields.encode(origin.commit, forKey: .commit)
        try fields.encode(origin.kernels, forKey: .kernels)
        try fields.encode(origin.host, forKey: .host)
        try fields.encode(origin.startText, forKey: .startTime)
        try fields.encode(origin.settings, forKey: .settings)
        try fields.encode(epochs.map { ReportedEpoch($0) }, forKey: .epochs)
        try fields.encode(ReportedMetrics(model.test), forKey: .test)
        try fields.encode(model.digest, forKey: .digest)
        try fields.encodeIfPresent(
            findings.average.map { ReportedMetrics($0.test) },
            forKey: .emaTest
        )
        try fields.encodeIfPresent(findings.average?.digest, forKey: .emaDigest)
        try fields.encodeIfPresent(findings.best, forKey: .best)
        try fields.encodeIfPresent(findings.untilAccuracy, forKey: .untilAccuracy)
        try fields.encode(workers, forKey: .workers)
        try fields.encode(batchSize, forKey: .batchSize)
        try fields.encode(seed, forKey: .seed)
        try fields.encode(steps, forKey: .steps)
        try fields.encodeNumber(totalSeconds, .totalSeconds)
        try fields.encode(distrust.workers, forKey: .distrustedWorkers)
        try fields.encode(distrust.unverifiedSteps, forKey: .unverifiedSteps)
        try fields.encode(distrust.droppedMessages, forKey: .droppedMessages)
        try fields.encode(profile, forKey: .profile)
    }
}
