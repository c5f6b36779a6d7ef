import ZeroMQ

/// Hands a socket to another thread while this one still polls it.
func handOver(in context: Context) throws {
    let socket = try Socket(.dealer, in: context)
    var poller = Poller()
    _ = poller.add(socket)
    serve(socket)
    _ = try poller.poll(timeout: .zero)
}

/// Serves a socket in a thread of its own.
func serve(_ socket: consuming sending Socket) {}

// error: sending 'socket' risks causing data races
