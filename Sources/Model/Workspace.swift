/// The memory of one shard's forward and backward pass: activations, gradients and scratch,
/// allocated once.
///
/// About 0.9 MB. Everything is zero at first, which the input's border and nothing else relies on.
final class Workspace {
    typealias Floats = UnsafeMutablePointer<Float>

    /// [28, 28, 16] and [32, 32, 16].
    let pixels: Floats
    let input: Floats
    /// [6, 14, 14, 16] and [16, 5, 5, 16], after pooling.
    let pooled1: Floats
    let pooled2: Floats
    let winner1: UnsafeMutablePointer<Int32>
    let winner2: UnsafeMutablePointer<Int32>
    /// [120, 16], [84, 16], [10, 16].
    let hidden1: Floats
    let hidden2: Floats
    let logits: Floats
    /// The gradients of the same, and of convolution 2's output before pooling, [16, 10, 10, 16].
    let logitsGradient: Floats
    let hidden2Gradient: Floats
    let hidden1Gradient: Floats
    let pooled2Gradient: Floats
    let convolution2Gradient: Floats
    let pooled1Gradient: Floats
    /// Samples in rows, up to [16, 400].
    let rows: Floats
    /// One row of windows of convolution 1's gradient, [6, 2, 28, 16].
    let rowGradient: Floats
    /// Sums of weights' gradients that are still apart by lane, [300, 16]; scratch of
    /// transpositions at other times.
    let partials: Floats
    /// [16] each.
    let losses: Floats
    let labels: UnsafeMutablePointer<Int32>
    let isCorrect: UnsafeMutablePointer<Int32>

    private let memory: UnsafeMutableRawPointer

    init() {
        var vectorCounts = [784, 1024, 1176, 400, 1176, 400, 120, 84, 10]
        vectorCounts += [10, 84, 120, 400, 1600, 1176, 400, 336, 300, 1, 1, 1]
        let vectorSize = 64
        let size = vectorCounts.reduce(0, +) * vectorSize
        memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        var (next, index) = (memory, 0)
        func take<Element>(_ type: Element.Type) -> UnsafeMutablePointer<Element> {
            let count = vectorCounts[index] * vectorSize / MemoryLayout<Element>.stride
            let address = next.bindMemory(to: type, capacity: count)
            next += vectorCounts[index] * vectorSize
            index += 1
            return address
        }
        (pixels, input) = (take(Float.self), take(Float.self))
        (pooled1, pooled2) = (take(Float.self), take(Float.self))
        (winner1, winner2) = (take(Int32.self), take(Int32.self))
        (hidden1, hidden2, logits) = (take(Float.self), take(Float.self), take(Float.self))
        logitsGradient = take(Float.self)
        hidden2Gradient = take(Float.self)
        hidden1Gradient = take(Float.self)
        pooled2Gradient = take(Float.self)
        convolution2Gradient = take(Float.self)
        pooled1Gradient = take(Float.self)
        (rows, rowGradient, partials) = (take(Float.self), take(Float.self), take(Float.self))
        (losses, labels, isCorrect) = (take(Float.self), take(Int32.self), take(Int32.self))
    }

    deinit {
        memory.deallocate()
    }
}
