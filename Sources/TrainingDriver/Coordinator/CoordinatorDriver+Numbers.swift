import Figures
import TrainingProtocol
import Transport

/// What the machine's actions do to the run's numbers, and to its checkpoints.
extension CoordinatorDriver {
    func accept(_ work: Work, _ arrival: WorkerArrival<Payloads>?, isKept: Bool) {
        guard let arrival, arrival.gradient != nil || !work.round.isTraining else {
            preconditionFailure("an answer of \(work) is accepted without its gradient")
        }
        let gradient = work.round.isTraining ? arrival.gradient : nil
        numbers.accept(work, arrival.sums, gradient, isKept: isKept)
        let shards = work.subtree.shards(of: schedule.shardCount(of: work.round))
        progress.tally.note(shardCount: shards.count, of: arrival.worker)
        observer.answerCounts(arrival.worker, work.round, shards: shards)
    }

    func compare(_ work: Work, _ first: WorkerID, _ second: WorkerArrival<Payloads>?) {
        let wrong = numbers.wrongWorkers(work, first: first, second: second)
        events.append(.compared(work, wrong: wrong))
    }

    func applyStep(index: Int) {
        let sums = numbers.applyStep(index: index)
        if !sums.lossSum.isFinite { diverged(at: index + 1) }
        clock.lap(.optimize)
        progress.untoldStep = (index, sums)
    }

    /// Tells of the step that was applied last, once its parameters are on their way: workers wait
    /// for these.
    func tellStep() {
        guard let (index, sums) = progress.untoldStep else { return }
        progress.untoldStep = nil
        let sampleCount = schedule.samples(of: .step(index: index)).count
        progress.tally.add(sums, sampleCount: sampleCount, at: clock.now)
        observer.stepDidEnd(progress.tally.stepRecord(after: machine.position, in: schedule))
        observer.runStands {
            RunStanding(
                traffic: transport.traffic,
                leases: machine.outlook.leases,
                workerCount: machine.outlook.workerCount,
                computingCount: machine.outlook.computingCount
            )
        }
        clock.lap(.record)
        clock.stepDidEnd(transport.traffic)
        transport.arrangeWorkers { machine.computes($0) }
    }

    func recordEpoch(index: Int) {
        let round = Round.validation(epochIndex: index)
        let validation = takeMetrics(of: round)
        let average = numbers.averageMetrics(of: round)
        let now = clock.now
        var record = progress.tally.epochRecord(index: index, validation: validation, at: now)
        record.averageValidation = average
        progress.epochs.append(record)
        numbers.epochDidEnd()
        observer.workersDidCompute(progress.tally.shardCounts, ofEpoch: index)
        progress.tally = EpochTally(at: now)
        observer.epochDidEnd(record)
        if progress.divergedStep == nil { keeper.keepBest(of: progress.epochs, numbers) }
        if schedule.judgesEpochs {
            events.append(.judged(isEnough: start.stopping.isEnough(progress.epochs)))
        }
    }

    func takeMetrics(of round: Round) -> Metrics? {
        numbers.takeSums(of: round).map {
            Metrics(of: $0, sampleCount: schedule.samples(of: round).count)
        }
    }

    /// Stops a run whose numbers are not finite, once, unless it was told to keep going: nothing
    /// that it computes from then on is of use.
    private func diverged(at step: Int) {
        guard progress.divergedStep == nil, !start.keepsGoing else { return }
        progress.divergedStep = step
        events.append(.stopRequested)
    }

    /// Has the state after `position` written, if it is worth it.
    func saveCheckpoint(at position: Position) {
        guard progress.divergedStep == nil else { return }
        let isFinite = numbers.areParametersFinite
        if !isFinite { diverged(at: position.completedStepCount) }
        let verdict = CheckpointRule(stepsPerEpoch: schedule.stepsPerEpoch)
            .verdict(at: position, isFinite: isFinite, keepsGoing: start.keepsGoing)
        guard verdict != .none else { return }
        let record = RunRecord(
            position: position,
            epochTotals: progress.tally.totals,
            epochs: progress.epochs,
            distrusted: machine.trust.distrusted,
            soleAnswers: machine.trust.soleAnswers
        )
        keeper.submit(record, numbers, isRequired: verdict == .required)
    }

    /// Goes on from a checkpoint from before a wrong answer; the workers are asked to join again.
    func goBack(to position: Position) throws {
        let distrusted = machine.trust.distrusted
        start.goOn(with: try keeper.goBack(to: position, numbers))
        start.settings.distrusted = distrusted
        // Answers to what was asked before are those of another coordinator.
        let stamp = start.settings.stamp
        start.settings.stamp = RunStamp(run: stamp.run, generation: stamp.generation &+ 1)
        // The run has begun, and one worker less is there to come.
        start.settings.workerCountMin = 1
        machine = Coordinator(settings: start.settings, position: start.position)
        let workerCountMax = progress.workerCountMax
        progress = RunProgress(start, at: clock.now)
        progress.workerCountMax = workerCountMax
        shareParameters()
        observer.runDidGoBack(to: start.position)
    }
}
