import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import ZeroMQ

struct PollerTests {
    @Test func `names the source that is ready`() throws {
        let connection = try Connection(context: Context())
        let wakeUp = try WakeUp()
        var poller = Poller()
        let router = poller.add(connection.router)
        let dealer = poller.add(connection.dealer)
        let wake = poller.add(wakeUp)
        #expect(try poller.poll(timeout: .zero) == 0)

        wakeUp.signal()
        wakeUp.signal()
        #expect(try poller.poll(timeout: patience) == 1)
        #expect(poller.readiness(at: wake) == .readable)
        #expect(wakeUp.drain())
        #expect(!wakeUp.drain())

        try sendAll([Connection.identity, [1]], through: connection.router)
        #expect(try poller.poll(timeout: patience) == 1)
        #expect(poller.readiness(at: dealer) == .readable)
        #expect(poller.readiness(at: router) == [] && poller.readiness(at: wake) == [])
    }

    @Test func `sees what its socket's descriptor does not show`() throws {
        let connection = try Connection(context: Context())
        var message = Multipart(frameCountMax: 2)
        var poller = Poller()
        _ = poller.add(connection.dealer)
        for number in UInt8(0)..<100 {
            // Nothing is there, and nothing shows until something comes.
            #expect(try poller.poll(timeout: .zero) == 0)
            #expect(try !connection.dealer.receive(into: &message))
            // Of two messages one is left, which libzmq has told of already.
            try sendAll([Connection.identity, [number]], through: connection.router)
            try sendAll([Connection.identity, [number]], through: connection.router)
            #expect(try poller.poll(timeout: patience) == 1)
            #expect(try connection.dealer.receive(into: &message))
            #expect(try poller.poll(timeout: patience) == 1)
            #expect(try connection.dealer.receive(into: &message))
            #expect(try poller.poll(timeout: .zero) == 0)
            // A call for something else takes note of what has come.
            try sendAll([Connection.identity, [number]], through: connection.router)
            usleep(500)
            try sendAll([[number]], through: connection.dealer)
            #expect(try poller.poll(timeout: patience) == 1)
            #expect(try connection.dealer.receive(into: &message))
        }
    }

    @Test func `waits for a socket or a descriptor in the place of another source`() throws {
        let connection = try Connection(context: Context())
        let wakeUp = try WakeUp()
        wakeUp.signal()
        var poller = Poller()
        let place = poller.add(fileDescriptor: -1)
        #expect(try poller.poll(timeout: .zero) == 0)
        poller.setSocket(connection.dealer, at: place)
        #expect(try poller.poll(timeout: .zero) == 0)
        try sendAll([Connection.identity, [1]], through: connection.router)
        #expect(try poller.poll(timeout: patience) == 1)
        #expect(poller.readiness(at: place) == .readable)
        poller.setFileDescriptor(-1, at: place)
        #expect(try poller.poll(timeout: .zero) == 0)
        poller.setFileDescriptor(wakeUp.fileDescriptor, at: place)
        #expect(try poller.poll(timeout: patience) == 1)
    }

    @Test func `is woken by another thread`() throws {
        let wakeUp = try WakeUp()
        var poller = Poller()
        _ = poller.add(wakeUp)
        DispatchQueue.global().async { wakeUp.signal() }
        #expect(try poller.poll(timeout: nil) == 1)
    }

    @Test func `tells that the other end of a descriptor is closed`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        var poller = Poller()
        let source = poller.add(fileDescriptor: ends[0])
        #expect(try poller.poll(timeout: .zero) == 0)
        close(ends[1])
        #expect(try poller.poll(timeout: patience) == 1)
        #expect(poller.readiness(at: source) == .failed)
        close(ends[0])
    }

    @Test func `never returns before its time`() throws {
        var poller = Poller()
        let start = ContinuousClock.now
        #expect(try poller.poll(timeout: .microseconds(1_100)) == 0)
        #expect(ContinuousClock.now - start >= .microseconds(1_100))
    }

    @Test func `rounds times up and clamps them`() {
        #expect(Duration.zero.wholeMilliseconds == 0)
        #expect(Duration.seconds(-5).wholeMilliseconds == 0)
        #expect(Duration.nanoseconds(1).wholeMilliseconds == 1)
        #expect(Duration.milliseconds(3).wholeMilliseconds == 3)
        #expect((Duration.milliseconds(3) + .nanoseconds(1)).wholeMilliseconds == 4)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.milliseconds(2_001).wholeSeconds == 3)
        #expect(Duration.seconds(2).wholeSeconds == 2)
    }

    @Test func `tells that a descriptor is not open`() throws {
        var poller = Poller()
        let source = poller.add(fileDescriptor: 1_000_000)
        #expect(try poller.poll(timeout: .zero) == 1)
        #expect(poller.readiness(at: source) == .failed)
    }

    @Test func `goes on waiting when signals interrupt it`() async {
        await #expect(processExitsWith: .success) {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in }
            sigaction(SIGUSR1, &action, nil)
            var signals = sigset_t()
            sigaddset(&signals, SIGUSR1)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            let thread = pthread_self()
            let isOver = Atomic<Bool>(false)
            let interrupter = Thread {
                while !isOver.load(ordering: .relaxed) {
                    pthread_kill(thread, SIGUSR1)
                    usleep(1_000)
                }
            }
            interrupter.start()
            let source = try WakeUp()
            var poller = Poller()
            _ = poller.add(source)
            let start = ContinuousClock.now
            let readyCount = try poller.poll(timeout: .milliseconds(50))
            isOver.store(true, ordering: .relaxed)
            exit(readyCount == 0 && ContinuousClock.now - start >= .milliseconds(50) ? 0 : 1)
        }
    }
}
