import Figures
import Testing

struct HistogramTests {
    private func histogram(_ numbers: [Float], bucketCount: Int = 4) -> Histogram {
        numbers.withUnsafeBufferPointer { Histogram(of: $0, bucketCount: bucketCount) }
    }

    @Test func `counts every number in the bucket that it lies in`() {
        let found = histogram([-1, -0.5, 0, 0.25, 0.5, 1, 1])
        #expect((found.least, found.greatest) == (-1, 1))
        #expect(found.count == 7)
        #expect(found.sum == 1.25)
        #expect(found.squareSum == 1 + 0.25 + 0.0625 + 0.25 + 1 + 1)
        #expect(found.buckets == [1, 1, 2, 3])
        #expect(found.limits == [-0.5, 0, 0.5, 1])
        #expect(histogram([3, 4]).norm == 5)
    }

    @Test func `leaves out what is no finite number, and takes equal ones and none`() {
        #expect(histogram([.nan, 2, .infinity, -.infinity]).count == 1)
        #expect(histogram([2, 2, 2]).buckets == [3, 0, 0, 0])
        #expect(histogram([2, 2, 2]).limits == [2, 2, 2, 2])
        let none = histogram([])
        #expect(none.count == 0 && none.norm == 0 && none.buckets == [0, 0, 0, 0])
    }

    @Test func `adds the norms of layers as one`() {
        let layers = [Float(3), 4].map { number in
            LayerFigures(
                name: "l",
                weights: histogram([number]),
                biases: histogram([]),
                gradient: histogram([2 * number])
            )
        }
        var state = EpochState(layers: layers)
        #expect(state.weightNorm == 5)
        #expect(state.gradientNorm == 10)
        state.layers[1].gradient = nil
        #expect(state.gradientNorm == nil)
    }
}
