import Model
import Testing

struct ParameterBufferTests {
    @Test func `is zero at first and has its widest weights at a 64-byte boundary`() {
        let buffer = ParameterBuffer()
        #expect(buffer.floats.count == 61_706)
        #expect(buffer.bytes.count == 246_824)
        #expect(buffer.floats.allSatisfy { $0 == 0 })
        #expect(UInt(bitPattern: buffer.start + LeNet.digits.dense[0].weight) % 64 == 0)
        #expect(LeNet.digits.dense[0].inputCount * 4 % 64 == 0, "each row begins at one")
    }

    @Test func `copies all values`() {
        let source = ParameterBuffer.initial(seed: 1)
        let target = ParameterBuffer()
        target.copy(from: source)
        #expect(target.bytes.elementsEqual(source.bytes))
    }

    @Test func `draws weights that are Glorot uniform and biases that are zero`() {
        let buffer = ParameterBuffer.initial(seed: 7)
        for tensor in LeNet.digits.tensors {
            let values = tensor.range.map { Double(buffer.floats[$0]) }
            guard tensor.fanIn > 0 else {
                #expect(values.allSatisfy { $0 == 0 }, "\(tensor.name)")
                continue
            }
            let limit = (6 / Double(tensor.fanIn + tensor.fanOut)).squareRoot()
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            let variance = values.map { $0 * $0 }.reduce(0, +) / count
            #expect(values.allSatisfy { abs($0) <= limit * 1.0001 }, "\(tensor.name)")
            #expect((values.map { abs($0) }.max() ?? 0) > 0.95 * limit, "\(tensor.name)")
            // Five standard deviations of the mean and of the variance of a uniform number.
            #expect(abs(mean) < 5 * limit / (3 * count).squareRoot(), "\(tensor.name)")
            #expect(
                abs(variance - limit * limit / 3) < 5 * 0.3 * limit * limit / count.squareRoot(),
                "\(tensor.name)"
            )
        }
    }

    @Test func `draws the same from one seed and other weights from another`() {
        let (a, b) = (ParameterBuffer.initial(seed: 1), ParameterBuffer.initial(seed: 1))
        let c = ParameterBuffer.initial(seed: 2)
        #expect(a.bytes.elementsEqual(b.bytes))
        #expect(zip(a.floats, c.floats).filter { $0 == $1 }.count < 300)
    }
}
