import TrainingProtocol
import Wire
import ZeroMQ

/// Who may connect to the coordinator's socket, and who may not any more.
extension CoordinatorSocket {
    /// Has a poller wake for handshakes and for changes of the list.
    func addAdmission(to poller: inout Poller) {
        guard let admission else { return }
        _ = poller.add(admission.wakeUp)
        if let authenticator { _ = poller.add(authenticator) }
    }

    /// Answers handshakes that wait; nothing to do without keys.
    ///
    /// - Returns: the keys that were refused.
    mutating func admitWorkers() throws(ZeroMQError) -> [CurveKey] {
        guard let admission else { return [] }
        return try authenticator?.answer { admission.admits($0) || admission.isInvited($0) } ?? []
    }

    /// Forgets the workers whose keys are listed no more, cuts their connections, and returns them.
    mutating func removeRevoked() -> [WorkerID] {
        let revoked = workers?.removeRevoked() ?? []
        for worker in revoked { disconnect(worker) }
        return revoked
    }

    /// What people are to call the worker whose hello was received last: where it runs, its number,
    /// and what its key is called.
    func nameInHello(of worker: WorkerID) -> String {
        let name = incoming.withFrame(at: 1) { WireDecoding.workerName(inHello: $0) }
        let key = incoming.senderKey(at: 1).flatMap { admission?.name(of: $0) }
        let number = key.map { "\(worker), key \($0)" } ?? "\(worker)"
        return name.map { "\($0) (\(number))" } ?? number
    }
}
