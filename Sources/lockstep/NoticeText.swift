import Foundation
import TrainingProtocol

/// Words for the parts of a run in log lines.
enum NoticeText {
    /// `step 12`, counted from 1 as `metrics.jsonl` does.
    static func text(of round: Round) -> String {
        switch round {
        case .step(let index): "step \(index + 1)"
        case .validation(let epochIndex): "the validation of epoch \(epochIndex + 1)"
        case .test: "the test"
        }
    }

    /// `shard 3` or `shards 0 to 3`.
    static func text(of shards: Range<Int>) -> String {
        shards.count == 1
            ? "shard \(shards.lowerBound)"
            : "shards \(shards.lowerBound) to \(shards.upperBound - 1)"
    }

    /// `step 3`, `steps 1 to 40`, or `96 steps from 1 to 140`, counted from 1.
    static func text(of steps: StepRanges) -> String {
        guard let first = steps.ranges.first, let last = steps.ranges.last else { return "no step" }
        if steps.count == 1 { return "step \(last.upperBound)" }
        let span = "\(first.lowerBound + 1) to \(last.upperBound)"
        return steps.ranges.count == 1 ? "steps \(span)" : "\(steps.count) steps from \(span)"
    }

    /// How a worker was lost.
    static func text(of loss: Coordinator.Loss) -> String {
        switch loss {
        case .left: "it left"
        case .disconnected: "its connection ended"
        case .silent: "nothing was heard from it for too long"
        case .rejoined: "it said hello again"
        case .distrusted: "it gave a wrong answer"
        }
    }

    /// Who owes what, in which phase, and for how long.
    static func text(of debt: Coordinator.Debt, name: (WorkerID) -> String) -> String {
        let phase = debt.isBegun ? "computing" : "waiting to be computed"
        return
            "worker \(name(debt.worker)) owes \(text(of: debt.shards)), \(phase) for \(text(of: debt.duration)), last heard of \(text(of: debt.silence)) ago"
    }

    /// `2.5 s`.
    static func text(of duration: Duration) -> String {
        String(format: "%.1f s", duration / .seconds(1))
    }
}
