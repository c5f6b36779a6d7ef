import Synchronization
import Testing
import ZeroMQ

/// Bytes whose end is counted.
private final class SharedBytes: Sendable {
    nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer
    private let releases: Releases

    init(size: Int, _ releases: Releases) {
        bytes = .allocate(byteCount: size, alignment: 64)
        for index in 0..<size { bytes[index] = UInt8(truncatingIfNeeded: index) }
        self.releases = releases
    }

    var frame: Message { Message(sharing: UnsafeRawBufferPointer(bytes), of: self) }

    deinit {
        bytes.deallocate()
        releases.wakeUp.signal()
        releases.count.add(1, ordering: .sequentiallyConsistent)
    }
}

/// Counts the buffers that ended and wakes who waits for it.
private final class Releases: Sendable {
    let count = Atomic<Int>(0)
    let wakeUp: WakeUp

    init() throws { wakeUp = try WakeUp() }

    func value() -> Int { count.load(ordering: .sequentiallyConsistent) }

    func wait(for expected: Int) throws {
        var poller = Poller()
        _ = poller.add(wakeUp)
        let deadline = ContinuousClock.now + patience
        while value() < expected && ContinuousClock.now < deadline {
            _ = try poller.poll(timeout: .milliseconds(10))
            wakeUp.drain()
        }
        #expect(value() == expected)
    }
}

struct MessageTests {
    @Test(arguments: [0, 10, 246_824])
    func `releases a shared buffer once, after all its frames have gone`(size: Int) throws {
        let releases = try Releases()
        do {
            let connection = try Connection(context: Context())
            var buffer: SharedBytes? = SharedBytes(size: size, releases)
            let expected = Array(try #require(buffer).bytes)
            for _ in 0..<5 {
                var message = multipart([Connection.identity])
                message.append(try #require(buffer).frame)
                #expect(try connection.router.send(&message) == .sent)
            }
            for _ in 0..<5 { #expect(try receiveBytes(connection.dealer) == [expected]) }
            #expect(releases.value() == 0)
            buffer = nil
            try releases.wait(for: 1)
        }
        #expect(releases.value() == 1)
    }

    @Test func `releases the buffer of a message that was not sent`() throws {
        let releases = try Releases()
        let connection = try Connection(context: Context())
        var message = multipart([Array("nobody".utf8)])
        message.append(SharedBytes(size: 100_000, releases).frame)
        #expect(releases.value() == 0)
        #expect(try connection.router.send(&message) == .unreachable)
        #expect(releases.value() == 1)
    }

    @Test func `releases the buffers of frames that are dropped unsent`() throws {
        let releases = try Releases()
        do {
            var message = Multipart(frameCountMax: 2)
            message.append(SharedBytes(size: 100, releases).frame)
            message.removeAll()
            #expect(releases.value() == 1)
            message.append(SharedBytes(size: 100, releases).frame)
            message.append(SharedBytes(size: 100, releases).frame)
            #expect(releases.value() == 1)
        }
        #expect(releases.value() == 3)
    }

    @Test func `releases the buffers of messages that their context takes along`() throws {
        let releases = try Releases()
        do {
            let dealer = try Socket(.dealer, in: Context())
            try dealer.connect("tcp://127.0.0.1:1")
            for _ in 0..<3 {
                var message = Multipart()
                message.append(SharedBytes(size: 100_000, releases).frame)
                #expect(try dealer.send(&message) == .sent)
            }
            #expect(releases.value() == 0)
        }
        #expect(releases.value() == 3)
    }

    @Test func `moves a frame out of a message and leaves an empty one`() {
        var message = multipart([[1, 2], [UInt8](repeating: 3, count: 500)])
        let taken = message.takeFrame(at: 1)
        message.removeAll()
        message.append(Message())
        #expect(taken.withUnsafeBytes { Array($0) } == [UInt8](repeating: 3, count: 500))
        #expect(message.frameSize(at: 0) == 0)
    }
}
