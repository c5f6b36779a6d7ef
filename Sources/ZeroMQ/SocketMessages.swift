import CZeroMQ
import Glibc

/// What became of a message that was to be sent.
public enum SendOutcome: Equatable, Sendable {
    /// libzmq has the whole message; it may still be lost with its connection.
    case sent
    /// The other side's queue is full, or nobody is connected yet: nothing was sent, the message
    /// still holds its frames and can be sent again.
    case wouldBlock
    /// Nobody of that identity is connected, or the connection ended under the message: nothing
    /// arrives of it, and its frames are gone.
    case unreachable
}

extension Socket {
    /// Sends all frames of a message or none, without ever waiting.
    ///
    /// Through a router, the first frame is the identity; `.unreachable` and `.wouldBlock` need
    /// ``SocketOptions/Router/isMandatory``, without which libzmq drops in silence. Once its first
    /// frame is taken, a message cannot block any more (the high-water mark counts messages). Never
    /// waiting is deliberate: libzmq does not wake a blocked sender whose receiver goes away.
    ///
    /// - Precondition: there is a frame, and for a router one beside the identity.
    /// - Throws: when libzmq fails for another reason, such as a closing context.
    public func send(_ message: inout Multipart) throws(ZeroMQError) -> SendOutcome {
        let frameCountMin = kind == .router ? 2 : 1
        precondition(message.frameCount >= frameCountMin, "\(message.frameCount) frames to send")
        for index in 0..<message.frameCount {
            let code = sendFrame(of: message, at: index)
            switch code {
            case 0:
                continue
            case EAGAIN where index == 0:
                return .wouldBlock
            case EHOSTUNREACH, EAGAIN:
                if index > 0 { discardRest(of: message, after: index) }
                message.removeAll()
                return .unreachable
            default:
                throw .callFailed(operation: "send a message", code: code)
            }
        }
        message.removeAll()
        return .sent
    }

    /// Receives a whole message if one is there, without waiting, in place of what `message`
    /// held, and tells whether it did.
    ///
    /// libzmq shows a message only when all of its frames have arrived. Frames beyond the room in
    /// `message` are dropped and counted there. Where a poller has just found nothing, libzmq is
    /// not asked again: that would be a system call.
    ///
    /// - Throws: when libzmq fails, such as with a closing context.
    public func receive(into message: inout Multipart) throws(ZeroMQError) -> Bool {
        message.removeAll()
        guard !handle.isQuiet else { return false }
        var hasMore = true
        while hasMore {
            var frame = Message()
            let code = receiveFrame(into: &frame)
            guard code == 0 else {
                if code == EAGAIN && message.frameCount == 0 {
                    handle.mayBeReady = false
                    return false
                }
                message.removeAll()
                throw .callFailed(operation: "receive a message", code: code)
            }
            hasMore = frame.hasMore
            message.appendOrDrop(frame)
        }
        return true
    }

    /// Has the next look at what has come ask libzmq, although a poller has just found nothing.
    package func lookAgain() { handle.isQuiet = false }

    /// Hands one frame to libzmq and returns the error code, 0 where there is none.
    private func sendFrame(of message: borrowing Multipart, at index: Int) -> Int32 {
        let isLast = index == message.frameCount - 1
        let flags = ZMQ_DONTWAIT | (isLast ? 0 : ZMQ_SNDMORE)
        while zmq_msg_send(message.frame(at: index), handle.raw, flags) < 0 {
            let code = zmq_errno()
            if code != EINTR { return code }
        }
        return 0
    }

    /// Feeds libzmq the frames after one that found its connection gone.
    ///
    /// A dealer has rolled the message back, but takes the next frames up to the last for its
    /// rest and drops them (libzmq's lb.cpp); without them it would drop the next message instead.
    private func discardRest(of message: borrowing Multipart, after index: Int) {
        guard kind == .dealer else { return }
        for rest in index + 1..<message.frameCount { _ = sendFrame(of: message, at: rest) }
    }

    /// Takes one frame from libzmq and returns the error code, 0 where there is none.
    private func receiveFrame(into frame: inout Message) -> Int32 {
        while zmq_msg_recv(&frame.raw, handle.raw, ZMQ_DONTWAIT) < 0 {
            let code = zmq_errno()
            if code != EINTR { return code }
        }
        return 0
    }
}
