import SharedMemory
import ZeroMQ

/// Links that the poller waits for itself, although the waiter does too.
///
/// A packet wakes whoever polls its socket on the sender's own processor, which is about to be
/// free, where it wakes whoever polls the waiter on the one where that was last: beside a worker
/// that still computes.
struct PolledLinks {
    private var numbers: [UInt64?] = Array(repeating: nil, count: 16)
    private var places: [Int] = []
    private var isChanged = false

    /// Keeps places among the sources of a poller.
    mutating func add(to poller: inout Poller) {
        places = numbers.indices.map { _ in poller.add(fileDescriptor: -1) }
    }

    /// Has the poller wait for a link too, if there is a place.
    mutating func insert(_ number: UInt64) {
        guard let free = numbers.firstIndex(of: nil) else { return }
        numbers[free] = number
        isChanged = true
    }

    /// Has the poller wait for a link no more.
    mutating func remove(_ number: UInt64) {
        guard let place = numbers.firstIndex(of: number) else { return }
        numbers[place] = nil
        isChanged = true
    }

    /// Has the poller know of links that have come or gone.
    mutating func update(_ poller: inout Poller, _ descriptor: (UInt64) -> Int32?) {
        guard isChanged else { return }
        isChanged = false
        for (place, number) in zip(places, numbers) {
            poller.setFileDescriptor(number.flatMap(descriptor) ?? -1, at: place)
        }
    }
}
