import TrainingProtocol
import Transport

/// The samples that a worker has for work that it is to compute.
struct SampleStore<Samples: ReceivedSamples> {
    private var samples: [Work: Samples] = [:]

    /// Keeps the samples of a piece of work.
    mutating func store(_ stored: Samples, of work: Work) {
        samples.updateValue(stored, forKey: work)?.free()
    }

    /// A work's samples; nil where there are none.
    subscript(work: Work) -> Samples? { samples[work] }

    /// Drops a work's samples.
    mutating func remove(_ work: Work) { samples.removeValue(forKey: work)?.free() }

    /// Drops all samples.
    mutating func removeAll() {
        for stored in samples.values { stored.free() }
        samples.removeAll()
    }
}
