import Sealing
import Wire
import ZeroMQ

extension Message {
    /// Seals a message into a frame, straight from where its payload is.
    static func sealed(
        by sealer: FrameSealer,
        behind header: HeaderBytes = HeaderBytes([]),
        _ payload: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Message {
        Message(size: SealedFrame.size(payloadSize: payload.count)) {
            sealer.seal(header: header, payload: payload, into: $0)
        }
    }
}

extension SocketOptions {
    /// What both ends of sealed links have set.
    static func sealed(for endpoint: String) -> SocketOptions {
        var options = SocketOptions()
        options.capacity.messageSizeMax = sealedMessageSizeMax
        options.capacity.sendHighWaterMark = highWaterMark
        options.capacity.receiveHighWaterMark = highWaterMark
        options.keepalive.isOn = true
        options.keepalive.acknowledgeMax = .seconds(15)
        options.isIPv6Allowed = !namesIPv4(endpoint)
        options.capacity.sendBufferSize = bufferSize
        options.capacity.receiveBufferSize = bufferSize
        return options
    }
}
