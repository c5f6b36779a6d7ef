import ZeroMQ

/// Goes on with a socket that is closed.
func useClosed(_ socket: consuming Socket) throws {
    socket.close()
    try socket.connect("tcp://127.0.0.1:1")
}

// error: 'socket' used after consume
