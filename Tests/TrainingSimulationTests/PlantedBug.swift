import Testing

/// A bug of one line, and the file of the sources that it is put into to see that the simulation
/// finds it.
struct PlantedBug: Sendable, CustomTestStringConvertible {
    /// What goes wrong.
    let name: String
    /// Where, below `Sources`.
    let file: String
    /// What stands there.
    let original: String
    /// What is put there instead.
    let planted: String

    var testDescription: String { name }

    private static let round = "TrainingProtocol/RoundProgress.swift"
    private static let rounds = "TrainingProtocol/CoordinatorRounds.swift"
    private static let members = "TrainingProtocol/CoordinatorMembership.swift"
    private static let leases = "TrainingProtocol/CoordinatorLeases.swift"
    private static let verification = "TrainingProtocol/CoordinatorVerification.swift"
    private static let doubt = "TrainingProtocol/SoleAnswers.swift"
    private static let worker = "TrainingProtocol/Worker.swift"

    static let all = inMachines + inDrivers + inTransports + inStore

    private static let inMachines = [
        PlantedBug(
            name: "a stale gradient is computed with older parameters",
            file: worker,
            original: "firstIndex(where: { $0.version == version })",
            planted: "firstIndex(where: { $0.version >= version })"
        ),
        PlantedBug(
            name: "an answer of another round counts",
            file: round,
            original:
                "guard work.round == round, work.version == version else { return false }",
            planted: ""
        ),
        PlantedBug(
            name: "a hedged answer counts twice",
            file: round,
            original: "!shards.contains(where: { isComputed[$0] }) else",
            planted: "shardCount >= 0 else"
        ),
        PlantedBug(
            name: "a lost worker's lease goes to nobody",
            file: round,
            original: "for run in Self.runs(of: free) {",
            planted: "for run in Self.runs(of: free).dropFirst() {"
        ),
        PlantedBug(
            name: "the last shard belongs to nobody",
            file: round,
            original: "let own = first..<end",
            planted: "let own = first..<max(first, end == shardCount ? end - 1 : end)"
        ),
        PlantedBug(
            name: "a round closes one shard early",
            file: round,
            original: "{ pendingShardCount == 0 && unverified.isEmpty }",
            planted: "{ pendingShardCount <= 1 && unverified.isEmpty }"
        ),
        PlantedBug(
            name: "the sum is in the order of arrival",
            file: "TrainingSimulation/Model/TreeSum.swift",
            original: "var place = subtree\n",
            planted: """
                waiting[root] = waiting[root].map { $0 + sum } ?? sum
                if shardCount > 0 { return true }
                var place = subtree

                """
        ),
        PlantedBug(
            name: "a resumed run takes the first order that it draws for every epoch's",
            file: "TrainingSimulation/Model/ToyModel.swift",
            original: "if self.epochIndex != epochIndex {",
            planted: "if order.isEmpty {"
        ),
        PlantedBug(
            name: "a checkpoint is taken before its step is applied",
            file: rounds,
            original: "if isDue, !endsEpoch { actions.append(.saveCheckpoint(position)) }",
            planted: """
                if isDue, !endsEpoch {
                    actions.insert(.saveCheckpoint(position), at: actions.count - 1)
                }
                """
        ),
        PlantedBug(
            name: "a checkpoint is taken before its epoch is recorded",
            file: rounds,
            original: """
                actions.append(.recordEpoch(index: epochIndex))
                            awaitsVerdict = settings.schedule.judgesEpochs
                            actions.append(.saveCheckpoint(position))
                """,
            planted: """
                actions.append(.saveCheckpoint(position))
                            awaitsVerdict = settings.schedule.judgesEpochs
                            actions.append(.recordEpoch(index: epochIndex))
                """
        ),
        PlantedBug(
            name: "a step is made before the epoch before it is judged",
            file: rounds,
            original: "while case .running = state, !awaitsVerdict, current.isComplete {",
            planted: "while case .running = state, current.isComplete {"
        ),
        PlantedBug(
            name: "the next round is leased with this one's parameters",
            file: rounds,
            original: "opened.begin(round, at: ahead,",
            planted: "opened.begin(round, at: position,"
        ),
        PlantedBug(
            name: "work that is leased twice is computed twice",
            file: worker,
            original: "guard session.computing != work, !queue.contains(work) else { return }",
            planted: ""
        ),
        PlantedBug(
            name: "the late answer of a worker that was given up is dropped",
            file: members,
            original: "guard stamp == settings.stamp else { return }",
            planted: "return"
        ),
        PlantedBug(
            name: "what was to be computed is computed with newer parameters",
            file: worker,
            original: "if let computing = session.computing, computing.version < version {",
            planted: "if let computing = session.computing, computing.version < 0 {"
        ),
        PlantedBug(
            name: "an answer counts before it was compared",
            file: round,
            original: "{ pendingShardCount == 0 && unverified.isEmpty }",
            planted: "{ pendingShardCount == 0 }"
        ),
        PlantedBug(
            name: "a wrong answer stays in the sum of an open round",
            file: verification,
            original: "for worker in wrong { undoRounds(of: worker, into: &actions) }",
            planted: ""
        ),
        PlantedBug(
            name: "a run goes back to after a wrong answer",
            file: doubt,
            original: "goBack(to: retreat.position, into: &actions)",
            planted: "goBack(to: self.position, into: &actions)"
        ),
        PlantedBug(
            name: "what a wrong worker alone has answered is forgotten",
            file: doubt,
            original:
                "for answer in current.soleAnswers { noteSoleAnswer(of: answer.worker, to: index) }",
            planted: ""
        ),
        PlantedBug(
            name: "what an idle worker is asked for a second time has no deadline",
            file: rounds,
            original: "start(other, at: now, into: &actions)",
            planted: "sendParameters(to: other, into: &actions)"
        ),
        PlantedBug(
            name: "the second answer that a lost worker owed is nobody's",
            file: round,
            original:
                "if isAwaited, !isHeld, !seconds.contains(subtree) { seconds.append(subtree) }",
            planted: ""
        ),
        PlantedBug(
            name: "a lease never ends",
            file: leases,
            original: "current.allow(allowance, for: first, at: now)",
            planted: "current.allow(.seconds(1_000_000), for: first, at: now)"
        ),
        PlantedBug(
            name: "an overdue lease is repeated without its parameters",
            file: leases,
            original:
                ".send(.parameters(version: current.version, settings.stamp), to: lease.worker),",
            planted: ""
        ),
        PlantedBug(
            name: "a lost hello is not repeated",
            file: worker,
            original: """
                guard nextHello <= now else { return }
                        state = .joining(nextHello: now + settings.helloInterval, giveUp: giveUp)
                        actions.append(hello)
                """,
            planted: """
                guard nextHello <= now else { return }
                        state = .joining(nextHello: now + settings.helloInterval, giveUp: giveUp)
                """
        ),
        PlantedBug(
            name: "a silent worker keeps its leases",
            file: "TrainingProtocol/Coordinator.swift",
            original:
                "for member in silent { lose(member.worker, .silent, at: now, into: &actions) }",
            planted: "members.removeAll { silent.contains($0) }"
        ),
        PlantedBug(
            name: "a worker that comes back keeps the leases that it lost",
            file: members,
            original: "current.release(worker, heirCount: members.count)",
            planted: ""
        ),
        PlantedBug(
            name: "an early segment stays though its answer has come",
            file: round,
            original:
                "earlySegments.removeAll { $0.subtree.shards(of: shardCount).overlaps(shards) }",
            planted: ""
        ),
        PlantedBug(
            name: "an early segment counts that is to be compared first",
            file: "TrainingProtocol/RoundProgress+EarlySegments.swift",
            original: "            !verification.includes(work)\n        else { return false }",
            planted: "            true\n        else { return false }"
        ),
    ]
}
