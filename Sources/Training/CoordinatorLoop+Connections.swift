import TrainingProtocol
import Transport

/// Who comes and goes.
extension CoordinatorLoop {
    /// Tells the machine of workers that were lost, and has the transport see to its connections.
    func takeLosses() throws(Carrier.Failure) {
        var lost: [WorkerID] = []
        while let worker = try transport.nextLostWorker() { lost.append(worker) }
        // Who takes leave says what it has done and is gone: that must be heard first.
        if !lost.isEmpty, machine.isClosing { try receive() }
        for worker in lost { try handle(.disconnected(worker)) }
        for reason in try transport.attend(at: now) { note(reason) }
    }
}
