import SharedMemory

/// Sees to it that no two workers of this host share a processor while another has none.
///
/// A step's processes wake each other hundreds of times a second and sleep for less than the half
/// millisecond from which on Linux would bring work to an idle processor (its
/// `sched_migration_cost_ns`). Once two workers are on one processor, they stay there and compute
/// one after the other: a step takes twice as long, for seconds. So each says where it computes,
/// and one of two is asked to move, to where the system may move it on from.
struct CoreAssignment {
    private let processors: [HostProcessor]

    /// How many there are to spread over.
    var processorCount: Int { processors.count }

    /// Spreads workers over the processors that this thread may run on.
    init(processors: [HostProcessor] = HostProcessor.allowed) { self.processors = processors }

    /// Who should move, and where to.
    ///
    /// - Parameter places: where each worker computed last; nil where that is not known.
    /// - Returns: a processor for each that should move, by its place in `places`.
    func moves(of places: [HostProcessor?]) -> [(index: Int, to: HostProcessor)] {
        guard places.count > 1, places.count <= processors.count else { return [] }
        let isShared = places.indices.contains { index in
            places[index] != nil && places[..<index].contains(places[index])
        }
        guard isShared else { return [] }
        var free = processors.filter { !places.contains($0) }
        var moves: [(index: Int, to: HostProcessor)] = []
        for (index, place) in places.enumerated() {
            guard let place, places[..<index].contains(place), let target = free.popLast() else {
                continue
            }
            moves.append((index, target))
        }
        return moves
    }
}
