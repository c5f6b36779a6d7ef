import Arithmetic
import Checkpoints
import Figures
import Foundation
import Kernels
import Synchronization
import TestTools
import Testing
import TrainingDriver
import TrainingProtocol

@testable import Training

/// A processor that flips a bit, in a worker of a real run over TCP.
struct WrongAnswerTests {
    /// Kernels that flip the lowest bit of one weight's gradient from the `count`th shard on.
    private func faulty(_ kernels: KernelSet, after count: Int) -> KernelSet {
        let calls = Mutex(0)
        let right = kernels.denseWeightGradient[2]
        var faulty = kernels
        faulty.denseWeightGradient[2] = { gradient, input, weights, biases, outputCount in
            right(gradient, input, weights, biases, outputCount)
            let isWrong = calls.withLock { calls in
                calls += 1
                return calls > count
            }
            if isWrong { weights[77] = Float(bitPattern: weights[77].bitPattern ^ 1) }
        }
        return faulty
    }

    @Test func `finds a flipped bit, names its worker and ends with the right model`() async throws
    {
        let calm = try SmallRun(workerCountMin: 1)
        let (_, expected) = try await calm.train(with: [calm.kernels], SmallRun.Record())
        let small = try SmallRun(verify: 1)
        let record = SmallRun.Record()
        let (result, parameters) = try await small.train(
            with: [small.kernels, faulty(small.kernels, after: 9)],
            record
        )
        #expect(result.outcome == .completed)
        #expect(parameters == expected)
        #expect(result.trust.distrusted.count == 1)
        let accused = record.notices.compactMap { notice -> WorkerID? in
            if case .workerDistrusted(let worker, _) = notice { worker } else { nil }
        }
        #expect(accused == result.trust.distrusted)
        let wrong = try #require(accused.first)
        #expect(record.notices.contains(.workerLost(wrong, .distrusted, workerCount: 1)))
        #expect(record.workerNames[wrong]?.hasSuffix("/\(getpid()) (\(wrong))") == true)
    }

    /// The kernels of two workers, the second of which makes one weight's gradient not a number
    /// from the `count`th shard on.
    ///
    /// The first one does not run ahead, as it could where the machine is busy: the second would
    /// then have no shard to be wrong in.
    private func rightAndObviouslyFaulty(_ kernels: KernelSet, after count: Int) -> [KernelSet] {
        let (rightCalls, faultyCalls) = (SmallRun.Counter(), SmallRun.Counter())
        let right = kernels.denseWeightGradient[2]
        var patient = kernels
        patient.denseWeightGradient[2] = { gradient, input, weights, biases, outputCount in
            right(gradient, input, weights, biases, outputCount)
            rightCalls.increase()
            let goal = min(rightCalls.value, count + 1)
            let deadline = ContinuousClock.now + .seconds(5 * Sanitizer.patience)
            while faultyCalls.value < goal, ContinuousClock.now < deadline { usleep(1_000) }
        }
        var faulty = kernels
        faulty.denseWeightGradient[2] = { gradient, input, weights, biases, outputCount in
            right(gradient, input, weights, biases, outputCount)
            faultyCalls.increase()
            if faultyCalls.value > count { weights[77] = .nan }
        }
        return [patient, faulty]
    }

    @Test func `says which steps only a wrong worker's word stands for`() async throws {
        let small = try SmallRun()
        let record = SmallRun.Record()
        let (result, _) = try await small.train(
            with: rightAndObviouslyFaulty(small.kernels, after: 3),
            record
        )
        #expect(result.outcome == .completed)
        let wrong = try #require(result.trust.distrusted.first)
        #expect(result.trust.unverified.map(\.worker) == [wrong])
        #expect(result.trust.unverified[0].steps.first == 0)
        #expect(record.notices.contains(.stepsInDoubt(result.trust.unverified[0])))
    }

