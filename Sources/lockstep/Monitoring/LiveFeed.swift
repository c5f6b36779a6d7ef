import Figures
import Foundation
import HTMLReport
import Reporting
import Synchronization
import TrainingProtocol
import WebServer

/// The parts of the live page, drawn from the board and from the run's folder.
final class LiveFeed: EventFeed {
    /// What the last look has left.
    private struct Past {
        var tail: RunTail?
        var sampleCount = 0
        var time: Double?
        var eventCount = 0
    }

    private let board: RunBoard
    private let past = Mutex(Past())

    init(_ board: RunBoard) { self.board = board }

    var isUrgent: Bool { past.withLock { $0.eventCount != board.eventCount } }

    func parts() -> [(name: String, text: String)] {
        board.isBeingWatched()
        let notes = board.look()
        guard let plan = notes.plan else { return [] }
        return past.withLock { past in
            past.eventCount = board.eventCount
            var tail = past.tail ?? RunTail(folder: plan.folder)
            tail.look()
            past.tail = tail
            return view(of: notes, plan, tail, &past).parts
        }
    }

    private func view(
        of notes: RunBoard.Notes,
        _ plan: RunBoard.Plan,
        _ tail: RunTail,
        _ past: inout Past
    ) -> LiveView {
        let now = Date()
        let moment = moment(of: notes.counters, plan, now.timeIntervalSince1970, &past)
        var lines = tail.lines
        if let step = notes.counters.step, step.completedStepCount > lines.last?.step ?? 0 {
            lines.append(
                MetricsLine(
                    step,
                    samplesPerSecond: moment.samplesPerSecond
                        ?? step.epoch.throughputSamplesPerSecond,
                    learningRate: 0,
                    at: now
                )
            )
        }
        var history = tail.events
        if !notes.shardCounts.isEmpty {
            var epoch = HistoryEvent(.epoch, at: now, step: moment.step)
            epoch.shards = Dictionary(
                notes.shardCounts.map { (notes.name(of: $0.key), $0.value) },
                uniquingKeysWith: +
            )
            history.append(epoch)
        }
        let run = ReportedRun(
            name: plan.name,
            state: .training,
            settings: plan.settings,
            lines: lines,
            history: history,
            summary: nil
        )
        let answers = notes.answers.inOrder.map {
            ShardAnswer(step: $0.step, shards: $0.shards, worker: notes.name(of: $0.worker))
        }
        return LiveView(run, at: moment, answers: answers)
    }

    private func moment(
        of counters: RunCounters,
        _ plan: RunBoard.Plan,
        _ time: Double,
        _ past: inout Past
    ) -> LiveView.Moment {
        var moment = LiveView.Moment(
            stepCount: plan.schedule.epochCount * plan.schedule.stepsPerEpoch,
            epochCount: plan.schedule.epochCount,
            time: time
        )
        moment.workerCount = counters.workers.computingCount + counters.workers.standbyCount
        if let step = counters.step {
            moment.step = step.completedStepCount
            moment.epoch = step.epoch.epochIndex + 1
            moment.loss = step.epoch.training.loss
            moment.accuracy = step.epoch.training.accuracy
        }
        if let last = past.time, time > last {
            moment.samplesPerSecond =
                Double(counters.sampleCount - past.sampleCount) / (time - last)
        }
        (past.time, past.sampleCount) = (time, counters.sampleCount)
        return moment
    }
}

extension RunBoard.Notes {
    /// What the log calls a worker.
    fileprivate func name(of worker: WorkerID) -> String { names[worker] ?? "\(worker)" }
}
