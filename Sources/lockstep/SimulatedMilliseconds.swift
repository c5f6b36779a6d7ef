import ArgumentParser

/// How long a worker sleeps a shard instead of computing: above 0, at most 10,000 ms.
struct SimulatedMilliseconds: ExpressibleByArgument {
    let value: Double

    init?(argument: String) {
        // A number that is none compares with nothing, so it is refused too.
        guard let value = Double(argument), value > 0, value <= 10_000 else { return nil }
        self.value = value
    }
}
