package import Transport

/// What has arrived that is no part of the run: counted by kind, and told of at a bounded rate.
package struct ForeignTraffic {
    private var lines = LineLimit()

    /// Has counted nothing yet.
    package init() {}

    /// How often each kind came.
    package var counts: [String: Int] { lines.counts }

    /// Counts one, and returns what to tell of it; nil as long as its kind was told of just now.
    package mutating func note(_ message: some Rejection, at now: Duration) -> String? {
        lines.note("\(message)", ofKind: message.kind, at: now)
    }
}
