/// The buffers of an optimizer's state, three at most: they lie in the value itself, so that a step
/// allocates no memory for them.
package struct SlotBuffers: Sendable, RandomAccessCollection {
    private var first, second, third: ParameterBuffer?

    /// How many there are.
    package private(set) var count = 0

    /// Holds none.
    package init() {}

    /// Holds these.
    ///
    /// - Precondition: there are three at most.
    package init(_ buffers: [ParameterBuffer]) {
        for buffer in buffers { append(buffer) }
    }

    /// The first one's index.
    package var startIndex: Int { 0 }
    /// The index behind the last.
    package var endIndex: Int { count }

    /// One of them.
    package subscript(index: Int) -> ParameterBuffer {
        guard let buffer = index == 0 ? first : index == 1 ? second : third else {
            preconditionFailure("slot \(index) of \(count)")
        }
        return buffer
    }

    /// Adds one behind the others.
    ///
    /// - Precondition: there are fewer than three.
    package mutating func append(_ buffer: ParameterBuffer) {
        switch count {
        case 0: first = buffer
        case 1: second = buffer
        case 2: third = buffer
        default: preconditionFailure("a fourth slot of an optimizer")
        }
        count += 1
    }
}
