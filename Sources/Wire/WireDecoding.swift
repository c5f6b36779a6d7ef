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

    private static func workerMessage(
        in header: Lockstep_Header
    ) throws(WireError) -> (WorkerMessage, AnswerSums) {
        switch header.body {
        case .hello(let hello):
            return (.hello(protocolVersion: Int(hello.protocolVersion)), AnswerSums())
        case .answer(let answer):
            let correctCount = try number(answer.correctCount, "correct count")
            let sums = AnswerSums(lossSum: answer.lossSum, correctCount: correctCount)
            return (.answer(try work(answer.work), header.stamp), sums)
        case .earlySegment(let body):
            return (.earlySegment(try work(body.work), header.stamp), AnswerSums())
        case .heartbeat:
            return (.heartbeat(header.stamp), AnswerSums())
        case .goodbye:
            return (.goodbye, AnswerSums())
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
            let input = InputSettings(geometry: welcome.geometry, scale: welcome.scale)
            let offer = WelcomeOffer(
                localLink: welcome.localLink,
                sliceCountMax: Int(min(welcome.sliceCountMax, 1 << 20))
            )
            return (.welcome(input, header.stamp), offer)
        }
        return (try coordinatorMessage(in: header), WelcomeOffer())
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

    /// No header of ours takes 200 bytes; what is longer is not worth decoding.
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
