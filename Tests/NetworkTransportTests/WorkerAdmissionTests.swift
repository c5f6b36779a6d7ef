import Keys
import Testing
import TrainingProtocol
import Transport
import ZeroMQ

@testable import NetworkTransport

/// Which worker may speak under which key.
struct WorkerAdmissionTests {
    private let first = try! CurveKeyPair.drawn().publicKey
    private let second = try! CurveKeyPair.drawn().publicKey

    /// Lets both keys in.
    private let admission: Admission

    init() throws {
        admission = try Admission(
            DrawnKeys().coordinator,
            workers: Self.list(["first": first, "second": second])
        )
    }

    private static func list(_ keys: [String: CurveKey]) throws -> WorkerList {
        try WorkerList(
            text: keys.map { "\($0) \($1.text)\n" }.joined(),
            place: "a test"
        )
    }

    private func worker(_ number: UInt64) -> WorkerID { WorkerID(rawValue: number) }

    @Test func `hears a worker under the key that it came with, and a key's other workers too`() {
        var workers = WorkerAdmission(admission)
        for _ in 0..<2 {
            #expect(workers.objection(to: worker(1), under: first) == nil)
            #expect(workers.objection(to: worker(2), under: second) == nil)
            #expect(workers.objection(to: worker(3), under: first) == nil)
        }
    }

    @Test func `hears nobody without a key, or under one that is not listed`() throws {
        var workers = WorkerAdmission(admission)
        let stranger = try CurveKeyPair.drawn().publicKey
        #expect(workers.objection(to: worker(1), under: nil) == .unlisted)
        #expect(workers.objection(to: worker(1), under: stranger) == .unlisted)
        // What was not heard has taken nobody's number.
        #expect(workers.objection(to: worker(1), under: first) == nil)
    }

    @Test func `bans the key of whoever speaks for another worker, which takes its number back`() {
        var workers = WorkerAdmission(admission)
        #expect(workers.objection(to: worker(1), under: first) == nil)
        #expect(workers.objection(to: worker(1), under: second) == .imposture)
        #expect(workers.objection(to: worker(2), under: second) == .unlisted)
        #expect(!admission.admits(second))
        #expect(workers.objection(to: worker(1), under: first) == nil)
    }

    @Test func `forgets the workers of a key that is struck off, and only those`() throws {
        var workers = WorkerAdmission(admission)
        for (number, key) in [(4, first), (9, second), (2, first)] as [(UInt64, CurveKey)] {
            #expect(workers.objection(to: worker(number), under: key) == nil)
        }
        #expect(workers.removeRevoked() == [])
        admission.replace(with: try Self.list(["second": second]))
        #expect(workers.removeRevoked() == [worker(2), worker(4)])
        #expect(workers.removeRevoked() == [])
        #expect(workers.objection(to: worker(4), under: first) == .unlisted)
        #expect(workers.objection(to: worker(9), under: second) == nil)
        // The number is free for whoever is listed.
        #expect(workers.objection(to: worker(4), under: second) == nil)
    }

    @Test func `hears only those it knows once a hundred thousand have come`() {
        var workers = WorkerAdmission(admission)
        let refused = (0..<100_001).filter {
            workers.objection(to: worker($0), under: first) != nil
        }
        #expect(refused == [100_000])
        #expect(workers.objection(to: worker(100_000), under: second) == .tooMany)
        #expect(workers.objection(to: worker(99_999), under: first) == nil)
    }
}
