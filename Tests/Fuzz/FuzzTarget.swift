/// A decoder and bytes that it takes.
struct FuzzTarget {
    /// What the command line calls it.
    let name: String
    /// Bytes to damage.
    let corpus: [[UInt8]]
    /// Decodes; whatever the bytes are, it must return.
    let run: ([UInt8]) -> Void

    /// Every target.
    static func all() throws -> [FuzzTarget] {
        try [
            wire, sealed, machine, workerPackets, coordinatorPackets, profile, idx, gzip(),
            safetensors, checkpoint, picture(), orientation(), yaml, keys, hosts, metrics, report,
            web,
        ]
    }
}

/// Ends the process where something is wrong that would not end it by itself.
func check(_ isTrue: Bool, _ what: @autoclosure () -> String) {
    if !isTrue { fatalError(what()) }
}
