/// What is to happen when, in order of time; what falls on one instant, in the order it was asked
/// for.
struct EventQueue<Event> {
    private struct Entry {
        let time: Duration
        let order: Int
        let event: Event

        func isBefore(_ other: Entry) -> Bool {
            (time, order) < (other.time, other.order)
        }
    }

    /// A binary heap: the entry at `i` is before those at `2i + 1` and `2i + 2`.
    private var heap: [Entry] = []
    private var nextOrder = 0

    mutating func schedule(_ event: Event, at time: Duration) {
        heap.append(Entry(time: time, order: nextOrder, event: event))
        nextOrder += 1
        var place = heap.count - 1
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func next() -> (time: Duration, event: Event)? {
        guard let last = heap.popLast() else { return nil }
        guard let first = heap.first else { return (last.time, last.event) }
        heap[0] = last
        var place = 0
        while true {
            var earliest = place
            for below in [2 * place + 1, 2 * place + 2]
            where below < heap.count && heap[below].isBefore(heap[earliest]) {
                earliest = below
            }
            if earliest == place { return (first.time, first.event) }
            heap.swapAt(place, earliest)
            place = earliest
        }
    }
}
