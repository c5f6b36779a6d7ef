package import Model
package import TrainingProtocol

/// What an epoch leaves beside its figures.
package struct EpochEnd {
    /// The parameters at its end, which the next step may write over: good during the call alone.
    package var parameters: ParameterBuffer
    /// The mean gradient of its last step, as good as long; nil where that step was of an earlier
    /// start of the run.
    package var gradient: ParameterBuffer?
    /// How many of its shards each worker's counted answers were of, validation included, since
    /// this start.
    package var shardCounts: [WorkerID: Int]
}

/// Keeps what is looked at once an epoch is over. Belongs to the coordinator's thread.
///
/// What it does in a step is to add a number; the last step of an epoch copies its gradient.
final class EpochKeeper {
    private let gradient = ParameterBuffer()
    private var keptCount = 0
    private var shardCounts: [WorkerID: Int] = [:]

    /// Counts a worker's answer.
    func note(_ shardCount: Int, of worker: WorkerID) {
        shardCounts[worker, default: 0] += shardCount
    }

    /// Keeps a range of the gradient of an epoch's last step, which is the sum over its samples.
    func keep(_ sum: ParameterBuffer, range: Range<Int>, sampleCount: Int) {
        if range.upperBound == LeNet.parameterCount { keptCount = 0 }
        keptCount += range.count
        let scale = 1 / Float(sampleCount)
        for index in range { gradient.floats[index] = sum.floats[index] * scale }
    }

    /// What the epoch leaves; the next one starts with nothing.
    func end(with parameters: ParameterBuffer) -> EpochEnd {
        defer { forget() }
        return EpochEnd(
            parameters: parameters,
            gradient: keptCount == LeNet.parameterCount ? gradient : nil,
            shardCounts: shardCounts
        )
    }

    /// Drops what was kept of an epoch that is not going to end as it began.
    func forget() {
        keptCount = 0
        shardCounts.removeAll(keepingCapacity: true)
    }
}
