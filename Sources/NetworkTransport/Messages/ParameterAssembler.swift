import Arithmetic
package import Model
package import TrainingProtocol
import Transport

/// Puts parameters together that come in frames, sealed by us or not: the convolutions' segment,
/// and behind it the fully connected one.
///
/// So a worker can begin with a shard's forward pass while 96 % of the bytes are on their way.
/// Shared by the transports that carry frames. Belongs to the worker's thread.
package final class ParameterAssembler {
    /// Parameters whose convolutions are there and nothing else yet.
    package struct Begun {
        /// How many steps were applied to them.
        package let version: Int
        /// The parameters; only the convolutions' may be read.
        package let buffer: ParameterBuffer
        fileprivate let stamp: RunStamp
    }

    /// Where a payload lies that has the size of a segment.
    package struct Place {
        fileprivate let buffer: ParameterBuffer
        fileprivate let range: Range<Int>

        /// Its bytes in the flat buffer.
        package var bytes: UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[range])
        }
    }

    /// What has begun to come and is not whole.
    package private(set) var begun: Begun?
    private var buffers: BufferPool
    private let convolutions: Range<Int>
    private var fullyConnected: Range<Int>

    /// Has nothing yet, and expects a network's parameters.
    package init(of network: LeNet = .digits) {
        buffers = BufferPool(count: network.parameterCount)
        convolutions = network.segments[0].bytes
        fullyConnected = network.segments[1].bytes
    }

    /// Expects the parameters of a network from now on.
    package func expect(_ network: LeNet) {
        guard network.segments[1].bytes != fullyConnected else { return }
        forget()
        buffers = BufferPool(count: network.parameterCount)
        fullyConnected = network.segments[1].bytes
    }

    /// Where a payload of `size` bytes may go that nobody has looked at yet; nil if no segment has
    /// that size.
    package func place(ofSize size: Int) -> Place? {
        switch size {
        case convolutions.count: Place(buffer: buffers.take(), range: convolutions)
        case fullyConnected.count:
            Place(buffer: begun?.buffer ?? buffers.take(), range: fullyConnected)
        default: nil
        }
    }

    /// Takes a segment whose payload is at its place.
    ///
    /// - Returns: the parameters, once they are whole.
    package func take(version: Int, _ stamp: RunStamp, at place: Place) -> ParameterBuffer? {
        let first = begun
        begun = nil
        if place.range == convolutions {
            begun = Begun(version: version, buffer: place.buffer, stamp: stamp)
            return nil
        }
        guard let first, first.buffer === place.buffer, first.version == version,
            first.stamp == stamp
        else { return nil }
        return first.buffer
    }

    /// Drops what has begun to come: the rest of it will not.
    package func forget() { begun = nil }

    /// Takes a segment as it came with a message.
    ///
    /// A second segment may come late: its first was forgotten when another link opened.
    ///
    /// - Returns: the parameters with their message, once they are whole.
    func received(_ version: Int, _ stamp: RunStamp, at place: Place) -> WorkerReceived<
        NetworkPayloads
    > {
        guard let buffer = take(version: version, stamp, at: place) else {
            return begun == nil ? .late : .parametersBegun
        }
        return CoordinatorArrival<NetworkPayloads>(
            message: .parameters(version: version, stamp),
            payload: .parameters(StoredParameters(buffer)),
            payloadSize: buffer.bytes.count
        ).received
    }
}
