import MNIST
import Model
import Testing

struct LeNetTests {
    @Test func `has 61,706 parameters in tensors without gaps`() {
        var end = 0
        for tensor in LeNet.digits.tensors {
            #expect(tensor.range.lowerBound == end, "\(tensor.name)")
            #expect(tensor.range.count == tensor.shape.reduce(1, *), "\(tensor.name)")
            end = tensor.range.upperBound
        }
        #expect(end == 61_706)
        #expect(LeNet.digits.parameterCount == 61_706)
        #expect(ParameterBuffer().bytes.count == 246_824)
        #expect(ParameterBuffer.pagedSizeMax == 81 * 4_096)
    }

    @Test func `derives shapes, counts and work from the layer table`() {
        #expect(
            LeNet.digits.layers.map(\.name) == [
                "conv1 + ReLU", "max-pool 2×2", "conv2 + ReLU", "max-pool 2×2", "flatten",
                "fc1 + ReLU", "fc2 + ReLU", "fc3 + softmax",
            ]
        )
        #expect(
            LeNet.digits.layers.map(\.outputShape) == [
                [28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [400], [120], [84], [10],
            ]
        )
        #expect(
            LeNet.digits.layers.map(\.parameterCount) == [156, 0, 2_416, 0, 0, 48_120, 10_164, 850]
        )
        #expect(
            LeNet.digits.layers.map(\.multiplyAddCount) == [
                117_600, 0, 240_000, 0, 0, 48_000, 10_080, 840,
            ]
        )
    }

    @Test func `takes the samples of a data set as they lie there`() {
        #expect(LeNet.imageSide == LabeledImages.side)
        #expect(LeNet.sampleSize == 785)
        #expect(LeNet.sampleSize == LabeledImages.sampleSize)
        #expect(LeNet.digits.classCount == 10)
    }

    @Test func `has memory for what the kernels write`() {
        let workspace = Workspace()
        #expect(workspace.rectified.map(\.elementCount) == [400, 120, 84, 10])
        #expect(workspace.scratch.rows.elementCount == 121)
        #expect(workspace.images.elementCount == 32 * 48 + 16)
        #expect(workspace.pooled1.output.elementCount == 14 * 14 * 8)
        #expect(workspace.pooled1.winners.elementCount == 14 * 14 * 6)
        #expect(workspace.rows2.output.elementCount == 400)
        #expect(workspace.ink.columns.elementCount * 16 == 32 * 2)
        #expect(workspace.ink.windows.elementCount * 32 == 32 * 32)
        // The first convolution's lists, which are the most.
        #expect(workspace.scratch.kernel.elementCount * 16 == 976 + 12 * 1_808)
    }

    @Test func `names the tensors in the order of the layers`() {
        #expect(
            LeNet.digits.tensors.map(\.name) == [
                "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight",
                "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias",
            ]
        )
        #expect(
            LeNet.digits.tensors.map(\.range.lowerBound) == [
                0, 150, 156, 2_556, 2_572, 50_572, 50_692, 60_772, 60_856, 61_696,
            ]
        )
    }

    @Test func `segments cover the buffer, convolutions first`() {
        #expect(LeNet.digits.segments.map(\.range) == [0..<2_572, 2_572..<61_706])
        #expect(
            LeNet.digits.segments[0].range.upperBound == LeNet.digits.tensors[4].range.lowerBound
        )
    }

    @Test func `counts the receptive field in fan-in and fan-out`() {
        #expect(LeNet.digits.tensors.map(\.fanIn) == [25, 0, 150, 0, 400, 0, 120, 0, 84, 0])
        #expect(LeNet.digits.tensors.map(\.fanOut) == [150, 0, 400, 0, 120, 0, 84, 0, 10, 0])
    }
}
