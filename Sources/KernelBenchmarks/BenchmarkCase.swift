internal import Kernels
internal import Model

/// One kernel with arrays to work on and what its work amounts to.
struct BenchmarkCase {
    let name: String
    /// Multiply-adds of all 16 samples, or 0 where bytes are the better measure.
    let multiplyAddCount: Int
    /// Bytes read and written, where there is little arithmetic.
    let byteCount: Int
    /// Whether it brings samples in.
    let isLoading: Bool
    /// The share of zeros among the numbers that a product's weights or inputs are multiplied by: the
    /// layer's input forward, its output's gradient backward.
    let zeros: () -> Double
    /// What the kernel writes: its hash shows whether two machines agree.
    let output: UnsafeRawBufferPointer
    let run: () -> Void

    static func products(
        _ name: String,
        of layer: Layer,
        zeros: @escaping () -> Double,
        _ output: UnsafeRawBufferPointer,
        _ run: @escaping () -> Void
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            multiplyAddCount: LeNet.shardSampleCountMax * layer.multiplyAddCount,
            byteCount: 0,
            isLoading: false,
            zeros: zeros,
            output: output,
            run: run
        )
    }

    static func bytes(
        _ name: String,
        _ count: Int,
        _ output: UnsafeRawBufferPointer,
        isLoading: Bool = false,
        _ run: @escaping () -> Void
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            multiplyAddCount: 0,
            byteCount: count,
            isLoading: isLoading,
            zeros: { 0 },
            output: output,
            run: run
        )
    }
}
