/// The first line of a run: where it is kept, who computes it, and with what.
package struct RunHeading: Equatable, Sendable {
    private let folder: String
    private let parts: [String]

    /// Takes what the line says.
    ///
    /// - Parameters:
    ///   - startsWorkers: whether the run starts its workers itself, and does not wait for them.
    ///   - resumedStep: after which step a run goes on that was begun before; nil for a new one.
    package init(
        folder: String,
        workerCount: Int,
        startsWorkers: Bool,
        parameterCount: Int,
        kernels: String,
        resumedStep: Int?
    ) {
        self.folder = folder
        let workers = "\(workerCount) worker\(workerCount == 1 ? "" : "s")"
        parts =
            [
                startsWorkers ? workers : "waiting for \(workers)",
                "\(DecimalText.grouped(parameterCount)) parameters", "\(kernels) kernels",
            ] + (resumedStep.map { ["resuming from step \($0)"] } ?? [])
    }

    /// The line, folded before a part where it is longer than `columnCount`; nil for no limit.
    package func text(columnCount: Int? = nil) -> String {
        var lines = ["run    \(folder)"]
        for part in parts {
            let extended = "\(lines[lines.count - 1]), \(part)"
            if extended.count < columnCount ?? .max {
                lines[lines.count - 1] = extended
            } else {
                lines[lines.count - 1] += ","
                lines.append("       \(part)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
