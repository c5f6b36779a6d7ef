import Sealing
import Testing

struct FrameTests {
    private let secret = SealingSecret()
    private let header: [UInt8] = [7, 8, 9]

    private func payload(_ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 * 37 + size) }
    }

    private func seal(_ sealer: FrameSealer, _ header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        let size = SealedFrame.size(payloadSize: payload.count)
        var frame = [UInt8](repeating: 0xEE, count: size)
        frame.withUnsafeMutableBytes { frame in
            payload.withUnsafeBytes { sealer.seal(header: header, payload: $0, into: frame) }
        }
        return frame
    }

    private func open(
        _ opener: FrameOpener,
        _ frame: [UInt8],
        room: Int? = nil
    ) throws(SealingError) -> (header: [UInt8], payload: [UInt8]) {
        var payload = [UInt8](repeating: 0, count: room ?? max(0, frame.count - 152))
        let outcome = payload.withUnsafeMutableBytes { destination in
            frame.withUnsafeBytes { frame in
                Result { () throws(SealingError) in try opener.open(frame, into: destination) }
            }
        }
        return (try outcome.get(), payload)
    }

    /// Why a frame is not opened; nil if it is.
    private func refusal(_ opener: FrameOpener, _ frame: [UInt8]) -> SealingError? {
        do throws(SealingError) {
            _ = try open(opener, frame)
            return nil
        } catch {
            return error
        }
    }

    @Test func `opens what was sealed, of any size`() throws {
        let (sealer, opener) = (FrameSealer(secret), FrameOpener(secret))
        for size in [0, 1, 15, 16, 17, 12_560, 246_824] {
            for header in [[], header, [UInt8](repeating: 3, count: SealedFrame.headerSizeMax)] {
                let frame = seal(sealer, header, payload(size))
                #expect(frame.count == SealedFrame.size(payloadSize: size))
                let opened = try open(opener, frame)
                #expect(opened.header == header && opened.payload == payload(size), "\(size)")
            }
        }
    }

    @Test func `seals a payload where it lies`() throws {
        var frame = [UInt8](repeating: 0, count: SealedFrame.size(payloadSize: 1_000))
        frame.withUnsafeMutableBytes { bytes in
            let place = SealedFrame.payload(in: bytes)
            place.copyBytes(from: payload(1_000))
            FrameSealer(secret)
                .seal(header: header, payload: UnsafeRawBufferPointer(place), into: bytes)
        }
        #expect(try open(FrameOpener(secret), frame).payload == payload(1_000))
        #expect(frame == seal(FrameSealer(secret), header, payload(1_000)))
    }

    @Test func `shows nothing of header and payload, and never the same twice`() {
        let sealer = FrameSealer(secret)
        let header = [UInt8](repeating: 0x41, count: 100)
        let frames = (0..<50).map { _ in seal(sealer, header, [UInt8](repeating: 0x41, count: 64)) }
        for frame in frames {
            #expect(!frame.indices.dropLast(3).contains { frame[$0..<$0 + 4] == header[..<4] })
        }
        // Sixteen bytes at a time: no key stream was used again.
        let blocks = frames.flatMap { frame in
            stride(from: 8, to: frame.count, by: 16).map { Array(frame[$0..<$0 + 16]) }
        }
        #expect(Set(blocks).count == blocks.count)
    }

    @Test func `opens nothing of which a bit was changed, and leaves none of it visible`() throws {
        let frame = seal(FrameSealer(secret), header, payload(40))
        for bit in 0..<frame.count * 8 {
            var changed = frame
            changed[bit / 8] ^= 1 << (bit % 8)
            var room = [UInt8](repeating: 0x55, count: 40)
            let opener = FrameOpener(secret)
            let refusal = room.withUnsafeMutableBytes { room in
                changed.withUnsafeBytes { changed -> SealingError? in
                    do throws(SealingError) {
                        _ = try opener.open(changed, into: room)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            #expect(refusal == .notAuthentic, "bit \(bit)")
            #expect(room.allSatisfy { $0 == 0 }, "bit \(bit)")
            // And it does not keep the right one from being opened.
            #expect(try open(opener, frame).header == header)
        }
    }

    @Test func `opens nothing that was cut or grew`() {
        let frame = seal(FrameSealer(secret), header, payload(40))
        for size in 0..<frame.count {
            let expected: SealingError = size < SealedFrame.overhead ? .size(size) : .notAuthentic
            #expect(refusal(FrameOpener(secret), Array(frame[..<size])) == expected, "\(size)")
        }
        #expect(refusal(FrameOpener(secret), frame + [0]) == .notAuthentic)
        #expect(throws: SealingError.size(frame.count)) {
            try open(FrameOpener(secret), frame, room: 39)
        }
    }

    @Test func `opens nothing twice, and nothing from before`() throws {
        let (sealer, opener) = (FrameSealer(secret), FrameOpener(secret))
        let frames = (0..<6).map { seal(sealer, [UInt8($0)], payload(20)) }
        #expect(try open(opener, frames[0]).header == [0])
        #expect(refusal(opener, frames[0]) == .replayed(counter: 0))
        // Some may be lost on the way.
        #expect(try open(opener, frames[3]).header == [3])
        for index in 0...3 {
            #expect(refusal(opener, frames[index]) == .replayed(counter: UInt64(index)))
        }
        // A counter that was never sealed opens nothing, and makes nothing old.
        var forged = frames[4]
        for index in 0..<8 { forged[index] = 0xFE }
        #expect(refusal(opener, forged) == .notAuthentic)
        for index in 0..<8 { forged[index] = 0xFF }
        #expect(refusal(opener, forged) == .replayed(counter: .max))
        #expect(try open(opener, frames[4]).header == [4])
        #expect(try open(opener, frames[5]).header == [5])
    }

    @Test func `opens nothing of another key, such as that of the other direction`() {
        let frame = seal(FrameSealer(SealingSecret()), header, payload(20))
        #expect(refusal(FrameOpener(secret), frame) == .notAuthentic)
    }

    @Test func `draws other secrets each time, and prints none`() throws {
        let other = SealingSecret()
        #expect(secret != other)
        let text = secret.withUnsafeBytes { Array($0) }
        #expect(SealingSecret(copying: text) == secret)
        #expect(SealingSecret(copying: text.dropLast()) == nil)
        var dumped = "\(secret)"
        dump(secret, to: &dumped)
        #expect(text.allSatisfy { !dumped.contains(" \($0)") }, "\(dumped)")
    }
}
