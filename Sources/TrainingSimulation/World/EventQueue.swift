/// What is to happen when, in order of time; what falls on one instant, in the order it was asked
/// for.
struct EventQueue<Event> {
    private struct Entry {
        let time: Duration
        let order: Int
        /// Where the event is.
        let place: Int

        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? order < other.order : time < other.time
        }
    }

    /// A binary heap: the entry at `i` is before those at `2i + 1` and `2i + 2`.
    private var heap: [Entry] = []
    /// The events, which stay where they are while entries move.
    private var events: [Event?] = []
    private var freePlaces: [Int] = []
    private var nextOrder = 0

    mutating func schedule(_ event: Event, at time: Duration) {
        let place = freePlaces.popLast() ?? events.count
        if place == events.count { events.append(event) } else { events[place] = event }
        heap.append(Entry(time: time, order: nextOrder, place: place))
        nextOrder += 1
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Duration, event: Event)? {
        guard let first = removeFirst(), let event = events[first.place].take() else { return nil }
        freePlaces.append(first.place)
        return (first.time, event)
    }

    private mutating func removeFirst() -> Entry? {
        guard let last = heap.popLast() else { return nil }
        guard let first = heap.first else { return last }
        heap[0] = last
        var parent = 0
        while true {
            var earliest = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < heap.count && heap[child].isBefore(heap[earliest]) {
                earliest = child
            }
            if earliest == parent { return first }
            heap.swapAt(parent, earliest)
            parent = earliest
        }
    }
}
