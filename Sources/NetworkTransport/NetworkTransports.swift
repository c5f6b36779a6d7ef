package import Keys
package import Model
package import TrainingProtocol
package import Transport
package import ZeroMQ

/// All ways to workers: through shared memory, else sealed by us where there is a payload, else
/// over the main connection.
package typealias NetworkCoordinatorTransport = PreferringCoordinatorTransport<
    SharedMemoryCoordinatorTransport,
    PreferringCoordinatorTransport<SealedCoordinatorTransport, ZeroMQCoordinatorTransport>
>

/// All ways to the coordinator: through shared memory, else sealed by us where there is a payload,
/// else over the main connection.
package typealias NetworkWorkerTransport = PreferringWorkerTransport<
    SharedMemoryWorkerTransport, RemoteWorkerTransport
>

/// The ways to a coordinator that share no memory with it.
package typealias RemoteWorkerTransport = PreferringWorkerTransport<
    SealedWorkerTransport, ZeroMQWorkerTransport
>

/// A coordinator's transport that is bound, and where it is reached.
package struct BoundTransport {
    /// What carries the messages.
    package let transport: NetworkCoordinatorTransport
    /// The address that workers connect to, with the port that the system chose.
    package let endpoint: String
    /// Where payloads go sealed; nil for nowhere.
    package let payloadPort: Int?

    /// Binds to `endpoint`; workers may connect from then on, and wait.
    ///
    /// - Parameters:
    ///   - endpoint: the address.
    ///   - admission: whom to let in, encrypted; nil for everybody, in the open.
    ///   - offersLinks: whether workers of this host may use shared memory, where the system has
    ///     it.
    ///   - payloadPort: where payloads go sealed, if connections are encrypted.
    ///   - network: whose parameters and gradients it carries.
    /// - Throws: when the address is malformed, in use, not of this machine, or of a kind that no
    ///   other process reaches.
    package init(
        binding endpoint: String,
        admission: Admission? = nil,
        offersLinks: Bool = true,
        payloadPort: PayloadPort = .automatic,
        network: LeNet = .digits
    ) throws(ZeroMQError) {
        let context = try Context(ioThreadCount: 2)
        let gradients = GradientAssembler(of: network)
        let main = try ZeroMQCoordinatorTransport(
            binding: endpoint,
            admission: admission,
            gradients: gradients,
            in: context
        )
        let sealedEndpoint = admission.flatMap { _ in payloadPort.endpoint(beside: endpoint) }
        let sealed = try sealedEndpoint.map { (endpoint) throws(ZeroMQError) in
            try SealedCoordinatorTransport(binding: endpoint, gradients: gradients, in: context)
        }
        let links = offersLinks ? CoordinatorLinks(of: network) : nil
        transport = PreferringCoordinatorTransport(
            links.map { SharedMemoryCoordinatorTransport($0) },
            orElse: PreferringCoordinatorTransport(sealed, orElse: main)
        )
        self.endpoint = main.endpoint
        self.payloadPort = sealed?.port
    }
}

extension NetworkWorkerTransport {
    /// Connects to `endpoint` in the background, as `worker`.
    ///
    /// - Throws: when the address is malformed.
    package static func connecting(
        to endpoint: String,
        as worker: WorkerID,
        key: WorkerKey?,
        in context: Context
    ) throws(ZeroMQError) -> NetworkWorkerTransport {
        NetworkWorkerTransport(
            SharedMemoryWorkerTransport(as: worker),
            orElse: try RemoteWorkerTransport.connectingRemotely(
                to: endpoint,
                as: worker,
                key: key,
                in: context
            )
        )
    }
}

extension RemoteWorkerTransport {
    /// Connects to `endpoint` in the background, as `worker`, and shares no memory with it.
    ///
    /// - Throws: when the address is malformed.
    package static func connectingRemotely(
        to endpoint: String,
        as worker: WorkerID,
        key: WorkerKey?,
        in context: Context
    ) throws(ZeroMQError) -> RemoteWorkerTransport {
        let (parameters, split) = (ParameterAssembler(), GradientSplit())
        let main = try ZeroMQWorkerTransport(
            connectingTo: endpoint,
            as: worker,
            key: key,
            parameters: parameters,
            split: split,
            in: context
        )
        let sealed = SealedWorkerTransport(beside: main, parameters: parameters, split: split)
        return RemoteWorkerTransport(sealed, orElse: main)
    }
}
