import Model

/// Flat buffers that are used again once nobody else holds them.
///
/// libzmq holds a buffer until it has sent it, so a step may need a second or a third; after the
/// first
/// steps no step allocates. Belongs to one thread.
final class BufferPool {
    private var buffers: [ParameterBuffer] = []
    private let slots: ParameterSlots?

    /// Makes a pool whose first buffers are slots that other processes read, if there are any.
    init(slots: ParameterSlots? = nil) { self.slots = slots }

    /// A buffer that only the caller holds; its contents are whatever they were.
    func take() -> ParameterBuffer {
        for index in buffers.indices where isKnownUniquelyReferenced(&buffers[index]) {
            return buffers[index]
        }
        let buffer = slots?.takeBuffer() ?? ParameterBuffer()
        buffers.append(buffer)
        return buffer
    }
}
