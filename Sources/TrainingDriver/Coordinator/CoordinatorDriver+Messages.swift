import TrainingProtocol
import Transport

/// What comes in, and what goes out.
extension CoordinatorDriver {
    /// Messages that are taken before the driver looks at its other duties, so that no flood keeps
    /// it from them.
    private static var messagesPerTurn: Int { 256 }

    /// Tells the machine of workers that were lost, and has the transport see to its connections.
    func takeLosses() throws(Carrier.Failure) {
        var lost: [WorkerID] = []
        while let worker = try transport.nextLostWorker() { lost.append(worker) }
        // Who takes leave says what it has done and is gone: that must be heard first.
        if !lost.isEmpty, machine.outlook.isClosing { try receive() }
        for worker in lost { try handle(.disconnected(worker)) }
        for reason in try transport.attend(at: clock.now) { note(reason) }
    }

    func receive() throws(Carrier.Failure) {
        for _ in 0..<Self.messagesPerTurn {
            guard progress.outcome == nil, let received = try transport.receive() else { return }
            switch received {
            case .message(let arrival): try take(arrival)
            case .hello(let arrival, let name): try receiveHello(arrival, name: name)
            case .profile(let profile, let route):
                guard let worker = route.sender, clock.take(profile, from: worker) else {
                    reject(.profile, from: route)
                    continue
                }
            case .enrolled(let name): observer.workerWasEnrolled(name: name)
            case .linkOpened(let worker): observer.sealedLinkDidOpen(to: worker)
            case .late: continue
            case .rejected(let message, let route): reject(message, from: route)
            }
        }
    }

    private func reject(_ message: Payloads.Rejection, from route: Route) {
        note(message)
        transport.drop(route)
    }

    private func note(_ message: Payloads.Rejection) {
        guard let line = intake.foreign.note(message, at: clock.now) else { return }
        observer.didReceiveForeignBytes(reason: line, isKnock: message.isKnock)
    }

    private func take(_ arrival: WorkerArrival<Payloads>) throws(Carrier.Failure) {
        // The answer will tell whether an early segment that is not finite is right.
        guard isEarlySegmentFinite(arrival) else { return }
        if let (work, reason) = invalidAnswer(in: arrival) {
            note(reason)
            return try handle(.refuted(work, arrival.worker))
        }
        try handle(.received(arrival.message, from: arrival.worker), with: arrival)
    }

    /// Whether an early segment has only finite numbers; true for any other message.
    private func isEarlySegmentFinite(_ arrival: WorkerArrival<Payloads>) -> Bool {
        guard case .earlySegment = arrival.message else { return true }
        return arrival.gradient.map(numbers.isEarlySegmentFinite) ?? false
    }

    /// What cannot be right in an answer that the machine waits for; nil if nothing shows.
    private func invalidAnswer(in arrival: WorkerArrival<Payloads>) -> (Work, Payloads.Rejection)? {
        guard case .answer(let work, start.settings.stamp) = arrival.message,
            machine.awaits(work, from: arrival.worker)
        else { return nil }
        let sampleCount = schedule.samples(of: work.subtree, in: work.round).count
        let plausibility = AnswerPlausibility(
            classCount: numbers.classCount,
            smoothsLabels: work.round.isTraining && !start.settings.input.labelSmoothing.isEmpty
        )
        guard plausibility.holds(for: arrival.sums, sampleCount: sampleCount) else {
            return (work, .sums)
        }
        return numbers.isBelievable(work, arrival.sums, arrival.gradient) ? nil : (work, .numbers)
    }

    /// Takes a worker's wish to join, if it comes when there is room.
    private func receiveHello(
        _ hello: WorkerArrival<Payloads>,
        name: String
    ) throws(Carrier.Failure) {
        guard intake.joins.allowsOneMore(than: machine.outlook.workerCount, at: clock.now) else {
            return note(.join)
        }
        observer.workerWillJoin(hello.worker, name: name)
        try handle(.received(hello.message, from: hello.worker))
    }

    func send(_ message: CoordinatorMessage, to worker: WorkerID) throws(Carrier.Failure) {
        clock.lap(.receive)
        defer { clock.lap(.send) }
        if case .welcome = message { clock.noteWelcome(of: worker) }
        if try transport.send(message, payload(of: message), to: worker) != .sent {
            events.append(.disconnected(worker))
        }
    }

    private func payload(of message: CoordinatorMessage) -> CoordinatorPayload<Payloads> {
        switch message {
        case .welcome: return .offer(numbers.offer)
        case .work(let work, _): return .samples(work, numbers.samples)
        case .parameters(let version, _):
            precondition(version == machine.position.completedStepCount, "version \(version)")
            return .parameters(numbers.parameters)
        case .refusal, .dismissal, .heartbeat, .rejoin, .finish: return .none
        }
    }
}
