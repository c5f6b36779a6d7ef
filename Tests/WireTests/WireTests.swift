import Figures
import Sealing
import Testing
import TrainingProtocol
import Wire

struct WireTests {
    private static let stamp = RunStamp(run: 0xFEDC_BA98_7654_3210, generation: 5)
    private static let work = Work(
        round: .step(index: 8_439),
        subtree: Subtree(level: 3, index: 70),
        version: 8_439
    )

    private static let workerMessages: [WorkerMessage] = [
        .hello(protocolVersion: protocolVersion), .answer(work, stamp), .heartbeat(stamp), .goodbye,
        .earlySegment(work, stamp),
        .answer(
            Work(
                round: .validation(epochIndex: 4),
                subtree: Subtree(level: 0, index: 0),
                version: 1
            ),
            stamp
        ),
        .answer(
            Work(round: .test, subtree: Subtree(level: 1, index: 2), version: 0),
            stamp
        ),
    ]

    private static let coordinatorMessages: [CoordinatorMessage] = [
        .welcome(InputSettings(geometry: "resize", scale: "none"), stamp),
        .welcome(
            InputSettings(
                geometry: "pad",
                scale: "unit",
                labelSmoothing: "0.1",
                augmentation: "2.0 15.0 0.1 0.1",
                seed: .max
            ),
            stamp
        ),
        .refusal(protocolVersion: 3), .work(work, stamp), .parameters(version: 12, stamp),
        .heartbeat(stamp), .rejoin(stamp), .finish(stamp), .dismissal(stamp),
    ]

