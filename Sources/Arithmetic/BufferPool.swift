package import Model

/// Flat buffers that are used again once nobody else holds them.
///
/// libzmq holds a buffer until it has sent it, so a step may need a second or a third; after the
/// first steps no step allocates. Belongs to one thread.
package final class BufferPool {
    private var buffers: [ParameterBuffer] = []
    private let memory: (any ParameterMemory)?
    private let count: Int

    /// Makes a pool of buffers of `count` floats, the first of which are of a memory that others
    /// read, if there is one.
    package init(
        memory: (any ParameterMemory)? = nil,
        count: Int = LeNet.digits.parameterCount
    ) {
        self.memory = memory
        self.count = count
    }

    /// A buffer that only the caller holds; its contents are whatever they were.
    package func take() -> ParameterBuffer {
        for index in buffers.indices where isKnownUniquelyReferenced(&buffers[index]) {
            return buffers[index]
        }
        let buffer = memory?.takeBuffer() ?? ParameterBuffer(count: count)
        buffers.append(buffer)
        return buffer
    }
}
