import Model
import Testing
import TrainingProtocol

@testable import Training

/// What is looked at once an epoch is over.
struct EpochKeeperTests {
    private func buffer(of number: Float) -> ParameterBuffer {
        let buffer = ParameterBuffer()
        buffer.floats.update(repeating: number)
        return buffer
    }

    @Test func `keeps the mean gradient of a whole step alone`() {
        let keeper = EpochKeeper()
        let (first, second) = (LeNet.segments[0].range, LeNet.segments[1].range)
        keeper.keep(buffer(of: 8), range: second, sampleCount: 4)
        #expect(keeper.end(with: buffer(of: 1)).gradient == nil)
        // A step that was abandoned and begun again.
        keeper.keep(buffer(of: 8), range: second, sampleCount: 4)
        keeper.keep(buffer(of: 16), range: second, sampleCount: 4)
        keeper.keep(buffer(of: 4), range: first, sampleCount: 4)
        let gradient = keeper.end(with: buffer(of: 1)).gradient
        #expect(gradient?.floats.first == 1)
        #expect(gradient?.floats.last == 4)
        #expect(keeper.end(with: buffer(of: 1)).gradient == nil, "it was of the epoch before")
    }

    @Test func `counts each worker's shards of an epoch`() {
        let keeper = EpochKeeper()
        let (one, other) = (WorkerID(rawValue: 1), WorkerID(rawValue: 2))
        keeper.note(2, of: one)
        keeper.note(1, of: other)
        keeper.note(2, of: one)
        #expect(keeper.end(with: buffer(of: 0)).shardCounts == [one: 4, other: 1])
        keeper.note(1, of: one)
        keeper.forget()
        #expect(keeper.end(with: buffer(of: 0)).shardCounts.isEmpty)
    }
}
