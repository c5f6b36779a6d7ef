import TrainingProtocol
import Transport

/// The samples that a worker has for work that it is to compute.
struct SampleStore {
    private var samples: [Work: StoredSamples] = [:]

    /// Keeps the samples of a piece of work.
    mutating func store(_ stored: StoredSamples, of work: Work) {
        samples.updateValue(stored, forKey: work)?.free()
    }

    /// Lends a work's samples for as long as `body` runs; nil where there are none.
    func withSamples<Result>(
        of work: Work,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        samples[work]?.withUnsafeBytes(body)
    }

    /// Drops a work's samples.
    mutating func remove(_ work: Work) { samples.removeValue(forKey: work)?.free() }

    /// Drops all samples.
    mutating func removeAll() {
        for stored in samples.values { stored.free() }
        samples.removeAll()
    }
}
