/// Many simulated runs.
package struct Sweep: Equatable, Sendable {
    /// A hash over the traces of all runs, in the order of their seeds.
    package private(set) var digest: UInt64
    /// How many things happened.
    package private(set) var eventCount: Int
    /// Runs that went wrong, in the order of their seeds.
    package private(set) var failures: [SimulationResult]

    /// Runs every seed of `seeds`, on `threadCount` threads; the outcome does not depend on how
    /// many.
    package static func run(
        _ seeds: Range<UInt64>,
        _ topology: Topology = .star,
        threadCount: Int
    ) async -> Sweep {
        let spanCount = UInt64(max(threadCount, 1))
        let results = await withTaskGroup(of: (UInt64, [SimulationResult]).self) { group in
            for span in 0..<spanCount {
                let own = stride(
                    from: seeds.lowerBound + span,
                    to: seeds.upperBound,
                    by: Int(spanCount)
                )
                group.addTask { (span, own.map { Simulation<ToyRun>(seed: $0, topology).run() }) }
            }
            var results: [[SimulationResult]] = Array(repeating: [], count: Int(spanCount))
            for await (span, part) in group { results[Int(span)] = part }
            return results
        }
        return Sweep(results.joined().sorted { $0.seed < $1.seed })
    }

    private init(_ results: [SimulationResult]) {
        var hash = StableHash()
        for result in results { hash.mix(result.traceDigest) }
        digest = hash.value
        eventCount = results.reduce(0) { $0 + $1.eventCount }
        failures = results.filter { $0.failure != nil }
    }
}
