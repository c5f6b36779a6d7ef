import TrainingProtocol
import ZeroMQ

/// Who comes and goes.
extension CoordinatorLoop {
    /// Lets in who is listed, and cuts who is no more.
    func admit() throws(ZeroMQError) {
        for key in try socket.admitWorkers() {
            note(.key(key))
        }
        guard socket.admission?.wakeUp.drain() == true else { return }
        for worker in socket.removeRevoked() { try handle(.disconnected(worker)) }
    }

    /// Tells the machine of workers whose connections have ended, and ends those that bring what is
    /// no message.
    func takeLosses(_ poller: inout Poller) throws(ZeroMQError) {
        var lost: [WorkerID] = []
        while let worker = try socket.nextLostWorker() { lost.append(worker) }
        if !lost.isEmpty, machine.isClosing {
            // Who takes leave says what it has done and is gone: that must be heard first.
            _ = try poller.poll(timeout: .zero)
            try receive()
        }
        for worker in lost { try handle(.disconnected(worker)) }
        for reason in socket.endOverfull(at: now) { note(reason) }
    }
}
