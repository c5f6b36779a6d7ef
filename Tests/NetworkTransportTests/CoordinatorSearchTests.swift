import Testing
import Transport
import ZeroMQ

@testable import NetworkTransport

/// What a worker says, and does, while it does not find its coordinator.
struct CoordinatorSearchTests {
    private let start = Duration.seconds(5)

    /// A search to which things have happened, each after a number of seconds.
    private func search(
        for endpoint: String = "tcp://there:5555",
        isEncrypted: Bool = true,
        _ events: [(seconds: Double, kind: MonitorEvent.Kind, value: UInt32)]
    ) -> CoordinatorSearch {
        var search = CoordinatorSearch(for: endpoint, isEncrypted: isEncrypted, at: start)
        for event in events {
            let change = MonitorEvent(kind: event.kind, value: event.value, endpoint: endpoint)
            _ = search.note(change, at: start + .seconds(event.seconds))
        }
        return search
    }

    private func obstacle(
        _ events: [(Double, MonitorEvent.Kind)],
        isEncrypted: Bool = true
    ) -> CoordinatorSearch.Obstacle? {
        search(isEncrypted: isEncrypted, events.map { ($0.0, $0.1, 0) }).obstacle
    }

    @Test func `tells apart what keeps it from its coordinator`() {
        #expect(obstacle([]) == nil)
        #expect(obstacle([(0, .connectRetried), (1, .connectRetried)]) == .nameUnknown)
        #expect(obstacle([(0, .closed), (0, .connectRetried)]) == .unreachable)
        #expect(
            obstacle([(0, .connectDelayed), (0.1, .closed), (0.1, .connectRetried)]) == .refused
        )
        #expect(obstacle([(0, .connectDelayed), (5, .closed), (5, .connectRetried)]) == .noAnswer)
        let connected: [(Double, MonitorEvent.Kind)] = [(0, .connectDelayed), (0, .connected)]
        #expect(obstacle(connected) == .silent)
        #expect(
            obstacle(connected + [(0.1, .handshakeFailed), (0.1, .disconnected)]) == .brokenOff
        )
        #expect(obstacle(connected + [(5, .handshakeFailed), (5, .disconnected)]) == .silent)
        #expect(obstacle(connected + [(0.1, .disconnected)]) == .foreign)
        #expect(obstacle(connected + [(0.1, .handshakeProtocolFailed)]) == .foreign)
        #expect(obstacle(connected + [(0.1, .handshakeSucceeded)]) == .unwelcome)
        #expect(obstacle(connected + [(0.1, .handshakeSucceeded), (9, .disconnected)]) == nil)
    }

    @Test func `says every ten seconds where it looks, for how long, and why in vain`() {
        var search = search([(0, .connectDelayed, 0), (0, .closed, 0), (0, .connectRetried, 0)])
        let lines = stride(from: 0.0, through: 25, by: 0.5).compactMap {
            search.line(at: start + .seconds($0))
        }
        #expect(
            lines
                == [10, 20].map {
                    "looking for the coordinator at tcp://there:5555 for \($0) s: the connection was refused"
                }
        )
        search.succeed()
        var line = search.line(at: start + .seconds(60))
        #expect(line == nil)
        search.goOn(at: start + .seconds(70))
        line = search.line(at: start + .seconds(79))
        #expect(line == nil)
        line = search.line(at: start + .seconds(80))
        #expect(line?.contains("for 10 s") == true)
    }

    @Test func `says at once that only one side encrypts, and goes on`() throws {
        let mismatch: UInt32 = 0x1100_0002
        var search = search([
            (0, .connected, 0), (0.1, .handshakeProtocolFailed, mismatch), (0.1, .disconnected, 0),
        ])
        let news = search.line(at: start + .seconds(0.1))
        let line = try #require(news)
        #expect(line.hasSuffix("the other side does not encrypt; give the coordinator --keys"))
        let second = search.line(at: start + .seconds(0.2))
        #expect(second == nil)
        #expect(search.nextAttempt != nil)
    }

    @Test func `connects anew after longer and longer, up to two seconds`() throws {
        var search = self.search([])
        var now = start
        for number in 0..<12 {
            let kinds = [MonitorEvent.Kind.connected, .handshakeFailed, .disconnected]
            let isGivenUp = kinds.map {
                search.note(MonitorEvent(kind: $0, value: 0, endpoint: ""), at: now)
            }
            #expect(isGivenUp == [false, false, true])
            let pause = try #require(search.nextAttempt) - now
            let longest = min(Duration.milliseconds(50) * (1 << number), .seconds(2))
            #expect(longest / 2 <= pause && pause <= longest, "\(number): \(pause)")
            now += pause
            search.connectAnew()
            #expect(search.nextAttempt == nil)
        }
    }

    @Test func `tries the addresses of a name by turns, IPv6 and IPv4`() {
        let retry = MonitorEvent(kind: .connectRetried, value: 0, endpoint: "")
        let isGivenUp = ["tcp://there:1", "tcp://10.0.0.1:1", "tcp://[::1]:1", "ipc://there"].map {
            var search = self.search(for: $0, [])
            return search.note(retry, at: start)
        }
        #expect(isGivenUp == [true, false, false, false])
        var search = self.search([])
        let isIPv6Allowed = (0..<4).map { _ in
            search.connectAnew()
            return search.isIPv6Allowed
        }
        #expect(isIPv6Allowed == [false, true, false, true])
    }

    @Test func `keeps sentences short`() {
        for reason in CoordinatorSearchTests.obstacles {
            var search = self.search([])
            search.obstacle = reason
            #expect(search.reason.count <= 140, "\(search.reason)")
        }
    }

    private static let obstacles: [CoordinatorSearch.Obstacle] = [
        .nameUnknown, .unreachable, .refused, .noAnswer, .silent, .brokenOff, .encryptionDiffers,
        .foreign, .unwelcome,
    ]
}
