package import Figures

/// When training ends before its last epoch: a function of the epochs' figures, so that a run which
/// goes on comes to the same end.
package struct StoppingRule: Equatable, Sendable {
    /// The validation accuracy that is enough; nil for none.
    package var accuracy: Double?
    /// How many epochs without a lower validation loss are enough; nil for none.
    package var patience: Int?

    /// Describes a rule; one that never ends training unless told otherwise.
    package init(accuracy: Double? = nil, patience: Int? = nil) {
        self.accuracy = accuracy
        self.patience = patience
    }

    /// Whether an epoch may be enough.
    package var isActive: Bool { accuracy != nil || patience != nil }

    /// Whether training is to end after these epochs.
    package func isEnough(_ epochs: [EpochRecord]) -> Bool {
        if reachingEpochIndex(in: epochs) != nil { return true }
        guard let patience, let best = EpochRecord.best(of: epochs) else { return false }
        return epochs.count - 1 - best >= patience
    }

    /// The first epoch whose validation accuracy is enough.
    package func reachingEpochIndex(in epochs: [EpochRecord]) -> Int? {
        guard let accuracy else { return nil }
        return epochs.firstIndex { ($0.judged?.accuracy ?? 0) >= accuracy }
    }
}

extension EpochRecord {
    /// The validation figures that count: of the moving average of the parameters where there is
    /// one, for that is the model then.
    package var judged: Metrics? { averageValidation ?? validation }

    /// The epoch of the lowest validation loss, the first of equals; nil where there is none.
    package static func best(of epochs: [EpochRecord]) -> Int? {
        var best: (index: Int, loss: Double)?
        for (index, epoch) in epochs.enumerated() {
            guard let loss = epoch.judged?.loss, loss < best?.loss ?? .infinity else { continue }
            best = (index, loss)
        }
        return best?.index
    }
}
