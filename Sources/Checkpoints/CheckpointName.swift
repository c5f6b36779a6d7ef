/// The name of a checkpoint's file, `step-NNNNNNNN.safetensors`.
struct CheckpointName: Equatable, Comparable {
    private static let prefix = "step-"
    private static let suffix = ".safetensors"

    /// The step of the checkpoint.
    let step: Int

    /// Names the checkpoint after a step.
    init(step: Int) {
        precondition(step >= 0, "step \(step)")
        self.step = step
    }

    /// Reads a file's name, or gives nil when it is not exactly what ``text`` writes.
    init?(text: String) {
        guard text.hasPrefix(Self.prefix), text.hasSuffix(Self.suffix),
            let step = Int(text.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)),
            step >= 0, CheckpointName(step: step).text == text
        else { return nil }
        self.step = step
    }

    /// The file's name; steps from 100,000,000 on have more digits.
    var text: String {
        let digits = String(step)
        let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
        return Self.prefix + zeros + digits + Self.suffix
    }

    static func < (left: CheckpointName, right: CheckpointName) -> Bool { left.step < right.step }

    /// Whether a name is that of a temporary file for a checkpoint.
    static func isTemporary(_ name: String) -> Bool {
        guard name.hasPrefix("."), let end = name.firstRange(of: suffix)?.upperBound,
            let target = CheckpointName(
                text: String(name[name.index(after: name.startIndex)..<end])
            )
        else { return false }
        return AtomicWrite.isTemporaryName(name, for: target.text)
    }
}
