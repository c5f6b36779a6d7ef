/// The connections that have brought no message yet, by the place that they come from, and which of
/// them must go when they are too many.
///
/// Whoever reaches the port can hold connections open that say nothing. They are to be no hindrance
/// to workers, so it is never the newest that goes: it is the oldest of the place that has the most
/// of them. A place that a worker has come from counts for less, so that workers find room where
/// they were before however many places strangers come from.
struct Strangers {
    /// The number of strangers that do not count, from a place that a worker has come from.
    static let reserve = 16

    /// More known places than this are not remembered.
    private static let knownPlaceCountMax = 4_096

    /// Of those that are to go, how many of the oldest are looked at for one that has shown less
    /// than the others.
    private static let lookCount = 8

    /// Each place's connections, the oldest first.
    private var descriptors: [RemoteAddress.Place: [Int32]] = [:]
    private var places: [Int32: RemoteAddress.Place] = [:]
    private var knownPlaces: Set<RemoteAddress.Place> = []

    /// How many there are.
    var count: Int { places.count }

    /// Whether a connection is one of them.
    func contains(_ descriptor: Int32) -> Bool { places[descriptor] != nil }

    /// Notes a connection that has brought nothing yet.
    mutating func insert(_ descriptor: Int32, from place: RemoteAddress.Place) {
        remove(descriptor)
        places[descriptor] = place
        descriptors[place, default: []].append(descriptor)
    }

    /// Forgets one, which has brought a message or ended.
    mutating func remove(_ descriptor: Int32) {
        guard let place = places.removeValue(forKey: descriptor) else { return }
        descriptors[place]?.removeAll { $0 == descriptor }
        if descriptors[place]?.isEmpty == true { descriptors[place] = nil }
    }

    /// Remembers that a worker has come from a place.
    mutating func know(_ place: RemoteAddress.Place) {
        guard knownPlaces.count < Self.knownPlaceCountMax else { return }
        knownPlaces.insert(place)
    }

    /// Takes out the one that is to go next; nil if there is none.
    ///
    /// - Parameter hasShownSomething: whether a connection has come further than others, so that it
    ///   had better stay.
    mutating func removeOne(sparing hasShownSomething: (Int32) -> Bool) -> Int32? {
        let fullest = descriptors.max { weight($0) < weight($1) }
        guard let oldest = fullest?.value.prefix(Self.lookCount), let first = oldest.first else {
            return nil
        }
        let descriptor = oldest.first { !hasShownSomething($0) } ?? first
        remove(descriptor)
        return descriptor
    }

    /// How many of a place count; among equals a descriptor decides, not the order of a dictionary.
    private func weight(
        _ entry: (key: RemoteAddress.Place, value: [Int32])
    ) -> (Int, Int32) {
        let reserve = knownPlaces.contains(entry.key) ? Self.reserve : 0
        return (entry.value.count - reserve, entry.value[0])
    }
}
