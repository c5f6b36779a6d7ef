import NIOCore

/// Ends the hearing of whoever sends more than a request may have.
final class InputLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// More came than a request may have.
    struct Exceeded: Error {}

    private var sizeLeft: Int
    private var isExceeded = false

    init(sizeMax: Int) { sizeLeft = sizeMax }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isExceeded else { return }
        let size = unwrapInboundIn(data).readableBytes
        guard size <= sizeLeft else {
            isExceeded = true
            context.fireErrorCaught(Exceeded())
            return
        }
        sizeLeft -= size
        context.fireChannelRead(data)
    }
}
