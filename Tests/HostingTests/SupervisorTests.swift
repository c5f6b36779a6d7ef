import Foundation
import TestTools
import Testing

@testable import Hosting

/// What a supervisor hears, by a socket of the test's own.
struct SupervisorTests {
    private let folder: TemporaryFolder
    private let listener: Int32

    init() throws {
        folder = try TemporaryFolder()
        listener = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(folder.url.appending(path: "notify").path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = listener
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        try #require(isBound)
    }

    private func supervisor(
        patience: String? = nil,
        watching process: String? = nil
    ) throws -> Supervisor {
        try #require(
            Supervisor(
                socketName: folder.url.appending(path: "notify").path,
                watchdogMicroseconds: patience,
                watchdogProcess: process
            )
        )
    }

    /// The next datagram; nil when there is none.
    private func heard() -> String? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = recv(listener, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test func `says each thing in one datagram`() throws {
        defer { close(listener) }
        let supervisor = try supervisor()
        supervisor.ready("listening")
        supervisor.status("epoch 1 of 5")
        supervisor.stopping()
        #expect(heard() == "READY=1\nSTATUS=listening")
        #expect(heard() == "STATUS=epoch 1 of 5")
        #expect(heard() == "STOPPING=1")
        #expect(heard() == nil)
    }

    @Test func `is nobody where no socket is named`() {
        defer { close(listener) }
        for name in [nil, "", "relative/path", "vsock:2:1234"] {
            let none = Supervisor(
                socketName: name,
                watchdogMicroseconds: nil,
                watchdogProcess: nil
            )
            #expect(none?.signOfLifePeriod == nil && none == nil, "\(name ?? "nil")")
        }
    }

    @Test func `gives up quietly where nobody listens or the name is too long`() throws {
        defer { close(listener) }
        for name in ["/nowhere/notify", "/" + String(repeating: "x", count: 500), "@"] {
            let supervisor = try #require(
                Supervisor(socketName: name, watchdogMicroseconds: nil, watchdogProcess: nil)
            )
            supervisor.signOfLife()
        }
        #expect(heard() == nil)
    }

    @Test func `halves the watchdog's patience, and minds no other process's`() throws {
        defer { close(listener) }
        let own = String(getpid())
        #expect(try supervisor(patience: "3000000").signOfLifePeriod == .milliseconds(1_500))
        #expect(
            try supervisor(patience: "3000000", watching: own).signOfLifePeriod
                == .milliseconds(1_500)
        )
        #expect(try supervisor(patience: "3000000", watching: "1").signOfLifePeriod == nil)
        for patience in ["0", "-5", "1", "soon", "99999999999999999999"] {
            #expect(try supervisor(patience: patience).signOfLifePeriod == nil)
        }
    }

    @Test func `beats once a period, and wakes the loop for it`() throws {
        defer { close(listener) }
        var pulse = Pulse(supervisor: try supervisor(patience: "2000000"))
        pulse.beat(at: .seconds(10))
        pulse.beat(at: .milliseconds(10_999))
        #expect(heard() == "WATCHDOG=1")
        #expect(heard() == nil)
        #expect(pulse.timeout(until: nil, at: .milliseconds(10_400)) == .milliseconds(600))
        #expect(
            pulse.timeout(until: .milliseconds(10_500), at: .milliseconds(10_400))
                == .milliseconds(100)
        )
        #expect(pulse.timeout(until: nil, at: .seconds(12)) == .zero)
        pulse.beat(at: .seconds(11))
        #expect(heard() == "WATCHDOG=1")
    }

    @Test func `leaves a loop alone that nothing watches`() {
        defer { close(listener) }
        let pulse = Pulse(supervisor: nil)
        #expect(pulse.timeout(until: nil, at: .seconds(1)) == nil)
        #expect(pulse.timeout(until: .seconds(3), at: .seconds(1)) == .seconds(2))
    }
}
