package import Model

/// Memory that others read the parameters from, one version a buffer.
package protocol ParameterMemory: AnyObject {
    /// A buffer that was not taken before; nil when all were.
    func takeBuffer() -> ParameterBuffer?
    /// Notes that a buffer is about to hold another version.
    func willWrite(_ buffer: ParameterBuffer)
    /// Notes which version a buffer holds from now on.
    func didWrite(_ buffer: ParameterBuffer, version: Int)
}
