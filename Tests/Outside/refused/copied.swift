import ZeroMQ

/// Sends one frame twice.
func sendTwice(_ frame: consuming Message, by message: inout Multipart) {
    message.append(frame)
    message.append(frame)
}

// error: 'frame' consumed more than once
