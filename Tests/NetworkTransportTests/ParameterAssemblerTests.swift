import Model
import Testing
import TrainingProtocol
import Transport

@testable import NetworkTransport

struct ParameterAssemblerTests {
    private let parameters = ParameterAssembler()
    private let stamp = RunStamp(run: 1, generation: 2)
    private let values = ParameterBuffer.initial(seed: 3)

    /// Brings a segment as a frame or a sealed one would.
    private func take(
        _ segment: LeNet.Segment,
        version: Int = 5,
        _ stamp: RunStamp? = nil
    ) -> ParameterBuffer? {
        guard let place = parameters.place(ofSize: segment.bytes.count) else { return nil }
        place.bytes.copyBytes(from: values.bytes[segment.bytes])
        return parameters.take(version: version, stamp ?? self.stamp, at: place)
    }

    private let convolutions = LeNet.digits.segments[0]
    private let fullyConnected = LeNet.digits.segments[1]

    @Test func `puts parameters together, and lends the convolutions' before`() throws {
        #expect(take(convolutions) == nil)
        let begun = try #require(parameters.begun)
        #expect(begun.version == 5)
        #expect(
            begun.buffer.bytes[convolutions.bytes].elementsEqual(values.bytes[convolutions.bytes])
        )
        let whole = try #require(take(fullyConnected))
        #expect(whole === begun.buffer)
        #expect(whole.bytes.elementsEqual(values.bytes))
        #expect(parameters.begun == nil)
    }

    @Test func `leaves parameters alone that somebody holds`() throws {
        _ = take(convolutions)
        let first = try #require(take(fullyConnected))
        _ = take(convolutions, version: 6)
        #expect(parameters.begun?.buffer !== first)
    }

    @Test func `takes no rest without its beginning, and nothing of another size`() {
        #expect(take(fullyConnected) == nil)
        #expect(parameters.begun == nil)
        #expect(parameters.place(ofSize: values.bytes.count) == nil)
        _ = take(convolutions)
        #expect(take(fullyConnected, version: 6) == nil)
        _ = take(convolutions)
        #expect(take(fullyConnected, RunStamp(run: 1, generation: 3)) == nil)
        _ = take(convolutions)
        parameters.forget()
        #expect(take(fullyConnected) == nil)
    }
}

extension ParameterAssemblerTests {
    @Test func `expects the parameters of the network that a welcome names`() throws {
        let letters = LeNet(classCount: 26)
        let size = letters.segments[1].bytes.count
        let parameters = ParameterAssembler()
        let first = try #require(parameters.place(ofSize: letters.segments[0].bytes.count))
        #expect(parameters.take(version: 1, RunStamp(run: 1, generation: 2), at: first) == nil)
        #expect(parameters.place(ofSize: size) == nil)
        parameters.expect(letters)
        #expect(parameters.begun == nil)
        let second = try #require(parameters.place(ofSize: letters.segments[0].bytes.count))
        #expect(parameters.take(version: 1, RunStamp(run: 1, generation: 2), at: second) == nil)
        #expect(parameters.place(ofSize: size)?.bytes.count == size)
    }
}
