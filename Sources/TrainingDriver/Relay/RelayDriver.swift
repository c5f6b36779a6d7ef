import Figures
package import TrainingProtocol
package import Transport

/// Runs the relay's machine: takes events in from both sides, carries actions out.
///
/// One thread owns all of it. It computes nothing but sums, so that it is never long away from
/// either side.
package final class RelayDriver<
    Above: WorkerTransport,
    Below: CoordinatorTransport,
    Numbers: RelayNumbers,
    Clock: DriverClock
> where Numbers.Payloads == Above.Payloads, Below.Payloads == Above.Payloads {
    /// What travels with messages.
    package typealias Payloads = Above.Payloads

    /// What carries the messages to the coordinator.
    package let above: Above
    /// What carries the messages to the workers.
    package let below: Below
    private let numbers: Numbers
    /// What tells the time.
    package let clock: Clock
    private let observer: any RelayObserver
    private var machine: Relay
    private var joins: JoinLimit
    private var lines = LineLimit()
    /// What carrying actions out has brought up; told to the machine once they are done.
    private var events: [Relay.Event] = []
    /// What the machine has said last: kept for its memory.
    private var actions: [Relay.Action] = []
    /// How the machine has said that it has ended; nil as long as it has not.
    package private(set) var outcome: Worker.Outcome?

    /// What came with a message, from either side.
    private enum Came {
        case nothing
        case fromAbove(CoordinatorArrival<Payloads>.Payload)
        case fromBelow(WorkerArrival<Payloads>)
    }

    /// Will relay between a coordinator that `above` looks for and workers that reach `below`.
    package init(
        _ numbers: Numbers,
        from above: Above,
        to below: Below,
        settings: Relay.Settings,
        joinLimit: JoinLimit,
        clock: Clock,
        observer: any RelayObserver
    ) {
        self.numbers = numbers
        self.above = above
        self.below = below
        self.clock = clock
        self.observer = observer
        joins = joinLimit
        machine = Relay(settings: settings)
    }

    /// When the next turn is due at the latest; nil for any time.
    package var deadline: Duration? {
        [machine.nextDeadline, above.deadline, below.deadline].lazy.compactMap { $0 }.min()
    }

    /// What would let the work that is leased to the relay stand still; nil if nothing does.
    package var standstill: String? { machine.standstill }

    /// Messages that are taken from below before the driver looks at its other duties.
    private static var messagesPerTurn: Int { 256 }

    /// Deals with what has happened.
    ///
    /// - Throws: when a transport fails in a way that no relay survives.
    package func turn(isToLeave: Bool) throws {
        if isToLeave { try handle(.leaveRequested) }
        while let change = try above.nextConnectionChange(at: clock.now) {
            try handle(change == .made ? .connected : .disconnected)
        }
        if let line = above.searchLine(at: clock.now) { observer.searchGoesOn(line) }
        while let worker = try below.nextLostWorker() { try handle(.lost(worker)) }
        for reason in try below.attend(at: clock.now) { note("\(reason)", ofKind: reason.kind) }
        while outcome == nil, let received = try above.receive() { try take(received) }
        for _ in 0..<Self.messagesPerTurn {
            guard outcome == nil, let received = try below.receive() else { break }
            try take(received)
        }
        if outcome == nil, let deadline = machine.nextDeadline, deadline <= clock.now {
            try handle(.deadlineReached)
        }
    }

    private func note(_ reason: String, ofKind kind: String) {
        guard let line = lines.note("dropped \(reason)", ofKind: kind, at: clock.now) else {
            return
        }
        observer.didReceiveForeignBytes(reason: line)
    }

    private func take(_ received: WorkerReceived<Payloads>) throws {
        switch received {
        case .message(let arrival):
            var shardCount = 0
            if case .offer(let offer) = arrival.payload {
                _ = above.open(offer, at: clock.now)
            } else if case .samples(let samples) = arrival.payload {
                shardCount = numbers.shardCount(of: samples)
            }
            let event = Relay.Event.receivedFromAbove(arrival.message, shardCount: shardCount)
            try handle(event, with: .fromAbove(arrival.payload))
        case .parametersBegun, .late, .payloadPortOpened, .payloadPortFailed: break
        case .rejected(let reason, let kind): note(reason, ofKind: kind)
        }
    }

    private func take(_ received: CoordinatorReceived<Payloads>) throws {
        switch received {
        case .message(let arrival):
            let event = Relay.Event.receivedFromBelow(arrival.message, from: arrival.worker)
            try handle(event, with: .fromBelow(arrival))
        case .hello(let arrival, _):
            guard joins.allowsOneMore(than: machine.workerCount, at: clock.now) else {
                return note("\(Payloads.Rejection.join)", ofKind: Payloads.Rejection.join.kind)
            }
            try handle(.receivedFromBelow(arrival.message, from: arrival.worker))
        case .profile, .enrolled, .linkOpened, .late: break
        case .rejected(let message, let route):
            note("\(message)", ofKind: message.kind)
            below.drop(route)
        }
    }

    /// Tells the machine what happened, and does what it says.
    private func handle(_ event: Relay.Event, with came: Came = .nothing) throws {
        var came = came
        events.append(event)
        while !events.isEmpty {
            machine.handle(events.removeFirst(), at: clock.now, into: &actions)
            for action in actions { try perform(action, &came) }
            actions.removeAll(keepingCapacity: true)
        }
        if case .fromAbove(let payload) = came { payload.free() }
    }

    private func perform(_ action: Relay.Action, _ came: inout Came) throws {
        switch action {
        case .sendUp(let message): try send(message)
        case .sendDown(let message, let worker):
            if try below.send(message, payload(of: message), to: worker) != .sent {
                events.append(.lost(worker))
            }
        case .prepare(let input):
            guard case .fromAbove(.offer(let offer)) = came else {
                preconditionFailure("no welcome came")
            }
            numbers.prepare(input, offer)
            above.wasWelcomed()
            observer.didJoin()
        case .storeSamples(let work):
            guard case .fromAbove(.samples(let samples)) = came else {
                preconditionFailure("no samples came")
            }
            came = .nothing
            numbers.store(samples, of: work)
        case .storeParameters:
            guard case .fromAbove(.parameters(let parameters)) = came else {
                preconditionFailure("no parameters came")
            }
            numbers.store(parameters)
        case .beginSum(let work, let shardCount):
            numbers.beginSum(of: work, shardCount: shardCount)
        case .accept(let part, let whole):
            guard case .fromBelow(let arrival) = came else {
                preconditionFailure("an answer of \(part) is accepted that did not come")
            }
            let gradient = part.round.isTraining ? arrival.gradient : nil
            numbers.accept(part, of: whole, arrival.sums, gradient)
        case .acceptEarlySegment(let part, let whole):
            guard case .fromBelow(let arrival) = came, let gradient = arrival.gradient else {
                preconditionFailure("an early segment of \(part) is accepted without its payload")
            }
            numbers.acceptEarlySegment(of: part, of: whole, gradient)
        case .discard(let work): numbers.discard(work)
        case .report(let notice): observer.didNotice(notice)
        case .end(let outcome): self.outcome = outcome
        }
    }

    private func send(_ message: WorkerMessage) throws {
        clock.lap(.receive)
        defer { clock.lap(.send) }
        // What does not go is not waited for: the machine repeats what matters.
        switch message {
        case .answer(let work, _):
            let answer = numbers.answer(to: work)
            _ = try above.send(message, answer.sums, answer.gradient)
        case .earlySegment(let work, _):
            _ = try above.send(message, LossSums(), numbers.earlySegment(of: work))
        case .hello, .heartbeat, .goodbye: _ = try above.send(message, LossSums(), nil)
        }
    }

    private func payload(of message: CoordinatorMessage) -> CoordinatorPayload<Payloads> {
        switch message {
        case .welcome: .offer(numbers.offer)
        case .work(let work, _): .samples(work, numbers.samples)
        case .parameters: .parameters(numbers.parameters)
        case .refusal, .dismissal, .heartbeat, .rejoin, .finish: .none
        }
    }
}
