import Arithmetic
import Figures
import Kernels
import Model
import TrainingProtocol
import ZeroMQ

/// What is looked at in a message before the machine hears of it.
extension CoordinatorLoop {
    /// Whether a message has the payload that belongs to it.
    func isWellFormed(_ message: WorkerMessage, payloadSize: Int) -> Bool {
        let wholeSize = ParameterBuffer.size
        switch message {
        case .answer(let work, _) where work.round.isTraining: return payloadSize == wholeSize
        case .earlySegment: return payloadSize == wholeSize
        case .answer, .hello, .heartbeat, .goodbye: return payloadSize == 0
        }
    }

    func isEarlySegmentFinite() -> Bool {
        let range = LeNet.segments[1].range
        return socket.gradient().map {
            run.kernels.areFinite($0.start + range.lowerBound, count: range.count)
        } ?? false
    }

    private var plausibility: AnswerPlausibility {
        AnswerPlausibility(classCount: LeNet.classCount)
    }

    /// What cannot be right in an answer that the machine waits for; nil if nothing shows.
    func lie(
        in message: WorkerMessage,
        _ sums: LossSums,
        from worker: WorkerID
    ) -> (Work, ForeignMessage)? {
        guard case .answer(let work, run.settings.stamp) = message,
            machine.awaits(work, from: worker)
        else { return nil }
        let sampleCount = schedule.samples(of: work.subtree, in: work.round).count
        guard plausibility.holds(for: sums, sampleCount: sampleCount) else { return (work, .sums) }
        let isBelievable = socket.withPayload {
            comparison.isBelievable(
                work,
                sums,
                $0,
                parameters: run.optimizer.parameters,
                feed: run.feed
            )
        }
        return isBelievable ? nil : (work, .numbers)
    }

    /// Takes a worker's wish to join, if it comes when there is room.
    func receiveHello(
        _ message: WorkerMessage,
        from worker: WorkerID,
        name: String
    ) throws(ZeroMQError) {
        guard machine.workerCount < JoinLimit.workerCountMax, joins.allows(at: now) else {
            note(.join)
            return
        }
        observer.workerWillJoin(worker, name: name)
        try handle(.received(message, from: worker))
    }
}

extension WorkerMessage {
    /// Whether it asks to take part.
    var isHello: Bool { if case .hello = self { true } else { false } }

    /// What the message is called in a log line.
    var name: String {
        switch self {
        case .hello: "hello"
        case .answer: "answer"
        case .earlySegment: "early segment"
        case .heartbeat: "heartbeat"
        case .goodbye: "goodbye"
        }
    }
}
