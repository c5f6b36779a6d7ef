import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Services
import Synchronization

/// Answers HTTP requests, on a thread of its own.
///
/// Whoever sends slowly, much or nothing loses its connection after a while, and the oldest goes
/// when there are many.
package final class HTTPServer: Service {
    /// The port, which the system chose where 0 was asked for.
    package let port: UInt16

    private let descriptor: Int32
    private let responders: [any HTTPResponder]
    private let limits: ServerLimits
    private let hasRun = Atomic(false)

    /// Listens; answers come once it runs.
    ///
    /// - Parameters:
    ///   - address: where.
    ///   - limits: what it puts up with.
    ///   - responders: who is asked, in turn; told the port.
    /// - Throws: when the address cannot be had.
    package init(
        at address: ListenAddress,
        limits: ServerLimits = ServerLimits(),
        _ responders: (_ port: UInt16) -> [any HTTPResponder]
    ) throws(ListenError) {
        (descriptor, port) = try address.listen()
        self.responders = responders(port)
        self.limits = limits
    }

    deinit {
        // Where it has run, the socket was closed.
        if !hasRun.load(ordering: .relaxed) { close(descriptor) }
    }

    /// Answers until the group shuts down or is cancelled.
    ///
    /// - Throws: when the system takes the socket away.
    package func run() async throws {
        hasRun.store(true, ordering: .relaxed)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let visitors = NIOLoopBoundBox.makeBoxSendingValue(Visitors(limits), eventLoop: loop)
        let channel = try await bootstrap(group, visitors).withBoundSocket(descriptor).get()
        try? await gracefulShutdown()
        try? await channel.close()
        try? await loop.submit { visitors.value.farewell() }.get()
        try await group.shutdownGracefully()
    }

    private func bootstrap(
        _ group: MultiThreadedEventLoopGroup,
        _ visitors: NIOLoopBoundBox<Visitors>
    ) -> ServerBootstrap {
        let (responders, limits) = (responders, limits)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .writeBufferWaterMark,
                value: ChannelOptions.Types.WriteBufferWaterMark(
                    low: limits.unreadSizeMax / 4,
                    high: limits.unreadSizeMax
                )
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var decoding = NIOHTTPDecoderLimitConfiguration()
                    decoding.maxHeaderFieldCount = 100
                    try channel.pipeline.syncOperations.addHandlers([
                        InputLimit(sizeMax: limits.requestSizeMax), HTTPResponseEncoder(),
                        ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoding)),
                        HTTPConnection(responders, visitors: visitors.value),
                    ])
                }
            }
    }
}
