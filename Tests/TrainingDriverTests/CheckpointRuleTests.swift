import Testing
import TrainingProtocol

@testable import TrainingDriver

/// Which states go into checkpoints.
struct CheckpointRuleTests {
    private let rule = CheckpointRule(stepsPerEpoch: 10)

    private func verdict(
        at step: Int,
        isFinite: Bool = true,
        keepsGoing: Bool = false
    ) -> CheckpointRule.Verdict {
        rule.verdict(
            at: Position(completedStepCount: step, recordedEpochCount: 0),
            isFinite: isFinite,
            keepsGoing: keepsGoing
        )
    }

    @Test func `requires the state at the end of an epoch, and wants any other`() {
        #expect(verdict(at: 9) == .wanted)
        #expect(verdict(at: 10) == .required)
        #expect(verdict(at: 11) == .wanted)
        #expect(verdict(at: 20) == .required)
    }

    @Test func `keeps no state that nothing can be made of, unless the run is to keep going`() {
        #expect(verdict(at: 9, isFinite: false) == .none)
        #expect(verdict(at: 10, isFinite: false) == .none)
        #expect(verdict(at: 9, isFinite: false, keepsGoing: true) == .wanted)
        #expect(verdict(at: 10, isFinite: false, keepsGoing: true) == .required)
    }
}
