/// A part of a process that runs until it is done, or until it is asked to end in good order.
package protocol Service: Sendable {
    /// Runs to the end; the asking is heard by what `GracefulShutdown` offers.
    ///
    /// - Throws: what the process is to end for.
    func run() async throws
}
