/// The figures of one epoch.
package struct EpochRecord: Equatable, Sendable, Encodable {
    /// Which epoch, from 0.
    package var epochIndex: Int
    /// Over the epoch's steps, each with the parameters before it.
    package var training: Metrics
    /// Over the validation split with the parameters at the epoch's end; nil where there is no
    /// split.
    package var validation: Metrics?
    /// Over the validation split with the moving average of the parameters; nil where there is none.
    package var averageValidation: Metrics?
    /// From the epoch's start to the end of its validation, without the time that a stopped run was
    /// away.
    package var seconds: Double
    /// Training samples a second, validation left out.
    package var throughputSamplesPerSecond: Double

    /// Takes the figures of an epoch.
    package init(
        epochIndex: Int,
        training: Metrics,
        validation: Metrics? = nil,
        seconds: Double,
        throughputSamplesPerSecond: Double
    ) {
        self.epochIndex = epochIndex
        self.training = training
        self.validation = validation
        self.seconds = seconds
        self.throughputSamplesPerSecond = throughputSamplesPerSecond
    }
}