    private func decodeWorker(_ bytes: [UInt8]) throws(WireError) -> (WorkerMessage, LossSums) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        switch try WireDecoding.workerContents(UnsafeRawBufferPointer(copy)) {
        case .message(let message, let sums): return (message, sums)
        case .profile: throw .unknownBody
        }
    }

    private func decodeCoordinator(_ bytes: [UInt8]) throws(WireError) -> CoordinatorMessage {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        return try WireDecoding.coordinatorMessage(UnsafeRawBufferPointer(copy)).0
    }

    @Test func `reads what it writes`() throws {
        let sums = LossSums(lossSum: 1.25e-3, correctCount: 128)
        for message in Self.workerMessages {
            let (decoded, decodedSums) = try decodeWorker(
                Array(WireEncoding.bytes(of: message, sums: sums))
            )
            #expect(decoded == message)
            if case .answer = message { #expect(decodedSums == sums) }
        }
        for message in Self.coordinatorMessages {
            #expect(try decodeCoordinator(Array(WireEncoding.bytes(of: message))) == message)
        }
    }

    @Test func `reads what a welcome offers and what a profile says`() throws {
        let offer = WelcomeOffer(
            localLink: "lockstep-12ab",
            sliceCountMax: 15_000,
            sealedLink: Self.sealedLink(port: 65_535)
        )
        let welcome = Array(WireEncoding.bytes(of: Self.coordinatorMessages[0], offer: offer))
        let (message, decoded) = try welcome.withUnsafeBytes {
            try WireDecoding.coordinatorMessage($0)
        }
        #expect(message == Self.coordinatorMessages[0] && decoded == offer)
        let profile = ProfileHeader(
            welcomed: 1,
            sent: .max,
            answerCount: 3_749,
            allocationCount: 7
        )
        let contents = try Array(WireEncoding.bytes(of: profile)).withUnsafeBytes {
            try WireDecoding.workerContents($0)
        }
        #expect(contents == .profile(profile))
    }

    private static func sealedLink(port: Int, idSize: Int = 16) -> SealedLinkOffer {
        SealedLinkOffer(
            port: port,
            id: (0..<idSize).map { UInt8($0) },
            keyToWorker: SealingSecret(),
            keyToCoordinator: SealingSecret()
        )
    }

    @Test func `refuses a sealed link that is none`() throws {
        for (link, error) in [
            (Self.sealedLink(port: 0), WireError.outOfRange(field: "payload port", value: 0)),
            (Self.sealedLink(port: 1 << 16), .outOfRange(field: "payload port", value: 1 << 16)),
            (Self.sealedLink(port: 1, idSize: 15), .outOfRange(field: "link id's size", value: 15)),
            (Self.sealedLink(port: 1, idSize: 17), .outOfRange(field: "link id's size", value: 17)),
        ] {
            let offer = WelcomeOffer(sealedLink: link)
            let welcome = Array(WireEncoding.bytes(of: Self.coordinatorMessages[0], offer: offer))
            #expect(throws: error) { try decodeCoordinator(welcome) }
        }
        let whole = WireEncoding.bytes(
            of: Self.coordinatorMessages[0],
            offer: WelcomeOffer(sealedLink: Self.sealedLink(port: 1))
        )
        // Field 32 again, in it field 5, in it field 3 of one byte: it takes the place of the key.
        let short = whole + [0x82, 0x02, 5, 0x2A, 3, 0x1A, 1, 0]
        #expect(throws: WireError.outOfRange(field: "link key's size", value: 1)) {
            try decodeCoordinator(short)
        }
    }

    @Test func `refuses the other side's messages`() {
        for message in Self.workerMessages {
            if case .heartbeat = message { continue }
            #expect(throws: WireError.unknownBody) {
                try decodeCoordinator(Array(WireEncoding.bytes(of: message)))
            }
        }
        for message in Self.coordinatorMessages {
            if case .heartbeat = message { continue }
            #expect(throws: WireError.unknownBody) {
                try decodeWorker(Array(WireEncoding.bytes(of: message)))
            }
        }
    }

    @Test func `answers every truncation and every flipped bit with a message or an error`() {
        var errorCount = 0
        let written =
            Self.workerMessages.map { Array(WireEncoding.bytes(of: $0)) }
            + Self.coordinatorMessages.map {
                Array(
                    WireEncoding.bytes(
                        of: $0,
                        offer: WelcomeOffer(sealedLink: Self.sealedLink(port: 5_556))
                    )
                )
            }
        for bytes in written {
            for length in 0..<bytes.count {
                if (try? decodeWorker(Array(bytes[..<length]))) == nil { errorCount += 1 }
                if (try? decodeCoordinator(Array(bytes[..<length]))) == nil { errorCount += 1 }
            }
            for bit in 0..<bytes.count * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                if (try? decodeWorker(flipped)) == nil { errorCount += 1 }
                if (try? decodeCoordinator(flipped)) == nil { errorCount += 1 }
            }
        }
        #expect(errorCount > 1_000)
    }

    @Test func `refuses numbers that no run can mean`() throws {
        let huge = Work(round: .step(index: 1 << 41), subtree: Self.work.subtree, version: 1)
        #expect(throws: WireError.outOfRange(field: "index", value: 1 << 41)) {
            try decodeWorker(Array(WireEncoding.bytes(of: .answer(huge, Self.stamp))))
        }
        let deep = Work(round: .test, subtree: Subtree(level: 21, index: 0), version: 1)
        #expect(throws: WireError.outOfRange(field: "level", value: 21)) {
            try decodeWorker(Array(WireEncoding.bytes(of: .answer(deep, Self.stamp))))
        }
    }

    @Test func `tells foreign bytes from its own`() {
        #expect(throws: WireError.magic(0)) { try decodeWorker([]) }
        #expect(throws: WireError.notAHeader(byteCount: 600)) {
            try decodeWorker([UInt8](repeating: 0, count: 600))
        }
        #expect(throws: WireError.notAHeader(byteCount: 16)) {
            try decodeWorker(Array("GET / HTTP/1.1\r\n".utf8))
        }
    }

    @Test func `says where a worker runs, in letters that no terminal minds`() throws {
        func name(_ host: String, _ process: Int) -> String? {
            let name = WorkerName(host: host, process: process)
            let hello = WorkerMessage.hello(protocolVersion: protocolVersion)
            let bytes = Array(WireEncoding.bytes(of: hello, name: name))
            return bytes.withUnsafeBytes { WireDecoding.workerName(inHello: $0)?.description }
        }
        #expect(name("beta.example.org", 4_711) == "beta.example.org/4711")
        #expect(name("\u{1B}[2Jbe ta\n", 7) == "2Jbeta/7")
        #expect(name("", 7) == nil)
        #expect(name("é", 7) == nil)
        #expect(name("beta", 0) == nil)
        #expect(name(String(repeating: "a", count: 1_000), 1)?.count == 257)
        let heartbeat = Array(WireEncoding.bytes(of: .heartbeat(RunStamp(run: 1, generation: 1))))
        #expect(heartbeat.withUnsafeBytes { WireDecoding.workerName(inHello: $0) } == nil)
    }
}
