import SharedMemory

/// Suits the workers of this host to its processors, now and then: those that share one move apart,
/// and gradients come in two parts where the coordinator has a processor to itself.
struct ProcessorArrangement {
    private let assignment = CoreAssignment()
    private var callCount = 0
    /// Those that are open and where their workers computed last: kept for its memory.
    private var arranged: (links: [CoordinatorLink], places: [HostProcessor?]) = ([], [])

    /// Whether it is time to arrange the workers, which this counts.
    mutating func isDue() -> Bool {
        callCount += 1
        return callCount % 16 == 1
    }

    /// Takes in the link of a worker that computes.
    mutating func add(_ link: CoordinatorLink) {
        arranged.links.append(link)
        arranged.places.append(link.place)
    }

    /// Tells the workers that were taken in what they have room for, and where to go.
    mutating func arrange() {
        let room = ProcessorRoom(
            workerCount: arranged.links.count,
            processorCount: assignment.processorCount
        )
        for link in arranged.links { link.setRoom(room) }
        for move in assignment.moves(of: arranged.places) {
            arranged.links[move.index].ask(toMoveTo: move.to)
        }
        arranged.links.removeAll(keepingCapacity: true)
        arranged.places.removeAll(keepingCapacity: true)
    }
}
