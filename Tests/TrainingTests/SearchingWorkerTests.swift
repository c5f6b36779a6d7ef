import Keys
import Logging
import TestTools
import Testing
import TrainingProtocol
import ZeroMQ

@testable import NetworkTransport
@testable import Training

/// Runs whose workers do not find their coordinator at first.
struct SearchingWorkerTests {
    /// What answers at the coordinator's address before the coordinator does: a proxy without one
    /// behind it, a web server, somebody who does not encrypt, and one who refuses every key
    /// without having shown his own.
    private static let others: [[Relay.Part]] = [
        [], [], [], [], [Relay.Part(Array("HTTP/1.1 503 Service Unavailable\r\n\r\n".utf8))],
        [Relay.Part(RawConnection.greeting)],
        [Relay.Part(curveGreeting), Relay.Part(after: helloEnd, keyRefusal)], [],
    ]

    /// What a worker has sent once its HELLO is through, in bytes.
    private static let helloEnd = 64 + 202

    /// A greeting of a server that encrypts.
    private static let curveGreeting: [UInt8] =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("CURVE".utf8)
        + [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 31)

    /// The command that says that a key is not listed, which anybody can send.
    private static let keyRefusal: [UInt8] =
        [4, 10, 5] + Array("ERROR".utf8) + [3] + Array("400".utf8)

    @Test func `finds its coordinator at last, whoever has answered there before`() async throws {
        let keys = try DrawnKeys()
        let small = try SmallRun(workerCountMin: 1)
        let record = SmallRun.Record()
        var relay: Relay?
        defer { relay?.end() }
        let (result, _) = try await small.train(
            with: [small.kernels],
            record,
            offersLinks: false,
            payloadPort: .none,
            admission: Admission(keys.coordinator, workers: keys.workers),
            key: keys.workerKey,
            detour: { endpoint, _ in
                let port = try #require(PayloadPort.port(of: endpoint))
                relay = try Relay(port: port, first: Self.others)
                return "tcp://127.0.0.2:\(port)"
            }
        )
        #expect(result.outcome == .completed)
        #expect(relay?.isPastFirst == true)
    }

    @Test func `has its key listed at last, whoever has answered there before`() async throws {
        let keys = try DrawnKeys()
        let admission = try Admission(keys.coordinator, workers: keys.workers) { _ in "new" }
        let invitation = try admission.invite()
        let own = try CurveKeyPair.drawn()
        let small = try SmallRun(workerCountMin: 1)
        let gate = Gate()
        let (result, _) = try await small.train(
            with: [gate.kernels(like: small.kernels)],
            SmallRun.Record(),
            admission: admission,
            key: keys.workerKey,
            visitor: { endpoint in
                defer { gate.open() }
                try gate.waitUntilReached()
                let port = try #require(PayloadPort.port(of: endpoint))
                let relay = try Relay(port: port, first: Self.others)
                defer { relay.end() }
                try Enrollment.ask(
                    own.publicKey,
                    invitation,
                    at: "tcp://127.0.0.2:\(port)",
                    patience: 60,
                    Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            }
        )
        #expect(result.outcome == .completed)
        #expect(admission.admits(own.publicKey))
    }

    @Test func `waits for a coordinator that takes its time to let anybody in`() async throws {
        let keys = try DrawnKeys()
        let small = try SmallRun(workerCountMin: 1)
        let (result, _) = try await small.train(
            with: [small.kernels],
            SmallRun.Record(),
            admission: Admission(keys.coordinator, workers: keys.workers),
            key: keys.workerKey,
            delay: handshakeInterval * 3 + .seconds(2)
        )
        #expect(result.outcome == .completed)
    }
}
