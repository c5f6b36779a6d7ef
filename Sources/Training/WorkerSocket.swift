import TrainingProtocol
import Wire
import ZeroMQ

/// A worker's end of the transport: one DEALER that looks for the coordinator by itself.
///
/// It queues nothing while there is no connection, so a coordinator that was started again never
/// gets
/// answers to questions of the one before. Belongs to one thread.
struct WorkerSocket: ~Copyable {
    /// What came in.
    enum Received {
        /// A message of the coordinator; its payload is held until the next one is received.
        case message(CoordinatorMessage, payloadSize: Int)
        /// Bytes that are no message of ours.
        case foreign(reason: String)
    }

    let socket: Socket
    private(set) var monitor: Monitor
    private var incoming: Multipart
    private var outgoing: Multipart

    /// Connects to `endpoint` in the background, under the identity of `worker`.
    ///
    /// - Throws: when the address is malformed.
    init(
        connectingTo endpoint: String,
        as worker: WorkerID,
        in context: Context
    ) throws(ZeroMQError) {
        try refuseUnreachable(endpoint, .connect)
        var options = SocketOptions()
        options.routingID = routingID(of: worker)
        options.isImmediate = true
        options.linger = .milliseconds(250)
        options.reconnectInterval = .milliseconds(50)
        options.reconnectIntervalMax = .seconds(2)
        options.connectTimeout = .seconds(5)
        options.sendHighWaterMark = highWaterMark
        options.receiveHighWaterMark = highWaterMark
        options.messageSizeMax = messageSizeMax
        options.isTCPKeepaliveOn = true
        options.isIPv6Allowed = !namesIPv4(endpoint)
        options.sendBufferSize = bufferSize
        options.receiveBufferSize = bufferSize
        let socket = try Socket(.dealer, in: context, options: options)
        let monitor = try Monitor(of: socket)
        try socket.connect(endpoint)
        self.socket = socket
        self.monitor = monitor
        incoming = Multipart(frameCountMax: 2)
        outgoing = Multipart(frameCountMax: 2)
    }

    /// Sends a message; without a connection it is dropped, for the machine repeats what matters.
    mutating func send(
        _ message: WorkerMessage,
        sums: AnswerSums,
        payload: consuming Message?
    ) throws(ZeroMQError) {
        outgoing.removeAll()
        outgoing.append(Message(copying: WireEncoding.bytes(of: message, sums: sums)))
        if let payload { outgoing.append(payload) }
        _ = try socket.send(&outgoing)
    }

    /// Takes the next message, if one is there.
    mutating func receive() throws(ZeroMQError) -> Received? {
        guard try socket.receive(into: &incoming) else { return nil }
        guard incoming.droppedFrameCount == 0, (1...2).contains(incoming.frameCount) else {
            let count = incoming.frameCount + incoming.droppedFrameCount
            return .foreign(reason: "a message of \(count) frames")
        }
        do {
            let message = try incoming.withFrame(at: 0) { (bytes) throws(WireError) in
                try WireDecoding.coordinatorMessage(bytes)
            }
            let payloadSize = incoming.frameCount == 2 ? incoming.frameSize(at: 1) : 0
            return .message(message, payloadSize: payloadSize)
        } catch {
            return .foreign(reason: error.description)
        }
    }

    /// Takes the next change of the connection, if there is one: true when it was made, false when
    /// it was lost.
    mutating func nextConnectionChange() throws(ZeroMQError) -> Bool? {
        while let event = try monitor.next() {
            switch event.kind {
            case .handshakeSucceeded: return true
            case .disconnected: return false
            default: continue
            }
        }
        return nil
    }

    /// Moves the payload of the message received last out.
    ///
    /// - Precondition: it has one.
    mutating func takePayload() -> Message { incoming.takeFrame(at: 1) }
}
