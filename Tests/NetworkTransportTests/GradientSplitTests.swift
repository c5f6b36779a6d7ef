import Model
import Testing
import TrainingProtocol
import Transport

@testable import NetworkTransport

/// Which part of a gradient travels.
struct GradientSplitTests {
    private final class Connection {}

    private let first = Connection()
    private let second = Connection()
    private let split = GradientSplit()
    private let gradient = ParameterBuffer()
    private let stamp = RunStamp(run: 1, generation: 2)
    private let work = Work(
        round: .step(index: 0),
        subtree: Subtree(level: 0, index: 0),
        version: 0
    )

    private func early(_ gradient: ParameterBuffer, over connection: Connection) -> Range<Int> {
        split.range(of: .earlySegment(work, stamp), gradient, over: connection)
    }

    private func answer(_ gradient: ParameterBuffer, over connection: Connection) -> Range<Int> {
        split.range(of: .answer(work, stamp), gradient, over: connection)
    }

    @Test func `sends the rest of what was sent ahead, once`() {
        #expect(early(gradient, over: first) == 10_288..<246_824)
        #expect(answer(gradient, over: first) == 0..<10_288)
        #expect(answer(gradient, over: first) == 0..<246_824)
    }

    @Test func `sends a whole gradient where its beginning went another way, or was another's`() {
        _ = early(gradient, over: first)
        #expect(answer(gradient, over: second) == 0..<246_824)
        _ = early(gradient, over: first)
        #expect(answer(ParameterBuffer(), over: first) == 0..<246_824)
        #expect(answer(gradient, over: first) == 0..<246_824)
    }
}
