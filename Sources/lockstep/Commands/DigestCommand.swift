import ArgumentParser
import Checkpoints
import Model
import Reporting

/// `lockstep digest`: tells whether two models are the same.
struct DigestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digest",
        abstract: "Print the SHA-256 of a model's parameters.",
        discussion: """
            The digest is that of the parameters (\(DecimalText.grouped(LeNet.digits.parameterCount)) for ten classes) as little-endian 32-bit floats in the order \
            that `lockstep summary` shows. Runs of equal configuration and seed have equal digests.

            EXAMPLES:
              lockstep digest R
              lockstep digest R/checkpoints/step-00001688.safetensors
            """
    )

    @OptionGroup var model: ModelArgument

    func run() throws {
        let file = try model.read()
        let digest = file.parameters.withUnsafeBytes { Digest.sha256(of: $0) }
        try StandardOutput.write("\(digest)\n")
    }
}
