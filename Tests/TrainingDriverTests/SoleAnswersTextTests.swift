import Testing
import TrainingProtocol

@testable import TrainingDriver

/// What only one worker's word stands for, as checkpoints hold it.
struct SoleAnswersTextTests {
    @Test func `reads what it writes`() throws {
        let steps = try #require(StepRanges([0..<100, 120..<121]))
        let answers = SoleAnswers(worker: WorkerID(rawValue: 0x8D3B_149E_0000_0001), steps: steps)
        #expect(answers.text == "8d3b149e00000001:0-99,120-120")
        #expect(SoleAnswers(text: answers.text[...]) == answers)
    }

    @Test(arguments: [
        "", ":", "8d:x-3", "8d:3-2", "8d:-1-2", "8d:1-9223372036854775807", "8d", "8d:0-1:2-3",
        "xyz:0-1", "8d:0-1,1-2", "8d:0-3,2-5", "8d:0", "8d:0-1-2",
    ])
    func `refuses what is none`(_ text: String) { #expect(SoleAnswers(text: text[...]) == nil) }
}
