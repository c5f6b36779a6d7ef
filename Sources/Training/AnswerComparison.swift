import Arithmetic
import Figures
import Glibc
import Kernels
import Model
import NetworkTransport
import TrainingProtocol
import Transport

/// Keeps answers that another worker may contradict, and finds out who is wrong.
///
/// Two honest answers have the same bits. Where they differ, the work is computed here; a worker
/// whose answer is not that is wrong. Belongs to the coordinator's thread.
final class AnswerComparison {
    private struct KeptAnswer {
        let sum: ReductionTree.Sum
        let parameters: ParameterBuffer
    }

    let kernels: KernelSet
    private let input: InputSettings
    /// Whose gradients they are.
    let network: LeNet
    private let buffers: BufferPool
    private var kept: [Work: KeptAnswer] = [:]
    private var computer: SubtreeComputer?

    /// Will compare answers of a run whose samples become inputs as `input` says.
    init(kernels: KernelSet, input: InputSettings, network: LeNet = .digits) {
        self.kernels = kernels
        self.input = input
        self.network = network
        buffers = BufferPool(count: network.parameterCount)
    }

    /// Keeps an answer, of which a copy is made, and the parameters that it was computed with.
    func keep(_ sum: ReductionTree.Sum, of work: Work, parameters: ParameterBuffer) {
        var copy = sum
        if let gradient = sum.gradient {
            let buffer = buffers.take()
            buffer.copy(from: gradient)
            copy.gradient = buffer
        }
        kept[work] = KeptAnswer(sum: copy, parameters: parameters)
    }

    /// Drops what was kept of `work`.
    func forget(_ work: Work) { kept[work] = nil }

    /// Drops everything.
    func forgetAll() { kept = [:] }

    /// Those who gave a wrong answer for `work`.
    ///
    /// - Parameters:
    ///   - first: whose answer was kept.
    ///   - second: another worker's answer; nil if there is none to come.
    ///   - feed: brings the samples, should they be computed here.
    /// - Precondition: the answer was kept.
    func wrongWorkers(
        _ work: Work,
        first: WorkerID,
        second: WorkerArrival<NetworkPayloads>?,
        feed: SampleFeed
    ) -> [WorkerID] {
        guard let kept = kept[work] else {
            preconditionFailure("\(work) is compared with an answer that was not kept")
        }
        if let second, Self.isSame(kept.sum, second.sums, second.gradientBytes) { return [] }
        let right = compute(work, kept.parameters, feed)
        let bytes = right.gradient.map { UnsafeRawBufferPointer($0.bytes) }
        var wrong = Self.isSame(kept.sum, right.sums, bytes) ? [] : [first]
        if let second, !Self.isSame(right, second.sums, second.gradientBytes) {
            wrong.append(second.worker)
        }
        return wrong
    }

    func compute(
        _ work: Work,
        _ parameters: ParameterBuffer,
        _ feed: SampleFeed
    ) -> ReductionTree.Sum {
        computer =
            computer
            ?? SubtreeComputer(
                kernels: kernels,
                input: input,
                network: network
            )
        guard let computer else {
            preconditionFailure("a run began with unknown input settings \(input)")
        }
        return withUnsafeTemporaryAllocation(byteCount: feed.size(of: work), alignment: 64) {
            feed.copySamples(of: work, into: $0)
            return computer.total(
                of: work,
                UnsafeRawBufferPointer($0),
                parameters: parameters
            )
        }
    }

    private static func isSame(
        _ sum: ReductionTree.Sum,
        _ sums: LossSums,
        _ gradient: UnsafeRawBufferPointer?
    ) -> Bool {
        guard sum.sums.correctCount == sums.correctCount,
            sum.sums.lossSum.bitPattern == sums.lossSum.bitPattern
        else { return false }
        guard let own = sum.gradient, let gradient else { return true }
        return own.bytes.count == gradient.count
            && memcmp(own.bytes.baseAddress!, gradient.baseAddress!, gradient.count) == 0
    }
}
