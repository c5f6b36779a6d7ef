import Foundation
import Kernels
import Model
import SeededRandom
import Testing

@testable import Arithmetic

/// Starts a thread that computes.
private func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
        FloatingPointMode.flushSubnormals()
        body()
    }
}

struct ParallelArithmeticTests {
    private let kernels: KernelSet
    private let alone: ParallelArithmetic
    private let split: ParallelArithmetic

    init() throws {
        kernels = try KernelSet.best(environment: [:])
        alone = ParallelArithmetic(kernels: kernels)
        split = ParallelArithmetic(kernels: kernels, startThread: startThread)
    }

    private func numbers(_ seed: UInt64) -> ParameterBuffer { ParameterBuffer.initial(seed: seed) }

    private func bits(_ buffers: [ParameterBuffer]) -> [[UInt32]] {
        buffers.map { $0.floats.map(\.bitPattern) }
    }

    /// Sums, and a step of Adam with them, as a coordinator makes it; then all buffers.
    private func step(_ arithmetic: ParallelArithmetic, _ range: Range<Int>) -> [ParameterBuffer] {
        let (left, right, sum) = (numbers(1), numbers(2), ParameterBuffer())
        arithmetic.add(left, right, into: sum, in: range)
        arithmetic.add(sum, to: left, in: range)
        let rule = OptimizerRule(weightDecay: 0.1, averageDecay: 0.9)
        let current = rule.initialBuffers(of: numbers(3))
        let next = rule.initialBuffers(of: numbers(4))
        let step = rule.step(7, from: current, to: next, gradientSum: left, sampleCount: 32)
        arithmetic.make(step, in: range)
        return [left, right, sum, next.parameters] + next.slots
    }

    @Test func `computes on two processors what it computes on one`() {
        var ranges = LeNet.digits.segments.map(\.range) + [0..<LeNet.digits.parameterCount, 5..<5]
        ranges += [3..<4_100, 1_000..<9_192, 61_705..<61_706]
        for range in ranges {
            let expected = bits(step(alone, range))
            for _ in 0..<50 {
                split.engageThread()
                #expect(bits(step(split, range)) == expected, "\(range)")
                split.releaseThread()
            }
        }
    }

    @Test func `finds the one number that is not finite, wherever it is`() {
        let values = numbers(5)
        split.engageThread()
        #expect(split.areFinite(values.start, count: LeNet.digits.parameterCount))
        for index in stride(from: 0, to: LeNet.digits.parameterCount, by: 977) {
            let value = values.floats[index]
            values.floats[index] = .nan
            #expect(!split.areFinite(values.start, count: LeNet.digits.parameterCount), "\(index)")
            values.floats[index] = value
            #expect(split.areFinite(values.start, count: LeNet.digits.parameterCount), "\(index)")
        }
        split.releaseThread()
    }

    @Test(.timeLimit(.minutes(1)))
    func `has the second processor take part when called, and only then`() {
        let second = ArithmeticThread(kernels: kernels)
        second.start(by: startThread)
        let values = numbers(6)
        let check = ElementwiseOperation.finiteness(values.start)
        second.call()
        while second.ownPieceCount == 0 {
            _ = second.share(check, in: 0..<LeNet.digits.parameterCount)
        }
        second.dismiss()
        // It may have seen the call just before it ended, but takes nothing after that.
        _ = second.share(check, in: 0..<LeNet.digits.parameterCount)
        let count = second.ownPieceCount
        for _ in 0..<1_000 { _ = second.share(check, in: 0..<LeNet.digits.parameterCount) }
        #expect(second.ownPieceCount == count)
        second.end()
    }
}
