import SeededRandom
import TrainingProtocol

/// How messages travel, and how connections come and go.
extension Simulation {
    func send(_ message: WorkerMessage, _ payload: Payload, from slot: Int) {
        let number = message.traceNumber
        guard let link = links[slot], link.isOpenAtWorker else {
            // The transport keeps nothing for a coordinator that is not there.
            trace.note(now, .worker(slot), .cannotReach, number, "\(message.traceText)")
            return
        }
        trace.note(now, .worker(slot), .sends, number, "\(message.traceText)")
        dispatch(.toCoordinator(message, payload), by: slot)
    }

    /// - Returns: false if the coordinator's socket knows no such worker.
    func send(_ message: CoordinatorMessage, _ payload: Payload, to worker: WorkerID) -> Bool {
        let number = message.traceNumber
        let slot = links.firstIndex { $0?.worker == worker && $0?.isOpenAtCoordinator == true }
        guard let slot else {
            trace.note(now, .coordinator, .cannotReach, number, "\(worker) \(message.traceText)")
            return false
        }
        trace.note(now, .coordinator, .sends, number, "to worker \(slot) \(message.traceText)")
        dispatch(.toWorker(message, payload), by: slot)
        return true
    }

    private func dispatch(_ packet: Packet, by slot: Int) {
        guard let link = links[slot], link.isWhole else { return }
        if !isCalm, random.chance(options.lossPercentage) {
            trace.note(now, .worker(slot), .loses, packet.traceNumber, packet.traceText)
            return
        }
        let time = now + random.duration(in: options.delay)
        guard let arrival = links[slot]?.arrival(packet.direction, at: time) else { return }
        queue.schedule(.arrival(slot: slot, link: link.number, packet), at: arrival)
    }

    func arrive(_ packet: Packet, at slot: Int, _ number: Int) {
        guard let link = links[slot], link.number == number, link.isWhole else {
            trace.note(now, .worker(slot), .loses, packet.traceNumber, packet.traceText)
            return
        }
        guard links[slot]?.holds(packet) == false else { return }
        deliver(packet, at: slot, from: link.worker)
    }

    private func deliver(_ packet: Packet, at slot: Int, from worker: WorkerID) {
        switch packet {
        case .toWorker(let message, let payload):
            trace.note(now, .worker(slot), .hears, packet.traceNumber, packet.traceText)
            workers[slot]?.hear(message, payload)
            runWorker(slot)
        case .toCoordinator(let message, let payload):
            trace.note(now, .coordinator, .hears, packet.traceNumber, "\(slot) \(packet.traceText)")
            coordinator?.hear(.received(message, from: worker), payload)
            runCoordinator()
        }
    }

    func connect(_ slot: Int, _ incarnation: Int) {
        guard let worker = workers[slot], worker.incarnation == incarnation else { return }
        if let link = links[slot], link.isOpenAtWorker { return }
        guard coordinator != nil else {
            let retry = now + random.duration(in: .milliseconds(50) ... .milliseconds(200))
            queue.schedule(.connects(slot: slot, incarnation: incarnation), at: retry)
            return
        }
        trace.note(now, .worker(slot), .connects)
        links[slot] = Link(number: drawNumber(), worker: worker.id, at: now)
        workers[slot]?.hear(isConnected: true)
        runWorker(slot)
    }

    /// Breaks a connection: what is under way is lost, and each side learns of it in its own time.
    func breakLink(_ slot: Int, isNoticedLate: Bool) {
        guard let link = links[slot], link.isWhole else { return }
        links[slot]?.isWhole = false
        trace.note(now, .worker(slot), .disconnects)
        let late: ClosedRange<Duration> = .milliseconds(100) ... .seconds(12)
        let soon: ClosedRange<Duration> = .zero ... .milliseconds(5)
        let isLateAtWorker = isNoticedLate && random.chance(50)
        let isLateAtCoordinator = isNoticedLate && !(isLateAtWorker && random.chance(50))
        queue.schedule(
            .workerNotices(slot: slot, link: link.number),
            at: now + random.duration(in: isLateAtWorker ? late : soon)
        )
        queue.schedule(
            .coordinatorNotices(
                slot: slot,
                link: link.number,
                link.worker,
                incarnation: coordinatorIncarnation
            ),
            at: now + random.duration(in: isLateAtCoordinator ? late : soon)
        )
    }

    func noticeAtWorker(_ slot: Int, _ number: Int) {
        guard let worker = workers[slot], let link = links[slot], link.number == number,
            link.worker == worker.id, link.isOpenAtWorker
        else { return }
        links[slot]?.isOpenAtWorker = false
        workers[slot]?.hear(isConnected: false)
        runWorker(slot)
        guard let worker = workers[slot] else { return }
        let retry = now + random.duration(in: .milliseconds(50) ... .milliseconds(100))
        queue.schedule(.connects(slot: slot, incarnation: worker.incarnation), at: retry)
    }

    func noticeAtCoordinator(_ slot: Int, _ number: Int, _ worker: WorkerID, _ incarnation: Int) {
        guard incarnation == coordinatorIncarnation else { return }
        if links[slot]?.number == number { links[slot]?.isOpenAtCoordinator = false }
        guard options.areBreaksReported else { return }
        // It may have connected again in between: the report is late then.
        coordinator?.hear(.disconnected(worker), .none)
        runCoordinator()
    }

    func unblock(_ slot: Int, _ number: Int) {
        guard let link = links[slot], link.number == number else { return }
        trace.note(now, .worker(slot), .isUnblocked)
        for packet in links[slot]?.unblock() ?? [] {
            guard let link = links[slot], link.number == number, link.isWhole else { return }
            deliver(packet, at: slot, from: link.worker)
        }
    }
}
