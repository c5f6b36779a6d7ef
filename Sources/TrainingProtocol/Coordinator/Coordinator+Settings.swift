extension Coordinator {
    /// What a run's coordinator is told at its start.
    package struct Settings: Equatable, Sendable {
        /// Marks this run's messages.
        package var stamp: RunStamp
        /// The rounds.
        package var schedule: Schedule
        /// How samples become inputs, passed on to the workers.
        package var input: InputSettings
        /// Workers that must have joined before the first round.
        package var workerCountMin: Int
        /// Steps from one checkpoint to the next; 0 for none but those at each epoch's end.
        package var stepsPerCheckpoint: Int
        /// Which answers are compared with a second worker's before they count.
        package var verification = Verification.none
        /// How many workers compute at a time, in the order in which they joined; the others stand
        /// by for what one of these leaves or is overdue with. For workers that would take turns on
        /// the same processors.
        package var workerCountAtOnce = Int.max
        /// Workers that have given wrong answers in this run and take no part in it.
        package var distrusted: [WorkerID] = []
        /// What only one worker's word stands for in the steps so far.
        package var soleAnswers: [SoleAnswers] = []
        /// How often each side shows that it lives.
        package var heartbeatInterval: Duration = .seconds(1)
        /// After how much silence a worker counts as lost.
        package var silenceMax: Duration = .seconds(10)
        /// How long workers have to take leave at the end.
        package var closingMax: Duration = .seconds(2)

        /// Describes a run.
        package init(
            stamp: RunStamp,
            schedule: Schedule,
            input: InputSettings,
            workerCountMin: Int,
            stepsPerCheckpoint: Int
        ) {
            self.stamp = stamp
            self.schedule = schedule
            self.input = input
            self.workerCountMin = workerCountMin
            self.stepsPerCheckpoint = stepsPerCheckpoint
        }
    }
}
