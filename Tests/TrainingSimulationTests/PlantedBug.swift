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

    private static let round = "TrainingProtocol/Rounds/RoundProgress.swift"
    private static let answers = "TrainingProtocol/Rounds/RoundAnswers.swift"
    private static let offers = "TrainingProtocol/Rounds/ShardOffers.swift"
    private static let table = "TrainingProtocol/Rounds/LeaseTable.swift"
    private static let openRounds = "TrainingProtocol/Rounds/OpenRounds.swift"
    private static let rounds = "TrainingProtocol/Coordinator/Coordinator+Rounds.swift"
    private static let members = "TrainingProtocol/Coordinator/Coordinator+Members.swift"
    private static let leasing = "TrainingProtocol/Coordinator/Leasing.swift"
    private static let verification = "TrainingProtocol/Coordinator/Coordinator+Verification.swift"
    private static let trust = "TrainingProtocol/Coordinator/Trust.swift"
    private static let worker = "TrainingProtocol/Worker.swift"

    static let all = inMachines + inDrivers + inTransports + inStore + inRelays

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
            original: "guard shape.includes(work) else { return false }",
            planted: ""
        ),
        PlantedBug(
            name: "a hedged answer counts twice",
            file: round,
            original: "!answers.hasAny(of: shards) else",
            planted: "shards.count >= 0 else"
        ),
        PlantedBug(
            name: "a lost worker's lease goes to nobody",
            file: offers,
            original: "for run in Self.runs(of: shards) {",
            planted: "for run in Self.runs(of: shards).dropFirst() {"
        ),
        PlantedBug(
            name: "the last shard belongs to nobody",
            file: offers,
            original: "let own = first..<end",
            planted: "let own = first..<max(first, end == shardCount ? end - 1 : end)"
        ),
        PlantedBug(
            name: "a round closes one shard early",
            file: answers,
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
            original: "while case .running = state, !awaitsVerdict,",
            planted: "while case .running = state,"
        ),
        PlantedBug(
            name: "the next round is leased with this one's parameters",
            file: openRounds,
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
            file: answers,
            original: "{ pendingShardCount == 0 && unverified.isEmpty }",
            planted: "{ pendingShardCount == 0 }"
        ),
        PlantedBug(
            name: "a wrong answer stays in the sum of an open round",
            file: verification,
            original: """
                for worker in wrong {
                            trust.drop(leasing.undoRounds(of: worker, in: settings.schedule), into: &actions)
                        }
                """,
            planted: ""
        ),
        PlantedBug(
            name: "a run goes back to after a wrong answer",
            file: verification,
            original: "actions.append(.end(.corrupted(after: retreat.position)))",
            planted: "actions.append(.end(.corrupted(after: self.position)))"
        ),
        PlantedBug(
            name: "what a wrong worker alone has answered is forgotten",
            file: trust,
            original: "for answer in answers { noteSoleAnswer(of: answer.worker, to: index) }",
            planted: ""
        ),
        PlantedBug(
            name: "what an idle worker is asked for a second time has no deadline",
            file: leasing,
            original: "start(other, at: now, into: &actions)",
            planted: "sendParameters(to: other, into: &actions)"
        ),
        PlantedBug(
            name: "the second answer that a lost worker owed is nobody's",
            file: table,
            original: "if isAwaited, !isHeld { askSecond(of: subtree) }",
            planted: ""
        ),
        PlantedBug(
            name: "a lease never ends",
            file: leasing,
            original: "table.allow(allowance, for: first, at: now)",
            planted: "table.allow(.seconds(1_000_000), for: first, at: now)"
        ),
        PlantedBug(
            name: "an overdue lease is repeated without its parameters",
            file: leasing,
            original: ".send(.parameters(version: work.version, stamp), to: lease.worker),",
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
            file: "TrainingProtocol/Coordinator/Coordinator.swift",
            original: "for worker in silent { lose(worker, .silent, at: now, into: &actions) }",
            planted: "for worker in silent { leasing.roster.remove(worker) }"
        ),
        PlantedBug(
            name: "a worker that comes back keeps the leases that it lost",
            file: openRounds,
            original: "current.release(worker, heirCount: heirCount)",
            planted: ""
        ),
        PlantedBug(
            name: "an early segment stays though its answer has come",
            file: round,
            original: "early.drop(shards, in: shape)",
            planted: ""
        ),
        PlantedBug(
            name: "an early segment counts that is to be compared first",
            file: round,
            original: "!verification.includes(work),\n",
            planted: "\n"
        ),
    ]
}
