/// Bugs in the relay's machine, which runs with relays find.
extension PlantedBug {
    private static let parts = "TrainingProtocol/Relay/Relay+Parts.swift"
    private static let members = "TrainingProtocol/Relay/Relay+Members.swift"
    private static let assignments = "TrainingProtocol/Relay/Assignments.swift"

    static let inRelays = [
        PlantedBug(
            name: "a relay answers one shard early",
            file: parts,
            original: "leasing.rounds.current.answers.areComplete {",
            planted: "leasing.rounds.current.answers.pendingShardCount <= 1 {"
        ),
        PlantedBug(
            name: "the work of a worker that takes long is dropped each time",
            file: members,
            original: "loneliness.noteReturn(at: now)",
            planted: ""
        ),
        PlantedBug(
            name: "an answer counts for work that has the same shards",
            file: assignments,
            original: "return !assignment.work.overlaps(current.work)",
            planted: "return assignment != current"
        ),
        PlantedBug(
            name: "the last part of a round has shards that are not there",
            file: "TrainingProtocol/Rounds/RoundShape.swift",
            original: "self.shardCount = firstShard + shardCount",
            planted: "self.shardCount = firstShard + 1 << work.subtree.level"
        ),
    ]
}
