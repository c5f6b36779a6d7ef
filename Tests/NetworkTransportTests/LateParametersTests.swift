import Figures
import Model
import Testing
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport

/// Parameters that are half there when messages begin to come another way.
struct LateParametersTests {
    private let coordinator: NetworkCoordinatorTransport
    private let worker: NetworkWorkerTransport
    private let id = WorkerID(rawValue: 7)
    private let stamp = RunStamp(run: 1, generation: 2)
    private let parameters = ParameterBuffer.initial(seed: 3)

    init() throws {
        let bound = try BoundTransport(binding: "tcp://127.0.0.1:*")
        coordinator = bound.transport
        worker = try .connecting(
            to: bound.endpoint,
            as: id,
            key: nil,
            in: try Context(ioThreadCount: 1)
        )
    }

    private struct NothingComes: Error {}

    /// Looks again and again for what takes a moment, for ten seconds at most.
    private func waiting<Value>(for look: () throws -> Value?) throws -> Value {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if let value = try look() { return value }
        }
        throw NothingComes()
    }

    private func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<NetworkPayloads>
    ) throws {
        #expect(try coordinator.send(message, payload, to: id) == .sent)
    }

    private var welcome: CoordinatorMessage {
        .welcome(InputSettings(geometry: "pad", scale: "unit"), stamp)
    }

    /// Takes a welcome, and opens the link that it offers.
    private func takeWelcome() throws {
        guard case .message(let arrival) = try waiting(for: worker.receive),
            case .offer(let offer) = arrival.payload
        else { throw NothingComes() }
        #expect(worker.open(offer, at: .zero))
    }

    @Test func `are no fault of the coordinator's where a second welcome overtakes their rest`()
        throws
    {
        let change = try waiting { try worker.nextConnectionChange(at: .zero) }
        #expect(change == .made)
        #expect(try worker.send(.hello(protocolVersion: 1), LossSums(), nil) == .sent)
        guard case .hello = try waiting(for: coordinator.receive) else { throw NothingComes() }
        try send(welcome, .offer(WelcomeOffer()))
        try send(.parameters(version: 5, stamp), .parameters(parameters))
        try takeWelcome()
        guard case .parametersBegun = try waiting(for: worker.receive) else { throw NothingComes() }
        // The worker has connected over shared memory: the next welcome comes that way.
        guard case nil = try coordinator.receive() else { throw NothingComes() }
        try send(welcome, .offer(WelcomeOffer()))
        try takeWelcome()
        guard case .late = try waiting(for: worker.receive) else { throw NothingComes() }
        #expect(worker.begunParameters == nil)
    }
}
