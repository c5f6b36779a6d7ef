import ZeroMQ

/// What a worker's connection shows of the coordinator's keys.
extension ZeroMQError {
    /// The other side does not let this key in.
    static var keyRefused: ZeroMQError {
        .connectionUnusable(
            "connecting: the coordinator refused this worker's key where a listed one was "
                + "expected; list it there with `lockstep keys add`, or use the file that made"
        )
    }

    /// One side encrypts, the other does not.
    static var encryptionDiffers: ZeroMQError {
        .connectionUnusable(
            "connecting: one side encrypts and the other does not where both were expected "
                + "to agree; give the coordinator --keys and the worker --key, or neither"
        )
    }
}
