import Arithmetic
import Figures
import Kernels
import MNIST
import Model
import Testing
import TrainingDriver
import TrainingProtocol
import Transport
import Wire

@testable import NetworkTransport
@testable import Training

/// Who is wrong where two workers answer the same.
struct AnswerComparisonTests {
    private let first = WorkerID(rawValue: 1)
    private let second = WorkerID(rawValue: 2)
    private let work = Work(
        round: .step(index: 0),
        subtree: Subtree(level: 0, index: 0),
        version: 0
    )

    /// What becomes of two answers, each the right one or one that `damage` was done to.
    private func wrong(
        first damageFirst: (inout ReductionTree.Sum) -> Void = { _ in },
        second damageSecond: (inout ReductionTree.Sum) -> Void = { _ in }
    ) throws -> [WorkerID] {
        let small = try SmallRun()
        let comparison = AnswerComparison(
            kernels: small.kernels,
            input: small.run.start.settings.input
        )
        let parameters = small.run.optimizer.parameters
        func answer(_ damage: (inout ReductionTree.Sum) -> Void) -> ReductionTree.Sum {
            var answer = comparison.compute(work, parameters, small.run.feed)
            let copy = ParameterBuffer()
            if let gradient = answer.gradient { copy.copy(from: gradient) }
            answer.gradient = copy
            damage(&answer)
            return answer
        }
        comparison.keep(answer(damageFirst), of: work, parameters: parameters)
        let other = answer(damageSecond)
        return comparison.wrongWorkers(
            work,
            first: first,
            second: WorkerArrival<NetworkPayloads>(
                message: .answer(work, RunStamp(run: 1, generation: 1)),
                sums: other.sums,
                gradient: other.gradient,
                worker: second,
                route: .ended
            ),
            feed: small.run.feed
        )
    }

    private func flip(_ sum: inout ReductionTree.Sum) {
        guard let gradient = sum.gradient else { return }
        gradient.floats[77] = Float(bitPattern: gradient.floats[77].bitPattern ^ 1)
    }

    @Test func `finds nobody wrong where all bits are the same`() throws {
        #expect(try wrong() == [])
    }

    @Test func `finds whoever flipped a bit, and both if both did`() throws {
        #expect(try wrong(first: flip) == [first])
        #expect(try wrong(second: flip) == [second])
        #expect(try wrong(first: flip, second: { $0.sums.lossSum += 1 }) == [first, second])
    }

    @Test func `finds whoever counts or adds up wrongly`() throws {
        #expect(try wrong(first: { $0.sums.correctCount += 1 }) == [first])
        #expect(try wrong(second: { $0.sums.lossSum = $0.sums.lossSum.nextUp }) == [second])
        #expect(try wrong(second: { $0.sums.lossSum = -$0.sums.lossSum }) == [second])
    }

    @Test func `looks at no segment of an answer that was taken early`() throws {
        let small = try SmallRun()
        let clock = CoordinatorProfiler(sliceCountMax: 0)
        let numbers = LeNetNumbers(small.run, clock: clock, sliceCountMax: 0)
        let shardCount = small.run.start.settings.schedule.shardCount(of: work.round)
        let work = Work(round: work.round, subtree: .root(of: shardCount), version: 0)
        let segments = LeNet.digits.segments
        func isBelievable(withNaNIn segment: LeNet.Segment) -> Bool {
            let gradient = ParameterBuffer()
            gradient.floats.update(repeating: 0)
            gradient.floats[segment.range.upperBound - 1] = .nan
            return numbers.isBelievable(work, LossSums(lossSum: 1), gradient)
        }
        #expect(!isBelievable(withNaNIn: segments[0]) && !isBelievable(withNaNIn: segments[1]))
        let early = ParameterBuffer()
        early.floats.update(repeating: 0)
        numbers.acceptEarlySegment(of: work, early)
        numbers.applyEarlySegment(index: 0)
        #expect(!isBelievable(withNaNIn: segments[0]))
        #expect(isBelievable(withNaNIn: segments[1]))
    }
}
