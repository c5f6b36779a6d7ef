import Arithmetic
import Figures
import Kernels
import Model
import TrainingProtocol
import ZeroMQ

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
    func lie(in arrival: WorkerArrival) -> (Work, ForeignMessage)? {
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
    func receiveHello(_ hello: WorkerArrival, name: String) throws(ZeroMQError) {
        guard machine.workerCount < JoinLimit.workerCountMax, joins.allows(at: now) else {
            note(.join)
            return
        }
        observer.workerWillJoin(hello.worker, name: name)
        try handle(.received(hello.message, from: hello.worker))
    }
}

extension WorkerArrival {
    /// Whether the message has the payload that belongs to it.
    var isWellFormed: Bool {
        let wholeSize = ParameterBuffer.size
        switch message {
        case .answer(let work, _) where work.round.isTraining: return payloadSize == wholeSize
        case .earlySegment: return payloadSize == wholeSize
        case .answer, .hello, .heartbeat, .goodbye: return payloadSize == 0
        }
    }

    /// The gradient's bytes; nil for none.
    var gradientBytes: UnsafeRawBufferPointer? { gradient.map { UnsafeRawBufferPointer($0.bytes) } }
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
