package import TrainingProtocol

/// What a message came over, so that its sender can be cut off.
package struct Route {
    /// The transport that brought it; nil where the sender was cut off already.
    private let transport: ObjectIdentifier?
    /// The worker that it came from, or whose identity it claims; nil if that is no worker's.
    package let sender: WorkerID?
    /// Which of the transport's connections it was, if that is known.
    package let connection: Int32?

    /// Names a connection of a transport.
    package init(
        over transport: AnyObject,
        from sender: WorkerID?,
        connection: Int32? = nil
    ) {
        self.transport = ObjectIdentifier(transport)
        self.sender = sender
        self.connection = connection
    }

    private init() { (transport, sender, connection) = (nil, nil, nil) }

    /// A connection that was cut off already.
    package static let ended = Route()

    /// Whether it is one of a transport's.
    package func isOver(_ transport: AnyObject) -> Bool {
        self.transport == ObjectIdentifier(transport)
    }
}
