/// A field of a line of `metrics.jsonl`, and a column of `metrics.csv`: one name for one number in
/// every file of a run.
///
/// A prefix says over which samples: `val_` the validation split, `test_` the test set, `running_`
/// the epoch's steps so far; without one, the line's own. `ema_` is the moving average of the
/// parameters.
package enum MetricsField: String, CaseIterable, Sendable {
    /// What the line is of: `step` or `epoch`.
    case kind
    /// The epoch, from 1.
    case epoch
    /// Optimizer steps of the run so far.
    case step
    /// When it was written, in seconds since 1970.
    case time
    /// Mean cross-entropy in nats: of a step its own, of an epoch over its steps.
    case loss
    /// Share of the samples whose likeliest class is their label, over the same samples.
    case accuracy
    /// Mean loss over the epoch's steps so far; steps alone.
    case runningLoss = "running_loss"
    /// Accuracy over the epoch's steps so far; steps alone.
    case runningAccuracy = "running_accuracy"
    /// Loss over the validation split at the epoch's end; epochs alone.
    case validationLoss = "val_loss"
    /// Accuracy over the validation split at the epoch's end; epochs alone.
    case validationAccuracy = "val_accuracy"
    /// Loss of the moving average of the parameters over the validation split; epochs alone.
    case averageValidationLoss = "ema_val_loss"
    /// Accuracy of that average over the validation split; epochs alone.
    case averageValidationAccuracy = "ema_val_accuracy"
    /// Training samples a second: of a step since the line before or the epoch's start, of an epoch
    /// over its steps.
    case samplesPerSecond
    /// The learning rate of the line's last step.
    case learningRate
    /// From the epoch's start to the end of its validation; epochs alone.
    case seconds
    /// Euclidean norm of all parameters; epochs alone.
    case weightNorm
    /// Euclidean norm of the mean gradient of the epoch's last step; epochs alone.
    case gradientNorm
    /// The version of these fields.
    case formatVersion

    /// The version of the fields, which a field that is gone or means something else raises.
    ///
    /// Version 1 had `validationLoss`, `validationAccuracy`, a running mean as a step's `loss` and
    /// `accuracy`, and no version.
    package static let version = 2
}
