import Testing
import Transport

@testable import NetworkTransport

/// Which connections go when there are too many that say nothing.
struct StrangersTests {
    private func place(_ number: UInt64) -> RemoteAddress.Place {
        RemoteAddress.Place(bytes: number)
    }

    @Test func `has the oldest of the fullest place go`() {
        var strangers = Strangers()
        for descriptor: Int32 in [1, 2, 3] { strangers.insert(descriptor, from: place(7)) }
        for descriptor: Int32 in [4, 5] { strangers.insert(descriptor, from: place(8)) }
        #expect(strangers.count == 5)
        var next = strangers.removeOne { _ in false }
        #expect(next == 1)
        strangers.remove(2)
        strangers.insert(6, from: place(8))
        next = strangers.removeOne { _ in false }
        #expect(next == 4)
        #expect(strangers.count == 3)
    }

    @Test func `spares a worker wherever strangers come from`() {
        var strangers = Strangers()
        strangers.know(place(0))
        strangers.insert(0, from: place(0))
        for number in 1..<200 { strangers.insert(Int32(number), from: place(UInt64(number))) }
        let gone = (1..<202).map { _ in strangers.removeOne { _ in false } }
        #expect(gone.firstIndex(of: 0) == 199)
        #expect(gone.last == .some(nil))
    }

    @Test func `lets nobody hide behind a worker's place`() {
        var strangers = Strangers()
        strangers.know(place(0))
        for number: Int32 in 0..<100 { strangers.insert(number, from: place(0)) }
        strangers.insert(100, from: place(1))
        let gone = (0..<80).map { _ in strangers.removeOne { _ in false } }
        #expect(gone == (0..<80).map(Int32?.some))
    }

    @Test func `spares who has shown more than the others, as far as there are others`() {
        var strangers = Strangers()
        for number: Int32 in 0..<3 { strangers.insert(number, from: place(0)) }
        let gone = (0..<3).map { _ in strangers.removeOne { $0 == 0 } }
        #expect(gone == [1, 2, 0])
    }
}
