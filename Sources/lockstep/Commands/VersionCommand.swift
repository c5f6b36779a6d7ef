import ArgumentParser
import CBuildCommit
import Foundation
import Kernels
import TrainingProtocol

/// `lockstep version`: what a report of a mistake should name, and what must agree between
/// machines.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract:
            "Print the version, the protocol's, the kernels that this CPU runs and the commit.",
        discussion: "A coordinator and its workers must have the same protocol; nothing else."
    )

    /// The program's version, as releases and packages name it.
    static let version = "0.1.0"

    /// The commit that it was built from.
    static var commit: String { String(cString: build_commit()) }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        // A CPU that cannot train can still tell which version it is that says so.
        let kernels = (try? KernelSet.best(environment: environment))?.name ?? "none for this CPU"
        try StandardOutput.write(
            """
            lockstep \(Self.version)
            protocol \(protocolVersion)
            kernels  \(kernels)
            commit   \(Self.commit)

            """
        )
    }
}
