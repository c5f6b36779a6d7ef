import Glibc
package import TrainingProtocol
package import ZeroMQ

/// Messages that wait for one worker, each way: far more than its leases, so a full queue means
/// that it takes none.
package let highWaterMark = 64

/// 2 MiB: above the largest message, the samples of 64 shards (804 kB).
package let messageSizeMax = 2 << 20

/// 1 MiB: the same largest message, sealed.
package let sealedMessageSizeMax = 1 << 20

/// 512 KiB in the kernel each way: a parameter buffer fits, and loopback needs fewer wake-ups.
package let bufferSize = 512 << 10

/// How long a connection to the coordinator may take until it is ready for messages.
package let handshakeInterval = Duration.seconds(5)

/// Refuses `inproc` and the like, which libzmq takes though no other process can reach them.
///
/// What has no transport at all is libzmq's to refuse, as an address that cannot be parsed.
package func refuseUnreachable(
    _ endpoint: String,
    _ operation: ZeroMQError.AddressOperation
) throws(ZeroMQError) {
    guard let colon = endpoint.firstRange(of: "://") else { return }
    guard ["tcp", "ipc"].contains(endpoint[..<colon.lowerBound]) else {
        throw .addressRefused(operation, endpoint: endpoint, code: EPROTONOSUPPORT)
    }
}

/// Whether an address has a numeric IPv4 host: then IPv6 sockets would only spell it otherwise.
package func namesIPv4(_ endpoint: String) -> Bool {
    let host = endpoint.dropFirst("tcp://".count).prefix { $0 != ":" }
    return host.allSatisfy { $0.isNumber || $0 == "." } && host.contains(".")
}

/// The identity that a worker's socket carries: `w`, then its number, big end first.
package func routingID(of worker: WorkerID) -> [UInt8] {
    [UInt8(ascii: "w")]
        + (0..<8).map { UInt8(truncatingIfNeeded: worker.rawValue >> (56 - 8 * $0)) }
}

/// The worker whose socket carries this identity; nil if it is none of ours.
package func workerID(routingID: UnsafeRawBufferPointer) -> WorkerID? {
    guard routingID.count == 9, routingID[0] == UInt8(ascii: "w") else { return nil }
    return WorkerID(rawValue: routingID.dropFirst().reduce(0) { $0 << 8 | UInt64($1) })
}
