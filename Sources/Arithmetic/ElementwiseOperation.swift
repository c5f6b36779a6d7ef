import Kernels
import Model

/// Arithmetic over whole buffers in which no float depends on another: any part can be computed by
/// anybody, at any time, to the same bits.
///
/// It names the buffers' memory, which must outlive it, so that threads that share it count no
/// references.
enum ElementwiseOperation {
    /// Nothing.
    case none
    /// left += right.
    case addition(to: UnsafeMutablePointer<Float>, UnsafePointer<Float>)
    /// target = left + right.
    case sum(UnsafePointer<Float>, UnsafePointer<Float>, into: UnsafeMutablePointer<Float>)
    /// Whether all are finite.
    case finiteness(UnsafePointer<Float>)
    /// An optimizer's step.
    case optimizer(OptimizerStep)

    /// Computes a part; false only where it was to be finite and is not.
    @inline(__always)
    func perform(in part: Range<Int>, kernels: KernelSet) -> Bool {
        let start = part.lowerBound
        switch self {
        case .none: break
        case .addition(let left, let right):
            kernels.add(into: left + start, right + start, count: part.count)
        case .sum(let left, let right, let target):
            kernels.add(left + start, right + start, into: target + start, count: part.count)
        case .finiteness(let values):
            return kernels.areFinite(values + start, count: part.count)
        case .optimizer(let step):
            step.make(part, kernels: kernels)
        }
        return true
    }
}
