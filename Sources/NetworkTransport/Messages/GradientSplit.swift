package import Model
package import TrainingProtocol

/// Decides which part of a gradient travels in a frame: an early segment's, then what was not sent
/// ahead.
///
/// Shared by the transports of a worker that carry frames. Belongs to the worker's thread.
package final class GradientSplit {
    /// The gradient whose fully connected segment was sent ahead, and the connection that it went
    /// over.
    private var early: (gradient: ParameterBuffer, connection: ObjectIdentifier)?

    /// Has sent nothing ahead.
    package init() {}

    /// The bytes of a gradient that go with a message over a connection.
    package func range(
        of message: WorkerMessage,
        _ gradient: ParameterBuffer,
        over connection: AnyObject
    ) -> Range<Int> {
        let connection = ObjectIdentifier(connection)
        if case .earlySegment = message {
            early = (gradient, connection)
            return gradient.segments[1]
        }
        defer { early = nil }
        // Where both would not come over one connection, the rest might arrive first.
        guard let early, early.gradient === gradient, early.connection == connection else {
            return 0..<gradient.bytes.count
        }
        return gradient.segments[0]
    }
}
