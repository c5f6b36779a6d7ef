internal import CKernelProcessor

/// The CPU that this process runs on.
package enum Processor {
    /// The CPU's name as it tells it itself, such as `AMD EPYC`.
    package static var name: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 49) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            kernel_processor_name(start)
            return String(cString: start)
        }
    }
}
