import Glibc
import Testing
import ZeroMQ

struct SocketTests {
    @Test func `says that a port is in use and what to do`() throws {
        let context = try Context()
        let first = try Socket(.router, in: context)
        try first.bind("tcp://127.0.0.1:*")
        let endpoint = first.lastEndpoint
        let second = try Socket(.router, in: context)
        let error = #expect(throws: ZeroMQError.self) { try second.bind(endpoint) }
        #expect(
            error?.description
                == "listening at \(endpoint): the address is already in use; "
                + "stop the other program or choose another port"
        )
        try first.unbind(endpoint)
        #expect(first.lastEndpoint == endpoint)
    }

    @Test(.timeLimit(.minutes(1))) func `frees its address soon after it is closed`() throws {
        let context = try Context()
        let first = try Socket(.router, in: context)
        let endpoint = try first.bind("inproc://closing")
        let second = try Socket(.router, in: context)
        #expect(throws: ZeroMQError.self) { try second.bind(endpoint) }
        first.close()
        // libzmq closes in a thread of its own.
        while (try? second.bind(endpoint)) == nil { sched_yield() }
    }

    @Test(arguments: ["tipc://{1000,0,10}", "ws://*:5555", "TCP://127.0.0.1:5555", "http://h:80"])
    func `refuses every kind of address that other machines might reach, but tcp`(
        endpoint: String
    ) throws {
        let socket = try Socket(.dealer, in: Context())
        #expect(
            throws: ZeroMQError.addressRefused(.bind, endpoint: endpoint, code: EPROTONOSUPPORT)
        ) { try socket.bind(endpoint) }
        #expect(
            throws: ZeroMQError.addressRefused(.connect, endpoint: endpoint, code: EPROTONOSUPPORT)
        ) { try socket.connect(endpoint) }
    }

    @Test(
        arguments: [
            "", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:99999",
            "tcp://127.0.0.1:-1", "tcp://127.0.0.1:+1", "tcp://127.0.0.1:abc", "127.0.0.1:5555",
            "tcp://127.0.0.1:5555;", "inproc://a\u{0}b", "tcp://127.0.0.1:٣", "ipc://",
            "tcp://127.0.0.1:18446744073709551616", ":",
        ])
    func `says that an address cannot be parsed`(endpoint: String) throws {
        let socket = try Socket(.dealer, in: Context())
        for operation in [ZeroMQError.AddressOperation.bind, .connect] {
            let error = #expect(throws: ZeroMQError.self) {
                switch operation {
                case .bind: try socket.bind(endpoint)
                default: try socket.connect(endpoint)
                }
            }
            #expect(error == .addressRefused(operation, endpoint: endpoint, code: EINVAL))
            #expect(
                error?.description.contains("cannot be parsed; tcp://HOST:PORT was expected")
                    == true
            )
        }
    }

    @Test func `binds to a host's name, at a port that is the same for all its addresses`() throws {
        var options = SocketOptions()
        options.isIPv6Allowed = true
        let router = try Socket(.router, in: Context(), options: options)
        let endpoint = try router.bind("tcp://localhost:*")
        #expect(endpoint.hasPrefix("tcp://localhost:"))
        let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        #expect(port > 0 && router.lastEndpoint.hasSuffix(":\(port)"))
        let dealer = try Socket(.dealer, in: Context(), options: options)
        var monitor = try Monitor(of: dealer)
        try dealer.connect(endpoint)
        _ = try event(.handshakeSucceeded, of: &monitor, while: dealer)
    }

    @Test(
        arguments: [
            ("tcp://no-such-host:5555", "no network interface of this machine"),
            ("tcp://192.0.2.1:5555", "no network interface of this machine"),
            ("tcp://eth77:5555", "no network interface of this machine"),
            ("http://127.0.0.1:5555", "this kind of address cannot be used here"),
            ("udp://127.0.0.1:5555", "this kind of address cannot be used here"),
            ("ipc:///no/such/folder/socket", "the socket file's folder does not exist"),
            ("ipc:///tmp/" + String(repeating: "a", count: 108), "longer than 107 bytes"),
        ])
    func `says why an address cannot be bound`(endpoint: String, reason: String) throws {
        let socket = try Socket(.router, in: Context())
        let error = #expect(throws: ZeroMQError.self) { try socket.bind(endpoint) }
        let sentence = error?.description ?? ""
        #expect(sentence.hasPrefix("listening at \(endpoint): ") && sentence.contains(reason))
        #expect(sentence.contains("; "))
    }

    @Test func `says that it is not attached to an address`() throws {
        let socket = try Socket(.router, in: Context())
        let error = #expect(throws: ZeroMQError.self) { try socket.disconnect("tcp://127.0.0.1:9") }
        #expect(error?.description.contains("not attached to this address") == true)
    }

    @Test func `refuses an option outside its range by name and value`() throws {
        var options = SocketOptions()
        options.capacity.sendHighWaterMark = -1
        let error = #expect(throws: ZeroMQError.self) {
            _ = try Socket(.router, in: Context(), options: options)
        }
        #expect(
            error == .optionRefused(name: "send high-water mark", value: "-1", code: EINVAL)
        )
        options = SocketOptions()
        options.routingID = []
        #expect(throws: ZeroMQError.self) {
            _ = try Socket(.dealer, in: Context(), options: options)
        }
    }

    @Test func `takes every option`() throws {
        var options = SocketOptions()
        options.linger = .milliseconds(1)
        options.capacity.sendHighWaterMark = 8
        options.capacity.receiveHighWaterMark = 8
        options.capacity.messageSizeMax = 2 << 20
        options.router.isMandatory = true
        options.router.isHandover = true
        options.isImmediate = true
        options.routingID = [1]
        options.connecting.interval = .milliseconds(50)
        options.connecting.intervalMax = .seconds(2)
        options.connecting.timeout = .seconds(2)
        options.connecting.handshakeInterval = .seconds(5)
        options.heartbeat.interval = .seconds(1)
        options.heartbeat.timeout = .seconds(5)
        options.keepalive.isOn = true
        options.keepalive.idle = .seconds(30)
        options.keepalive.interval = .seconds(5)
        options.keepalive.count = 3
        options.isIPv6Allowed = true
        options.capacity.sendBufferSize = 512 << 10
        options.capacity.receiveBufferSize = 512 << 10
        options.capacity.backlog = 256
        _ = try Socket(.router, in: Context(), options: options)
    }

    @Test func `a context ends although messages wait for a receiver that never comes`() async {
        await #expect(processExitsWith: .success) {
            alarm(30)
            do {
                let dealer = try Socket(.dealer, in: Context())
                try dealer.connect("tcp://127.0.0.1:1")
                try sendAll([[1], [2]], through: dealer)
            }
        }
    }

    @Test func `refuses a context without sense`() {
        #expect(throws: ZeroMQError.self) { _ = try Context(ioThreadCount: -1) }
        #expect(throws: ZeroMQError.self) { _ = try Context(socketCountMax: 0) }
    }

    @Test func `polling a closed socket ends the process instead of reading freed memory`() async {
        await #expect(processExitsWith: .failure) {
            var poller = Poller()
            do {
                let socket = try Socket(.pair, in: Context())
                _ = poller.add(socket)
            }
            do { _ = try poller.poll(timeout: .zero) } catch { exit(0) }
            exit(0)
        }
    }
}
