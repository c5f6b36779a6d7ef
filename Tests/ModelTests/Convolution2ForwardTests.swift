import Kernels
import Model
import SeededRandom
import Testing

struct Convolution2ForwardTests {
    /// A sample's input [14, 14, 8] that is zero but for a position, whose channels are great.
    private func input(onlyAt position: Int) -> ShardArray {
        let input = ShardArray(elementCount: 196 * 8)
        for sample in 0..<16 {
            for channel in 0..<6 {
                input.start[(sample * 196 + position) * 8 + channel] = 1_000 + Float(channel)
            }
        }
        return input
    }

    /// What the points make of an output depends on inputs beside its own.
    @Test(arguments: [0, 7, 13, 14 * 6 + 5, 14 * 13 + 13])
    func `gives the bias itself where all inputs of an output are zero`(position: Int) {
        var random = RandomStream(seed: 3, stream: 1)
        let weights = (0..<2_400).map { _ in random.uniformFloat() * 2 - 1 }
        let bias = (0..<16).map { _ in random.uniformFloat() * 2 - 1 }
        let input = input(onlyAt: position)
        let (row, column) = (position / 14, position % 14)
        for kernels in KernelSet.runnable {
            let (output, winners) = (ShardArray(elementCount: 400), ShardArray(elementCount: 400))
            let scratch = ShardArray(elementCount: 593)
            kernels.convolution2Forward(
                input.start,
                weights,
                bias,
                scratch.start,
                output.start,
                winners.slice.integers
            )
            for window in 0..<25 {
                let (y, x) = (window / 5 * 2, window % 5 * 2)
                if (y...y + 5).contains(row), (x...x + 5).contains(column) { continue }
                for sample in 0..<16 {
                    for channel in 0..<16 {
                        let place = sample * 400 + window * 16 + channel
                        #expect(output.start[place] == max(bias[channel], 0))
                        #expect(winners.slice.integers[place] == 0)
                    }
                }
            }
        }
    }
}
