import Testing
import ZeroMQ

/// Which addresses only processes of the same machine reach.
struct EndpointReachTests {
    @Test(arguments: [
        "tcp://127.0.0.1:5555", "tcp://127.255.0.9:*", "tcp://localhost:5555", "tcp://[::1]:5555",
        "tcp://::1:5555", "ipc:///tmp/lockstep/socket", "inproc://run",
    ])
    func `keeps what is bound to this machine to it`(endpoint: String) {
        #expect(isOfThisMachine(endpoint))
    }

    @Test(arguments: [
        "tcp://*:5555", "tcp://0.0.0.0:5555", "tcp://[::]:5555", "tcp://10.0.0.1:5555",
        "tcp://eth0:5555", "tcp://alpha:5555", "tcp://[fe80::1]:5555", "tcp://1.127.0.0:5555",
        "tcp://localhost.example:5555",
    ])
    func `takes what other machines may reach for that`(endpoint: String) {
        #expect(!isOfThisMachine(endpoint))
    }

    @Test(arguments: [
        "tcp://127.0.0.1.example.org:5555", "tcp://127.example:5555", "tcp://127.0.0.256:5555",
        "tcp://127.0.0:5555", "tcp://127.0.0.1.1:5555", "tcp://127..0.1:5555",
        "tcp://127.0.0.1;10.0.0.1:5555",
    ])
    func `is not taken in by a name that begins like an address of this machine`(
        endpoint: String
    ) {
        #expect(!isOfThisMachine(endpoint))
    }

    @Test(arguments: ["", "tcp://", "tcp://:5555", "tcp://127.0.0.1", "127.0.0.1:5555"])
    func `leaves what is no address to ZeroMQ to refuse`(endpoint: String) {
        #expect(isOfThisMachine(endpoint))
    }
}
