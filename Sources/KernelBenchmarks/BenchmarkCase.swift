internal import Kernels
internal import Model

/// One kernel with arrays to work on and what its work amounts to.
struct BenchmarkCase {
    let name: String
    /// Multiply-adds of all 16 samples, or 0 where bytes are the better measure.
    let multiplyAddCount: Int
    /// Bytes read and written, where there is little arithmetic.
    let byteCount: Int
    /// Whether its time counts against the 8 % of what is neither convolution nor matrix product.
    let isAncillary: Bool
    /// What the kernel writes: its hash shows whether two machines agree.
    let output: UnsafeRawBufferPointer
    let run: () -> Void

    static func products(
        _ name: String,
        of layer: Layer,
        _ output: UnsafeRawBufferPointer,
        _ run: @escaping () -> Void
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            multiplyAddCount: LeNet.shardSampleCountMax * layer.multiplyAddCount,
            byteCount: 0,
            isAncillary: false,
            output: output,
            run: run
        )
    }

    static func bytes(
        _ name: String,
        _ count: Int,
        _ output: UnsafeRawBufferPointer,
        isAncillary: Bool = true,
        _ run: @escaping () -> Void
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            multiplyAddCount: 0,
            byteCount: count,
            isAncillary: isAncillary,
            output: output,
            run: run
        )
    }
}
