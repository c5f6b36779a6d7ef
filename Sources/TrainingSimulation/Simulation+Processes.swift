import SeededRandom
import TrainingProtocol

/// How processes start and end.
extension Simulation {
    func startWorker(_ slot: Int) {
        guard workers[slot] == nil, !isDoomed[slot] else { return }
        // A process with memory comes back under the name that its last connection had.
        let last = links[slot]?.worker
        let id =
            faultRandom.chance(30)
            ? last ?? WorkerID(rawValue: faultRandom.next())
            : WorkerID(rawValue: faultRandom.next())
        let incarnation = drawNumber()
        trace.note(now, .worker(slot), .starts, id.rawValue, "as \(id)")
        links[slot]?.isOpenAtWorker = false
        workers[slot] = SimulatedWorker(
            id: id,
            incarnation: incarnation,
            processor: faultyProcessor(of: slot, id, incarnation),
            options: options,
            at: now
        )
        queue.schedule(.connects(slot: slot, incarnation: incarnation), at: now)
        runWorker(slot)
    }

    private func faultyProcessor(of slot: Int, _ worker: WorkerID, _ incarnation: Int)
        -> FaultyProcessor?
    {
        guard !isCalm, options.faultySlots.contains(slot) else { return nil }
        faultyWorkers.insert(worker)
        return FaultyProcessor(
            seed: seed,
            stream: 200 + UInt64(incarnation),
            percentage: options.wrongPercentage
        )
    }

    /// A process ended by itself: its last words arrive, then its connection closes.
    func workerDidEnd(_ slot: Int) {
        workers[slot] = nil
        forgetWake(of: slot)
        closeAfterLastWords(slot, .up)
        restartWorker(slot)
    }

    private func closeAfterLastWords(_ slot: Int, _ direction: Direction) {
        guard let link = links[slot], link.isWhole else { return }
        guard let last = links[slot]?.arrival(direction, at: now) else { return }
        queue.schedule(.closes(slot: slot, link: link.number), at: last)
    }

    func restartWorker(_ slot: Int) {
        if !isCalm, faultRandom.chance(options.deathPercentage) {
            isDoomed[slot] = true
            return
        }
        let delay = faultRandom.duration(in: .milliseconds(1) ... .seconds(isCalm ? 1 : 5))
        queue.schedule(.workerStarts(slot: slot), at: now + delay)
    }

    func crashWorker(_ slot: Int) {
        guard workers[slot] != nil else { return }
        trace.note(now, .worker(slot), .crashes)
        workers[slot] = nil
        forgetWake(of: slot)
        // If the machine under it died too, nothing tells the coordinator.
        breakLink(slot, isNoticedLate: faultRandom.chance(30))
    }

    func startCoordinator() {
        guard coordinator == nil else { return }
        coordinatorIncarnation += 1
        forgetCoordinatorWake()
        submitted = nil
        let checkpoint = checkpoints[checkpoints.count - 1]
        let step = checkpoint.position.completedStepCount
        trace.note(now, .coordinator, .starts, UInt64(step), "after step \(step)")
        coordinator = SimulatedCoordinator(
            options: options,
            generation: coordinatorIncarnation,
            seed: seed,
            checkpoint: checkpoint,
            checkpoints: keptPositions,
            at: now
        )
        runCoordinator()
    }

    func crashCoordinator() {
        guard coordinator != nil else { return }
        trace.note(now, .coordinator, .crashes)
        coordinatorIsGone()
        let isNoticedLate = faultRandom.chance(20)
        for slot in links.indices { breakLink(slot, isNoticedLate: isNoticedLate) }
        restartCoordinator()
    }

    private func coordinatorIsGone() {
        coordinator = nil
        coordinatorIncarnation += 1
        for slot in links.indices { links[slot]?.isOpenAtCoordinator = false }
    }

    private func restartCoordinator() {
        let delay = faultRandom.duration(in: .milliseconds(1) ... .seconds(isCalm ? 1 : 5))
        queue.schedule(.coordinatorStarts, at: now + delay)
    }

    /// It ended as the operator asked: its checkpoint is safe, its last words arrive.
    func coordinatorDidStop() {
        if let submitted { store(submitted) }
        coordinatorIsGone()
        for slot in links.indices { closeAfterLastWords(slot, .down) }
        restartCoordinator()
    }

    /// A wrong answer was found too late: what came after is void, also on the disk.
    func coordinatorGoesBack(to position: Position) {
        trace.note(now, .coordinator, .goesBack, UInt64(position.completedStepCount))
        if let submitted { store(submitted) }
        checkpoints.removeAll { !$0.position.isReached(by: position) }
        checkpoints[checkpoints.count - 1].distrusted = coordinator?.distrusted ?? []
        let isStillIn = checkpoints[checkpoints.count - 1].state.taints.contains { taint in
            taint.work == lastWrong?.work && lastWrong?.workers.contains(taint.worker) == true
        }
        if isStillIn {
            failure = failure ?? "the run goes on from a checkpoint with a wrong answer in it"
        }
        coordinator = nil
        coordinatorIncarnation += 1
        queue.schedule(.coordinatorStarts, at: now)
    }

    func submit(_ checkpoint: SimulatedCheckpoint) {
        guard isCalm || !faultRandom.chance(options.savingFailurePercentage) else { return }
        submitted = checkpoint
        let time = now + random.duration(in: options.savingDelay)
        queue.schedule(.saved(checkpoint, incarnation: coordinatorIncarnation), at: time)
    }

    func store(_ saved: SimulatedCheckpoint) {
        guard checkpoints[checkpoints.count - 1].position.isReached(by: saved.position)
        else { return }
        let step = saved.position.completedStepCount
        trace.note(now, .coordinator, .stores, UInt64(step), "after step \(step)")
        checkpoints.append(saved)
        coordinator?.checkpoints = keptPositions
    }

    /// The checkpoints that a run would find on its disk; the others stay for the operator, who
    /// starts afresh where none is left.
    private var keptPositions: [Position] {
        checkpoints.suffix(options.checkpointsKept).map(\.position)
    }

    func thawWorker(_ slot: Int, _ incarnation: Int) {
        guard let worker = workers[slot], worker.incarnation == incarnation, worker.isFrozen
        else { return }
        trace.note(now, .worker(slot), .thaws)
        workers[slot]?.isFrozen = false
        guard worker.isResultWaiting, let turn = workers[slot]?.endComputing(at: now) else {
            return runWorker(slot)
        }
        perform(turn, of: slot)
    }

    func thawCoordinator(_ incarnation: Int) {
        guard coordinatorIncarnation == incarnation, coordinator?.isFrozen == true else { return }
        trace.note(now, .coordinator, .thaws)
        coordinator?.isFrozen = false
        runCoordinator()
    }
}
