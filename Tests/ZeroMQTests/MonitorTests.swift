import Glibc
import Testing
import ZeroMQ

struct MonitorTests {
    @Test func `tells when a connection comes and goes`() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        var monitor = try Monitor(of: router)
        #expect(try monitor.next() == nil)
        try router.bind("tcp://127.0.0.1:*")
        let endpoint = router.lastEndpoint
        #expect(try event(.listening, of: &monitor, while: router).endpoint == endpoint)
        do {
            let dealer = try Socket(.dealer, in: context)
            try dealer.connect(endpoint)
            #expect(try event(.accepted, of: &monitor, while: router).endpoint == endpoint)
            _ = try event(.handshakeSucceeded, of: &monitor, while: router)
        }
        _ = try event(.disconnected, of: &monitor, while: router)
    }

    @Test func `tells of attempts that fail`() throws {
        var options = SocketOptions()
        options.connecting.interval = .milliseconds(7)
        let dealer = try Socket(.dealer, in: Context(), options: options)
        var monitor = try Monitor(of: dealer)
        try dealer.connect("tcp://127.0.0.1:1")
        _ = try event(.connectDelayed, of: &monitor, while: dealer)
        _ = try event(.closed, of: &monitor, while: dealer)
        #expect(try event(.connectRetried, of: &monitor, while: dealer).value >= 7)
    }

    @Test func `outlives its socket, and its socket outlives it`() throws {
        let context = try Context()
        var socket: Socket? = try Socket(.router, in: context)
        do { _ = try Monitor(of: socket!) }
        var monitor = try Monitor(of: socket!)
        try socket!.bind("tcp://127.0.0.1:*")
        socket = nil
        let other = try Socket(.pair, in: context)
        _ = try event(.monitorStopped, of: &monitor, while: other)
    }

    @Test func `may end after its socket, whose connection ends meanwhile`() async {
        await #expect(processExitsWith: .success) {
            let context = try Context()
            do {
                var options = SocketOptions()
                options.linger = .seconds(5)
                options.capacity.receiveHighWaterMark = 1
                let router = try Socket(.router, in: context, options: options)
                try router.bind("tcp://127.0.0.1:*")
                let dealer = try Socket(.dealer, in: context, options: options)
                var monitor = try Monitor(of: dealer)
                try dealer.connect(router.lastEndpoint)
                _ = try event(.handshakeSucceeded, of: &monitor, while: dealer)
                // More than the system takes, so that the connection stays when its socket closes.
                for _ in 0..<100 {
                    try sendAll([[UInt8](repeating: 0, count: 1 << 20)], through: dealer)
                }
                _ = consume dealer
                _ = consume monitor
                _ = consume router
                usleep(200_000)
                // libzmq's thread still carries messages.
                let connection = try Connection(context: context)
                try sendAll([Connection.identity, [1]], through: connection.router)
                let isCarried = try receiveBytes(connection.dealer) == [[1]]
                exit(isCarried ? 0 : 1)
            } catch {
                exit(1)
            }
        }
    }
}
