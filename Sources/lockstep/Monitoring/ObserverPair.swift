import Checkpoints
import Figures
import Training
import TrainingDriver
import TrainingProtocol

/// Two who follow one run.
final class ObserverPair: RunObserver {
    private let first: any RunObserver
    private let second: any RunObserver

    init(_ first: any RunObserver, _ second: any RunObserver) {
        self.first = first
        self.second = second
    }

    func stepDidEnd(_ record: StepRecord) {
        first.stepDidEnd(record)
        second.stepDidEnd(record)
    }

    func runStands(_ standing: () -> RunStanding) {
        first.runStands(standing)
        second.runStands(standing)
    }

    func answerCounts(_ worker: WorkerID, _ round: Round, shards: Range<Int>) {
        first.answerCounts(worker, round, shards: shards)
        second.answerCounts(worker, round, shards: shards)
    }

    func workersDidCompute(_ shardCounts: [WorkerID: Int], ofEpoch epochIndex: Int) {
        first.workersDidCompute(shardCounts, ofEpoch: epochIndex)
        second.workersDidCompute(shardCounts, ofEpoch: epochIndex)
    }

    func epochDidLeave(_ end: EpochEnd) {
        first.epochDidLeave(end)
        second.epochDidLeave(end)
    }

    func epochDidEnd(_ record: EpochRecord) {
        first.epochDidEnd(record)
        second.epochDidEnd(record)
    }

    func runDidGoBack(to position: Position) {
        first.runDidGoBack(to: position)
        second.runDidGoBack(to: position)
    }

    func didNotice(_ notice: Coordinator.Notice) {
        first.didNotice(notice)
        second.didNotice(notice)
    }

    func sealedLinkDidOpen(to worker: WorkerID) {
        first.sealedLinkDidOpen(to: worker)
        second.sealedLinkDidOpen(to: worker)
    }

    func workerWillJoin(_ worker: WorkerID, name: String) {
        first.workerWillJoin(worker, name: name)
        second.workerWillJoin(worker, name: name)
    }

    func workerWasEnrolled(name: String) {
        first.workerWasEnrolled(name: name)
        second.workerWasEnrolled(name: name)
    }

    func didReceiveForeignBytes(reason: String, isKnock: Bool) {
        first.didReceiveForeignBytes(reason: reason, isKnock: isKnock)
        second.didReceiveForeignBytes(reason: reason, isKnock: isKnock)
    }

    func runWillStart(endpoint: String, payloadPort: Int?) {
        first.runWillStart(endpoint: endpoint, payloadPort: payloadPort)
        second.runWillStart(endpoint: endpoint, payloadPort: payloadPort)
    }

    func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {
        first.checkpointWasHandled(outcome)
        second.checkpointWasHandled(outcome)
    }
}
