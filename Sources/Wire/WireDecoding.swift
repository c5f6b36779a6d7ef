import Figures
import Foundation
import Sealing
import SwiftProtobuf
package import TrainingProtocol

/// Messages from the bytes of a first frame; foreign bytes answer with an error, whatever they are.
package enum WireDecoding {
    /// Decodes what a worker says, with the sums of an answer.
    ///
    /// - Throws: `WireError` for anything but a header that this version's workers write.
    package static func workerContents(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> WorkerContents {
        let header = try header(bytes)
        if case .profile(let profile) = header.body {
            return .profile(
                ProfileHeader(
                    welcomed: profile.welcomed,
                    sent: profile.sent,
                    answerCount: try number(profile.answerCount, "answer count"),
                    allocationCount: try number(profile.allocationCount, "allocation count")
                )
            )
        }
        let (message, sums) = try workerMessage(in: header)
        return .message(message, sums)
    }

    /// Decodes what a worker says from bytes of our own.
    ///
    /// - Throws: `WireError`, as above.
    package static func workerContents(_ bytes: [UInt8]) throws(WireError) -> WorkerContents {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(WireError) in try workerContents(bytes) }
        }.get()
    }

    /// Where the worker runs that says this hello; nil if it does not say, or if this is none.
    package static func workerName(inHello bytes: UnsafeRawBufferPointer) -> WorkerName? {
        guard let header = try? header(bytes), case .hello(let hello) = header.body else {
            return nil
        }
        return WorkerName(host: hello.host, process: Int(hello.process))
    }

    private static func workerMessage(
        in header: Lockstep_Header
    ) throws(WireError) -> (WorkerMessage, LossSums) {
        switch header.body {
        case .hello(let hello):
            return (.hello(protocolVersion: Int(hello.protocolVersion)), LossSums())
        case .answer(let answer):
            let correctCount = try number(answer.correctCount, "correct count")
            let sums = LossSums(lossSum: answer.lossSum, correctCount: correctCount)
            return (.answer(try work(answer.work), header.stamp), sums)
        case .earlySegment(let body):
            return (.earlySegment(try work(body.work), header.stamp), LossSums())
        case .heartbeat:
            return (.heartbeat(header.stamp), LossSums())
        case .goodbye:
            return (.goodbye, LossSums())
        case .profile, .welcome, .refusal, .dismissal, .work, .parameters, .rejoin, .finish, nil:
            throw .unknownBody
        }
    }

    /// Decodes what the coordinator says, and what a welcome offers.
    ///
    /// - Throws: `WireError` for anything but a header that this version's coordinators write.
    package static func coordinatorMessage(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> (CoordinatorMessage, WelcomeOffer) {
        let header = try header(bytes)
        if case .welcome(let welcome) = header.body {
            let input = InputSettings(
                geometry: welcome.geometry,
                scale: welcome.scale,
                labelSmoothing: welcome.labelSmoothing,
                augmentation: welcome.augmentation,
                seed: welcome.seed
            )
            guard (2...255).contains(welcome.classCount) else {
                throw .outOfRange(field: "class count", value: UInt64(welcome.classCount))
            }
            let offer = WelcomeOffer(
                localLink: welcome.localLink,
                sliceCountMax: Int(min(welcome.sliceCountMax, 1 << 20)),
                classCount: Int(welcome.classCount),
                sealedLink: welcome.hasSealedLink ? try sealedLink(welcome.sealedLink) : nil
            )
            return (.welcome(input, header.stamp), offer)
        }
        return (try coordinatorMessage(in: header), WelcomeOffer())
    }

    /// Decodes what the coordinator says from bytes of our own.
    ///
    /// - Throws: `WireError`, as above.
    package static func coordinatorMessage(
        _ bytes: [UInt8]
    ) throws(WireError) -> (CoordinatorMessage, WelcomeOffer) {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(WireError) in try coordinatorMessage(bytes) }
        }.get()
    }

    private static func coordinatorMessage(
        in header: Lockstep_Header
    ) throws(WireError) -> CoordinatorMessage {
        switch header.body {
        case .refusal(let refusal):
            return .refusal(protocolVersion: Int(refusal.protocolVersion))
        case .dismissal:
            return .dismissal(header.stamp)
        case .work(let body):
            return .work(try work(body), header.stamp)
        case .parameters(let parameters):
            return .parameters(version: try number(parameters.version, "version"), header.stamp)
        case .heartbeat:
            return .heartbeat(header.stamp)
        case .rejoin:
            return .rejoin(header.stamp)
        case .finish:
            return .finish(header.stamp)
        case .welcome, .hello, .answer, .earlySegment, .profile, .goodbye, nil:
            throw .unknownBody
        }
    }

    private static func sealedLink(
        _ body: Lockstep_SealedLink
    ) throws(WireError) -> SealedLinkOffer {
        guard (1...65_535).contains(body.port) else {
            throw .outOfRange(field: "payload port", value: UInt64(body.port))
        }
        guard body.id.count == SealedLinkOffer.idSize else {
            throw .outOfRange(field: "link id's size", value: UInt64(body.id.count))
        }
        func secret(_ bytes: Data) throws(WireError) -> SealingSecret {
            guard let secret = SealingSecret(copying: bytes) else {
                throw .outOfRange(field: "link key's size", value: UInt64(bytes.count))
            }
            return secret
        }
        return SealedLinkOffer(
            port: Int(body.port),
            id: Array(body.id),
            keyToWorker: try secret(body.keyToWorker),
            keyToCoordinator: try secret(body.keyToCoordinator)
        )
    }

    /// No header of ours takes 300 bytes; what is longer is not worth decoding.
    private static let headerSizeMax = 512

    private static func header(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> Lockstep_Header {
        guard bytes.count <= headerSizeMax,
            let header = try? Lockstep_Header(serializedBytes: HeaderBytes(copying: bytes))
        else { throw .notAHeader(byteCount: bytes.count) }
        guard header.magic == wireMagic else { throw .magic(header.magic) }
        return header
    }

    private static func work(_ body: Lockstep_Work) throws(WireError) -> Work {
        let index = try number(body.index, "index")
        let round: Round
        switch body.kind {
        case .step: round = .step(index: index)
        case .validation: round = .validation(epochIndex: index)
        case .test: round = .test
        case .unspecified, .UNRECOGNIZED:
            throw .outOfRange(field: "kind", value: UInt64(clamping: body.kind.rawValue))
        }
        guard body.level <= 20 else {
            throw .outOfRange(field: "level", value: UInt64(body.level))
        }
        let subtree = Subtree(
            level: Int(body.level),
            index: try number(body.subtreeIndex, "subtree index")
        )
        return Work(round: round, subtree: subtree, version: try number(body.version, "version"))
    }

    /// Takes a count or an index; no run comes near 2⁴⁰ of anything, and sums of such numbers
    /// cannot overflow.
    private static func number(_ value: UInt64, _ field: String) throws(WireError) -> Int {
        guard value < 1 << 40 else { throw .outOfRange(field: field, value: value) }
        return Int(value)
    }
}

extension Lockstep_Header {
    fileprivate var stamp: RunStamp { RunStamp(run: run, generation: generation) }
}
