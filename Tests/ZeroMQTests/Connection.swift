import Testing

@testable import ZeroMQ

/// How long a test waits for what must come; only a failing test waits that long.
let patience = Duration.seconds(20)

/// Stops a test whose awaited event did not come.
struct NothingCame: Error {}

/// A router and one dealer, connected over TCP, and settled: each has heard from the other.
struct Connection: ~Copyable {
    let router: Socket
    let dealer: Socket
    static let identity: [UInt8] = Array("w1".utf8)

    init(
        context: Context,
        router routerOptions: SocketOptions = SocketOptions(),
        dealer dealerOptions: SocketOptions = SocketOptions()
    ) throws {
        var routerOptions = routerOptions
        routerOptions.router.isMandatory = true
        var dealerOptions = dealerOptions
        dealerOptions.routingID = Connection.identity
        let router = try Socket(.router, in: context, options: routerOptions)
        try router.bind("tcp://127.0.0.1:*")
        let dealer = try Socket(.dealer, in: context, options: dealerOptions)
        try dealer.connect(router.lastEndpoint)
        try sendAll([[]], through: dealer)
        let greeting = try receiveBytes(router)
        #expect(greeting == [Connection.identity, []])
        self.router = router
        self.dealer = dealer
    }
}

/// A message of copies.
func multipart(_ frames: [[UInt8]], frameCountMax: Int = 8) -> Multipart {
    var message = Multipart(frameCountMax: max(frameCountMax, frames.count))
    for frame in frames { message.append(Message(copying: frame)) }
    return message
}

/// Sends a message that must go.
func sendAll(_ frames: [[UInt8]], through socket: borrowing Socket) throws {
    var message = multipart(frames)
    #expect(try socket.send(&message) == .sent)
}

/// Waits for a message.
func receive(_ socket: borrowing Socket, into message: inout Multipart) throws {
    var poller = Poller()
    _ = poller.add(socket)
    guard try poller.poll(timeout: patience) == 1, try socket.receive(into: &message) else {
        throw NothingCame()
    }
}

/// Waits for a message and copies its frames out.
func receiveBytes(_ socket: borrowing Socket) throws -> [[UInt8]] {
    var message = Multipart()
    try receive(socket, into: &message)
    return (0..<message.frameCount).map { index in message.withFrame(at: index) { Array($0) } }
}

/// Waits for an event of a kind, past others.
func event(
    _ kind: MonitorEvent.Kind,
    of monitor: inout Monitor,
    while socket: borrowing Socket
) throws -> MonitorEvent {
    var poller = Poller()
    let events = poller.add(monitor)
    _ = poller.add(socket, interest: [])
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
        _ = try poller.poll(timeout: .milliseconds(100))
        guard poller.readiness(at: events).contains(.readable) else { continue }
        while let event = try monitor.next() { if event.kind == kind { return event } }
    }
    throw NothingCame()
}
