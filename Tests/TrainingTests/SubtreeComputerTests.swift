import Arithmetic
import Figures
import Kernels
import Model
import SeededRandom
import Testing
import TrainingProtocol
import Wire

@testable import Training

struct SubtreeComputerTests {
    private let parameters = ParameterBuffer.initial(seed: 1)
    private let computer: SubtreeComputer
    private let fresh: SubtreeComputer

    init() throws {
        let kernels = try KernelSet.best(environment: [:])
        let input = InputSettings(geometry: "pad", scale: "unit")
        computer = try #require(SubtreeComputer(kernels: kernels, input: input))
        fresh = try #require(SubtreeComputer(kernels: kernels, input: input))
    }

    private func work(_ index: Int) -> Work {
        Work(round: .step(index: 0), subtree: Subtree(level: 1, index: index), version: 0)
    }

    /// Samples of a work of their own: those of work 0 are one shard, others two.
    private func samples(_ index: Int) -> [UInt8] {
        var random = RandomStream(seed: 4, stream: UInt64(index))
        return (0..<(index == 0 ? 16 : 32)).flatMap { sample in
            [UInt8(sample % 10)] + (0..<784).map { _ in UInt8(random.uniform(below: 256)) }
        }
    }

    private func prepare(_ index: Int) {
        samples(index).withUnsafeBytes { computer.prepare(work(index), $0) }
    }

    private func total(_ computer: SubtreeComputer, _ index: Int) -> [UInt32] {
        FloatingPointMode.withSubnormalsFlushed {
            let sum = samples(index).withUnsafeBytes {
                computer.total(of: work(index), $0, parameters: parameters)
            }
            let floats = sum.gradient?.floats.map(\.bitPattern) ?? []
            return floats + [sum.sums.lossSum.bitPattern, UInt32(sum.sums.correctCount)]
        }
    }

    /// The sum of the shards by themselves, in the tree.
    private func treeSum(_ shards: [[UInt8]]) throws -> [UInt32] {
        let tree = ReductionTree(
            shardCount: shards.count,
            kernels: try KernelSet.best(environment: [:])
        )
        FloatingPointMode.withSubnormalsFlushed {
            for (index, shard) in shards.enumerated() {
                let sum = shard.withUnsafeBytes {
                    fresh.total(of: work(0), $0, parameters: parameters)
                }
                tree.add(sum, at: Subtree(level: 0, index: index))
            }
        }
        return try #require(tree.total?.gradient).floats.map(\.bitPattern)
    }

    @Test(arguments: 1...9)
    func `adds the shards of a subtree in the order of the tree`(shardCount: Int) throws {
        let shards = (0..<shardCount).map { _ in samples(0) }.enumerated().map { index, shard in
            // Different shards: each its own labels and its own dark corner.
            shard.enumerated().map { place, byte in
                place % 785 == 0 ? (byte + UInt8(index)) % 10 : place % 785 < 80 * index ? 0 : byte
            }
        }
        let work = Work(round: .step(index: 0), subtree: Subtree(level: 4, index: 0), version: 0)
        let sum = FloatingPointMode.withSubnormalsFlushed {
            Array(shards.joined()).withUnsafeBytes {
                computer.total(of: work, $0, parameters: parameters)
            }
        }
        let found = try #require(sum.gradient).floats.map(\.bitPattern)
        #expect(try found == treeSum(shards))
    }

    private func begin(_ index: Int) {
        FloatingPointMode.withSubnormalsFlushed {
            computer.begin(work(index), convolutions: parameters)
        }
    }

    @Test func `goes on from where it has begun with the convolutions' parameters alone`() {
        let expected = total(fresh, 0)
        let whole = ParameterBuffer()
        whole.copy(from: parameters)
        for index in LeNet.digits.segments[1].range { parameters.floats[index] = .nan }
        prepare(0)
        begin(0)
        parameters.copy(from: whole)
        // It does not compute the convolutions again: their parameters are not looked at.
        for index in LeNet.digits.segments[0].range where index >= 2_556 {
            parameters.floats[index] = 9
        }
        #expect(total(computer, 0)[2_572...] == expected[2_572...])
    }

    @Test func `begins only what is prepared, and forgets it with the next preparation`() {
        let expected = [total(fresh, 0), total(fresh, 1)]
        begin(0)
        #expect(total(computer, 0) == expected[0])
        prepare(0)
        begin(1)
        #expect(total(computer, 0) == expected[0])
        prepare(0)
        begin(0)
        prepare(1)
        #expect(total(computer, 1) == expected[1])
        prepare(1)
        begin(1)
        #expect(total(computer, 0) == expected[0])
        prepare(1)
        begin(1)
        #expect(total(computer, 1) == expected[1])
    }
}
