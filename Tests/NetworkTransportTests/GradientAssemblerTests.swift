import Model
import Testing
import TrainingProtocol
import Transport

@testable import NetworkTransport

struct GradientAssemblerTests {
    private let worker = WorkerID(rawValue: 7)
    private let stamp = RunStamp(run: 1, generation: 2)
    private let bytes = (0..<246_824).map { UInt8(truncatingIfNeeded: $0 / 3) }

    private func work(_ index: Int) -> Work {
        Work(round: .step(index: 0), subtree: Subtree(level: 0, index: index), version: 0)
    }

    private func take(
        _ gradients: GradientAssembler,
        _ message: WorkerMessage,
        _ range: Range<Int>
    ) -> ParameterBuffer? {
        bytes[range].withUnsafeBytes { gradients.gradient(of: message, from: worker, $0) }
    }

    @Test func `puts a gradient together that comes in two frames`() throws {
        let gradients = GradientAssembler()
        let early = take(gradients, .earlySegment(work(0), stamp), 10_288..<246_824)
        #expect(early?.bytes[10_288...].elementsEqual(bytes[10_288...]) == true)
        let whole = try #require(take(gradients, .answer(work(0), stamp), 0..<10_288))
        #expect(whole === early)
        #expect(whole.bytes.elementsEqual(bytes))
    }

    @Test func `takes a whole gradient in one frame, also after a segment of another work`() {
        let gradients = GradientAssembler()
        _ = take(gradients, .earlySegment(work(0), stamp), 10_288..<246_824)
        let whole = take(gradients, .answer(work(1), stamp), 0..<246_824)
        #expect(whole?.bytes.elementsEqual(bytes) == true)
    }

    @Test func `takes no rest without its segment, and nothing of another size`() {
        let gradients = GradientAssembler()
        #expect(take(gradients, .answer(work(0), stamp), 0..<10_288) == nil)
        _ = take(gradients, .earlySegment(work(0), stamp), 10_288..<246_824)
        #expect(take(gradients, .answer(work(1), stamp), 0..<10_288) == nil)
        #expect(take(gradients, .earlySegment(work(0), stamp), 0..<246_824) == nil)
        _ = take(gradients, .earlySegment(work(0), stamp), 10_288..<246_824)
        gradients.forget(worker)
        #expect(take(gradients, .answer(work(0), stamp), 0..<10_288) == nil)
        #expect(take(gradients, .hello(protocolVersion: 1), 0..<10_288) == nil)
    }
}
