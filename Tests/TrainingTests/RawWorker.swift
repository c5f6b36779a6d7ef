import Figures
import Foundation
import TrainingProtocol
import Wire
import ZeroMQ

@testable import NetworkTransport
@testable import Training

/// A socket that says to a coordinator whatever a test wants.
final class RawWorker {
    /// What did not come in time.
    struct Missing: Error { let what: String }

    private var socket: Socket
    private var monitor: Monitor
    private var incoming = Multipart(frameCountMax: 3)
    /// What marks the run's messages, once it has joined.
    private var stamp: RunStamp?
    private var nextHeartbeat = ContinuousClock.now

    /// Connects under an identity, which need not be a worker's.
    init(
        _ endpoint: String,
        identity: [UInt8],
        curve: CurveIdentity? = nil
    ) throws {
        var options = SocketOptions()
        options.routingID = identity
        options.curve = curve
        options.connecting.interval = .milliseconds(1)
        socket = try Socket(.dealer, in: Context(), options: options)
        monitor = try Monitor(of: socket)
        try socket.connect(endpoint)
    }

    /// Connects as a worker of this number.
    convenience init(_ endpoint: String, number: UInt64, curve: CurveIdentity? = nil) throws {
        let identity = routingID(of: WorkerID(rawValue: number))
        try self.init(endpoint, identity: identity, curve: curve)
    }

    func send(_ frames: [[UInt8]]) throws {
        var message = Multipart(frameCountMax: frames.count)
        for frame in frames { message.append(Message(copying: frame)) }
        let deadline = ContinuousClock.now + .seconds(60)
        while try socket.send(&message) != .sent {
            guard ContinuousClock.now < deadline else { throw Missing(what: "room to send") }
            usleep(1_000)
        }
    }

    func send(
        _ message: WorkerMessage,
        sums: LossSums = LossSums(),
        payload: [UInt8]? = nil
    ) throws {
        let header = Array(WireEncoding.bytes(of: message, sums: sums))
        try send([header] + (payload.map { [$0] } ?? []))
    }

    /// The next message that `pick` takes something from; others are passed over.
    func next<Picked>(
        _ what: String,
        _ pick: (CoordinatorMessage) -> Picked?
    ) throws -> Picked {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let stamp, nextHeartbeat <= ContinuousClock.now {
                nextHeartbeat = ContinuousClock.now + .milliseconds(500)
                try send(.heartbeat(stamp))
            }
            guard try socket.receive(into: &incoming) else {
                usleep(1_000)
                continue
            }
            let message = try incoming.withFrame(at: 0) {
                try WireDecoding.coordinatorMessage($0).0
            }
            if let picked = pick(message) { return picked }
            // The end of a connection before may have been taken for this one's.
            if case .rejoin = message { try send(.hello(protocolVersion: protocolVersion)) }
        }
        throw Missing(what: what)
    }

    /// Waits until the socket's connection has met one of these ends.
    func end(of kinds: [MonitorEvent.Kind]) throws -> MonitorEvent.Kind {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            while let event = try monitor.next() {
                if kinds.contains(event.kind) { return event.kind }
            }
            usleep(1_000)
        }
        throw Missing(what: "\(kinds)")
    }

    /// Joins the run.
    ///
    /// - Returns: what marks the run's messages.
    func join() throws -> RunStamp {
        try send(.hello(protocolVersion: protocolVersion))
        let stamp = try next("a welcome") {
            if case .welcome(_, let stamp) = $0 { stamp } else { nil }
        }
        self.stamp = stamp
        return stamp
    }

    /// The first work of a training step that is leased to it with parameters that are there.
    func work() throws -> Work {
        var leased: [Work] = []
        var version = -1
        return try next("work and its parameters") {
            if case .work(let work, _) = $0, work.round.isTraining { leased.append(work) }
            if case .parameters(let newer, _) = $0 { version = newer }
            return leased.first { $0.version == version }
        }
    }
}
