import Checkpoints
import Figures
import Reporting
import Training
import TrainingDriver
import TrainingProtocol
import Transport

/// Counts what happens to a run, and tells the board.
///
/// Belongs to the coordinator's thread. Counts are told at each step; what asks for memory, a few
/// times a second.
final class BoardWriter: RunObserver {
    private let board: RunBoard
    private let schedule: Schedule
    private var counters = RunCounters()
    private var answers = RecentAnswers()
    private var names: [WorkerID: String] = [:]
    private var shardCounts: [WorkerID: Int] = [:]
    /// What was leased before the run went back to a checkpoint.
    private var earlierLeases = RunCounters.Leases()
    private var nextTelling = ContinuousClock.now

    private static let interval = Duration.milliseconds(200)
    /// As many workers are remembered by name: each start of one is another.
    private static let nameCountMax = 10_000

    init(_ board: RunBoard, schedule: Schedule) {
        self.board = board
        self.schedule = schedule
    }

    func stepDidEnd(_ record: StepRecord) {
        let samples = schedule.samples(of: .step(index: record.completedStepCount - 1))
        counters.note(record, sampleCount: samples.count)
        tellCounts()
    }

    func runStands(_ standing: () -> RunStanding) {
        let now = ContinuousClock.now
        guard now >= nextTelling else { return }
        nextTelling = now + Self.interval
        let standing = standing()
        counters.carried.messageCount = standing.traffic.messageCount
        counters.carried.sentSize = standing.traffic.sentByteCount
        counters.carried.receivedSize =
            standing.traffic.byteCount - standing.traffic.sentByteCount
        counters.leases.count = earlierLeases.count + standing.leases.count
        counters.leases.backupCount = earlierLeases.backupCount + standing.leases.backupCount
        counters.leases.overdueCount = earlierLeases.overdueCount + standing.leases.overdueCount
        counters.workers.computingCount = standing.computingCount
        counters.workers.standbyCount = standing.workerCount - standing.computingCount
        tellAll()
    }

    func answerCounts(_ worker: WorkerID, _ round: Round, shards: Range<Int>) {
        shardCounts[worker, default: 0] += shards.count
        guard case .step(let index) = round else { return }
        answers.note(RecentAnswers.Answer(step: index + 1, shards: shards, worker: worker))
    }

    func epochDidEnd(_ record: EpochRecord) {
        counters.note(record)
        shardCounts.removeAll(keepingCapacity: true)
        tellAll()
    }

    func runDidGoBack(to position: Position) {
        counters.troubles.wentBackCount += 1
        earlierLeases = counters.leases
        shardCounts.removeAll(keepingCapacity: true)
        answers = RecentAnswers()
        tellAll()
    }

    func didNotice(_ notice: Coordinator.Notice) {
        switch notice {
        case .workerJoined(_, let workerCount):
            counters.workers.joinedCount += 1
            counters.workers.are(workerCount)
        case .workerLost(_, let loss, let workerCount):
            counters.workers.note(loss)
            counters.workers.are(workerCount)
        case .roundOverdue: counters.troubles.overdueRoundCount += 1
        case .waitingForWorkers, .workersSpare, .workerRefused, .workerDistrusted, .stepsInDoubt:
            return
        }
        tellAll()
        board.noteEvent()
    }

    func workerWillJoin(_ worker: WorkerID, name: String) {
        if names.count >= Self.nameCountMax { names = [:] }
        names[worker] = name
    }

    func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {
        switch outcome {
        case .saved: counters.checkpoints.savedCount += 1
        case .failed: counters.checkpoints.failedCount += 1
        case .superseded: counters.checkpoints.supersededCount += 1
        case .otherFailed: return
        }
        tellCounts()
    }

    func didReceiveForeignBytes(reason: String, isKnock: Bool) {
        counters.troubles.foreignCount += 1
        tellCounts()
    }

    func runWillStart(endpoint: String, payloadPort: Int?) {}

    func epochDidLeave(_ end: EpochEnd) {}

    func workerWasEnrolled(name: String) {}

    func sealedLinkDidOpen(to worker: WorkerID) {}

    private func tellCounts() { board.tell { $0.counters = counters } }

    private func tellAll() {
        let isWatched = board.isWatched
        let isTold = board.tell { notes in
            notes.counters = counters
            guard isWatched else { return }
            notes.answers = answers
            notes.names = names
            notes.shardCounts = shardCounts
        }
        // Somebody looks just now.
        if !isTold { nextTelling = .now }
    }
}

extension RunCounters.Workers {
    /// Counts a worker that went.
    fileprivate mutating func note(_ loss: Coordinator.Loss) {
        switch loss {
        case .left: left += 1
        case .disconnected: disconnected += 1
        case .silent: silent += 1
        case .distrusted: distrusted += 1
        // It is back already.
        case .rejoined: joinedCount -= 1
        }
    }
}