    @Test func `leaves no step in doubt where verification was asked for`() async throws {
        let calm = try SmallRun(workerCountMin: 1)
        let (_, expected) = try await calm.train(with: [calm.kernels], SmallRun.Record())
        // Hardly any answer is compared, but the operator wants to be sure.
        let small = try SmallRun(verify: 0.000_001)
        let record = SmallRun.Record()
        let (result, parameters) = try await small.train(
            with: rightAndObviouslyFaulty(small.kernels, after: 3),
            record
        )
        #expect(result.outcome == .completed)
        #expect(parameters == expected)
        #expect(result.trust.distrusted.count == 1)
        #expect(result.trust.unverified == [])
    }

    /// One worker stands still in its fifth shard until another has answered for it, wrongly, and
    /// the step is over: only then can the two answers be compared.
    @Test func `goes back when a wrong answer has counted already`() async throws {
        let calm = try SmallRun(workerCountMin: 1)
        let (_, expected) = try await calm.train(with: [calm.kernels], SmallRun.Record())
        let small = try SmallRun(checkpointEvery: 2)
        let record = SmallRun.Record()
        let right = small.kernels.denseWeightGradient[2]
        let steps = record.steps
        let slowCalls = SmallRun.Counter()
        let isAsleep = Mutex(false)
        var slow = small.kernels
        slow.denseWeightGradient[2] = { gradient, input, weights, biases, count in
            right(gradient, input, weights, biases, count)
            slowCalls.increase()
            guard slowCalls.value == 5 else { return }
            let goal = steps.value + 2
            isAsleep.withLock { $0 = true }
            let deadline = ContinuousClock.now + .seconds(30 * Sanitizer.patience)
            while steps.value < goal, ContinuousClock.now < deadline { usleep(1_000) }
            isAsleep.withLock { $0 = false }
        }
        var wrong = small.kernels
        wrong.denseWeightGradient[2] = { gradient, input, weights, biases, count in
            right(gradient, input, weights, biases, count)
            if isAsleep.withLock({ $0 }) { weights[5] += 1 }
        }
        let (result, parameters) = try await small.train(with: [slow, wrong], record)
        #expect(record.positionsGoneBackTo.count == 1)
        #expect(result.trust.distrusted.count == 1)
        #expect(parameters == expected)
        try result.writer.finish()
    }

    @Test func `goes back to a checkpoint from before a wrong answer and removes those after`()
        throws
    {
        let small = try SmallRun()
        let epoch = EpochRecord(
            epochIndex: 0,
            training: Metrics(loss: 1, accuracy: 0),
            validation: nil,
            seconds: 1,
            throughputSamplesPerSecond: 1
        )
        // The three newest are kept.
        let (run, checkpoints) = (small.run, small.run.checkpoints)
        for step in [16, 20, 23] {
            let position = Position(completedStepCount: step, recordedEpochCount: 1)
            let record = RunRecord(position: position, epochs: [epoch])
            checkpoints.submit(record, run.optimizer.current, isRequired: true)
            try checkpoints.writer.finish()
        }
        let path = small.folder.url.appending(path: "checkpoints").path
        let steps = {
            try FileManager.default.contentsOfDirectory(atPath: path)
                .compactMap { Int($0.dropFirst(5).prefix(8)) }.sorted()
        }
        #expect(try steps() == [16, 20, 23])
        let position = Position(completedStepCount: 22, recordedEpochCount: 1)
        let newest = Position(completedStepCount: 20, recordedEpochCount: 1)
        #expect(checkpoints.newest(before: position) == newest)
        #expect(checkpoints.newest(before: Position()) == nil)
        #expect(try steps() == [16, 20, 23])
        let clock = CoordinatorProfiler(sliceCountMax: 0)
        let numbers = LeNetNumbers(run, clock: clock, sliceCountMax: 0)
        let earlier = try checkpoints.goBack(to: position, numbers)
        #expect(earlier.position == Position(completedStepCount: 20, recordedEpochCount: 1))
        #expect(earlier.epochs.count == 1)
        #expect(try steps() == [16, 20])
        #expect(throws: RunCheckpoints<LeNetNumbers, CheckpointWriter>.AllCorrupted.self) {
            try checkpoints.goBack(to: Position(completedStepCount: 3), numbers)
        }
        #expect(try steps() == [16, 20])
    }
}
