import Model
import Testing

@testable import Training

/// The gradient of an epoch's last step.
struct LastGradientTests {
    private func buffer(of number: Float) -> ParameterBuffer {
        let buffer = ParameterBuffer()
        buffer.floats.update(repeating: number)
        return buffer
    }

    @Test func `keeps the mean gradient of a whole step alone`() {
        let keeper = LastGradient()
        let (first, second) = (LeNet.digits.segments[0].range, LeNet.digits.segments[1].range)
        keeper.keep(buffer(of: 8), range: second, sampleCount: 4)
        #expect(keeper.take() == nil)
        // A step that was abandoned and begun again.
        keeper.keep(buffer(of: 8), range: second, sampleCount: 4)
        keeper.keep(buffer(of: 16), range: second, sampleCount: 4)
        keeper.keep(buffer(of: 4), range: first, sampleCount: 4)
        let gradient = keeper.take()
        #expect(gradient?.floats.first == 1)
        #expect(gradient?.floats.last == 4)
        #expect(keeper.take() == nil, "it was of the epoch before")
    }
}
