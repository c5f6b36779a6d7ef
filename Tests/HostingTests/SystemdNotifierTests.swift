import Foundation
import TestTools
import Testing

@testable import Hosting

/// What systemd hears, by a socket of the test's own.
struct SystemdNotifierTests {
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

    private func environment(
        patience: String? = nil,
        watching process: String? = nil
    ) -> [String: String] {
        var environment = ["NOTIFY_SOCKET": folder.url.appending(path: "notify").path]
        environment["WATCHDOG_USEC"] = patience
        environment["WATCHDOG_PID"] = process
        return environment
    }

    private func notifier(
        patience: String? = nil,
        watching process: String? = nil
    ) throws -> SystemdNotifier {
        try #require(
            SystemdNotifier(environment: environment(patience: patience, watching: process))
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
        let notifier = try notifier()
        notifier.ready("listening")
        notifier.status("epoch 1 of 5")
        notifier.stopping()
        #expect(heard() == "READY=1\nSTATUS=listening")
        #expect(heard() == "STATUS=epoch 1 of 5")
        #expect(heard() == "STOPPING=1")
        #expect(heard() == nil)
    }

    @Test func `is nobody where no socket is named`() {
        defer { close(listener) }
        for name in [nil, "", "relative/path", "vsock:2:1234"] {
            let environment = name.map { ["NOTIFY_SOCKET": $0] } ?? [:]
            #expect(SystemdNotifier(environment: environment) == nil, "\(name ?? "nil")")
        }
    }

    @Test func `gives up quietly where nobody listens or the name is too long`() throws {
        defer { close(listener) }
        for name in ["/nowhere/notify", "/" + String(repeating: "x", count: 500), "@"] {
            try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": name])).signOfLife()
        }
        #expect(heard() == nil)
    }

    @Test func `halves the watchdog's patience, and minds no other process's`() throws {
        defer { close(listener) }
        let own = String(getpid())
        #expect(try notifier(patience: "3000000").signOfLifePeriod == .milliseconds(1_500))
        #expect(
            try notifier(patience: "3000000", watching: own).signOfLifePeriod
                == .milliseconds(1_500)
        )
        #expect(try notifier(patience: "3000000", watching: "1").signOfLifePeriod == nil)
        for patience in ["0", "-5", "1", "soon", "99999999999999999999"] {
            #expect(try notifier(patience: patience).signOfLifePeriod == nil)
        }
    }

    @Test func `beats once a period, and wakes the loop for it`() throws {
        defer { close(listener) }
        var watchdog = Watchdog(Supervision(environment: environment(patience: "2000000")))
        watchdog.beat(at: .seconds(10))
        watchdog.beat(at: .milliseconds(10_999))
        #expect(heard() == "WATCHDOG=1")
        #expect(heard() == nil)
        #expect(watchdog.timeout(until: nil, at: .milliseconds(10_400)) == .milliseconds(600))
        #expect(
            watchdog.timeout(until: .milliseconds(10_500), at: .milliseconds(10_400))
                == .milliseconds(100)
        )
        #expect(watchdog.timeout(until: nil, at: .seconds(12)) == .zero)
        watchdog.beat(at: .seconds(11))
        #expect(heard() == "WATCHDOG=1")
    }

    @Test func `leaves a loop alone that nothing watches`() {
        defer { close(listener) }
        let watchdog = Watchdog(Supervision())
        #expect(watchdog.timeout(until: nil, at: .seconds(1)) == nil)
        #expect(watchdog.timeout(until: .seconds(3), at: .seconds(1)) == .seconds(2))
    }
}
