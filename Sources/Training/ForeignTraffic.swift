import Transport

/// What has arrived that is no part of the run: counted by kind, and told of at a bounded rate.
struct ForeignTraffic {
    private var lines = LineLimit()

    /// How often each kind came.
    var counts: [String: Int] { lines.counts }

    /// Counts one, and returns what to tell of it; nil as long as its kind was told of just now.
    mutating func note(_ message: RejectedMessage, at now: Duration) -> String? {
        lines.note("\(message)", ofKind: message.kind, at: now)
    }
}
