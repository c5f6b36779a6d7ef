import Arithmetic
import Figures
import Kernels
import Model
import TrainingProtocol
import Transport

/// What is looked at in a message before the machine hears of it.
extension CoordinatorLoop {
    /// Whether an early segment has only finite numbers; true for any other message.
    func isEarlySegmentFinite(_ arrival: WorkerArrival) -> Bool {
        guard case .earlySegment = arrival.message else { return true }
        let range = LeNet.segments[1].range
        return arrival.gradient.map {
            run.kernels.areFinite($0.start + range.lowerBound, count: range.count)
        } ?? false
    }

    private var plausibility: AnswerPlausibility {
        AnswerPlausibility(classCount: LeNet.classCount)
    }

    /// What cannot be right in an answer that the machine waits for; nil if nothing shows.
    func invalidAnswer(in arrival: WorkerArrival) -> (Work, RejectedMessage)? {
        guard case .answer(let work, run.settings.stamp) = arrival.message,
            machine.awaits(work, from: arrival.worker)
        else { return nil }
        let sampleCount = schedule.samples(of: work.subtree, in: work.round).count
        guard plausibility.holds(for: arrival.sums, sampleCount: sampleCount) else {
            return (work, .sums)
        }
        let isBelievable = comparison.isBelievable(
            work,
            arrival.sums,
            arrival.gradientBytes,
            parameters: run.optimizer.parameters,
            feed: run.feed
        )
        return isBelievable ? nil : (work, .numbers)
    }

    /// Takes a worker's wish to join, if it comes when there is room.
    func receiveHello(_ hello: WorkerArrival, name: String) throws(Carrier.Failure) {
        guard joins.allowsOneMore(than: machine.workerCount, at: now) else {
            note(.join)
            return
        }
        observer.workerWillJoin(hello.worker, name: name)
        try handle(.received(hello.message, from: hello.worker))
    }
}
