import TrainingProtocol
import ZeroMQ

/// Whose connections have ended, and which are to end.
extension CoordinatorSocket {
    /// Takes the next worker whose connection has ended, if there is one.
    ///
    /// The system gives a descriptor to the next connection once it is free: should that worker say
    /// hello before the end of the one before is read here, it counts as lost too, and joins again.
    mutating func nextLostWorker() throws(ZeroMQError) -> WorkerID? {
        if !lostWorkers.isEmpty { return lostWorkers.removeFirst() }
        while let event = try monitor.next() {
            let descriptor = Int32(truncatingIfNeeded: event.value)
            if event.kind == .accepted { watch.noteBeginning(of: descriptor) }
            guard event.kind == .disconnected else { continue }
            if watch.noteEnd(of: descriptor) { knockCount += 1 }
            if let worker = connections.removeValue(forKey: descriptor) {
                frameGradients.forget(worker)
                sealedLinks?.drop(worker)
                return worker
            }
        }
        for descriptor in watch.surplusConnections() { end(descriptor) }
        // What it has sent ahead over its first connection, which goes on, is kept.
        return try sealedLinks?.nextLostWorker()
    }

    /// Ends the connections that bring what is no message, and returns what has come to nothing.
    mutating func endOverfull(at now: Duration) -> [ForeignMessage] {
        let knockCount = knockCount + (sealedLinks?.takeKnockCount() ?? 0)
        self.knockCount = 0
        return [ForeignMessage](repeating: .knock, count: knockCount)
            + watch.overfullConnections(at: now).map { descriptor, reason in
                end(descriptor)
                return reason
            } + (sealedLinks?.endOverfull(at: now) ?? [])
    }
}
