import Model
import Testing

struct LeNetTests {
    @Test func `has 61,706 parameters in tensors without gaps`() {
        var end = 0
        for tensor in LeNet.tensors {
            #expect(tensor.range.lowerBound == end, "\(tensor.name)")
            #expect(tensor.range.count == tensor.shape.reduce(1, *), "\(tensor.name)")
            end = tensor.range.upperBound
        }
        #expect(end == LeNet.parameterCount)
        #expect(LeNet.layers.map(\.parameterCount).reduce(0, +) == LeNet.parameterCount)
    }

    @Test func `names the tensors in the order of the layers`() {
        #expect(
            LeNet.tensors.map(\.name) == [
                "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight",
                "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias",
            ]
        )
        #expect(
            LeNet.tensors.map(\.range.lowerBound) == [
                0, 150, 156, 2_556, 2_572, 50_572, 50_692, 60_772, 60_856, 61_696,
            ]
        )
    }

    @Test func `segments cover the buffer, convolutions first`() {
        #expect(LeNet.segments.map(\.range) == [0..<2_572, 2_572..<61_706])
        #expect(LeNet.segments[0].range.upperBound == LeNet.tensors[4].range.lowerBound)
    }

    @Test func `counts the receptive field in fan-in and fan-out`() {
        #expect(LeNet.tensors.map(\.fanIn) == [25, 0, 150, 0, 400, 0, 120, 0, 84, 0])
        #expect(LeNet.tensors.map(\.fanOut) == [150, 0, 400, 0, 120, 0, 84, 0, 10, 0])
    }
}
