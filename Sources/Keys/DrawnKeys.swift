package import ZeroMQ

/// The keys of a run that starts its own workers: drawn anew at each start, and kept in no file.
package struct DrawnKeys: Sendable {
    /// The coordinator's.
    package let coordinator: CoordinatorKey
    /// The list of the one key that all its workers share.
    package let workers: WorkerList
    /// That key, as a worker's file has it: a secret.
    package let workerKey: WorkerKey

    /// Draws them.
    ///
    /// - Throws: when libzmq was built without CURVE.
    package init() throws(ZeroMQError) {
        coordinator = CoordinatorKey(pair: try .drawn())
        workerKey = WorkerKey(pair: try .drawn(), coordinator: coordinator.pair.publicKey)
        var list = WorkerList()
        list.add("launched", workerKey.pair.publicKey)
        workers = list
    }
}
