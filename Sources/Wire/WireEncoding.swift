package import Figures
import Foundation
package import Sealing
import SwiftProtobuf
package import TrainingProtocol

/// What a welcome says beside the machine's message.
package struct WelcomeOffer: Hashable, Sendable {
    /// The name of the socket for workers of the same host; empty for none.
    package var localLink: String
    /// How many slices of time the worker should keep for its profile.
    package var sliceCountMax: Int
    /// How many classes the network tells apart.
    package var classCount: Int
    /// Where payloads may go sealed; nil for nowhere.
    package var sealedLink: SealedLinkOffer?

    /// Offers nothing unless told otherwise.
    package init(
        localLink: String = "",
        sliceCountMax: Int = 0,
        classCount: Int = 10,
        sealedLink: SealedLinkOffer? = nil
    ) {
        self.localLink = localLink
        self.sliceCountMax = sliceCountMax
        self.classCount = classCount
        self.sealedLink = sealedLink
    }
}

/// A second connection for messages with payloads, and the keys to seal them with.
package struct SealedLinkOffer: Hashable, Sendable {
    /// How many bytes tell links apart.
    package static let idSize = 16

    /// The port, at the coordinator's host.
    package var port: Int
    /// What tells this link from others: 16 bytes.
    package var id: [UInt8]
    /// Seals what the coordinator sends.
    package var keyToWorker: SealingSecret
    /// Seals what the worker sends.
    package var keyToCoordinator: SealingSecret

    /// Gathers the parts.
    package init(
        port: Int,
        id: [UInt8],
        keyToWorker: SealingSecret,
        keyToCoordinator: SealingSecret
    ) {
        self.port = port
        self.id = id
        self.keyToWorker = keyToWorker
        self.keyToCoordinator = keyToCoordinator
    }
}

/// What a worker's profile says beside its payload.
package struct ProfileHeader: Hashable, Sendable {
    /// The worker's clock when it was welcomed, in nanoseconds.
    package var welcomed: UInt64
    /// The worker's clock when the profile was sent, in nanoseconds.
    package var sent: UInt64
    /// Pieces of a step's work that were computed after the first one.
    package var answerCount: Int
    /// How often memory was asked for meanwhile.
    package var allocationCount: Int

    /// Gathers the figures.
    package init(welcomed: UInt64, sent: UInt64, answerCount: Int, allocationCount: Int) {
        self.welcomed = welcomed
        self.sent = sent
        self.answerCount = answerCount
        self.allocationCount = allocationCount
    }
}

/// What a worker's frame holds.
package enum WorkerContents: Hashable, Sendable {
    /// A message for the machine.
    case message(WorkerMessage, LossSums)
    /// What the worker spent its time on; no machine needs it.
    case profile(ProfileHeader)
}

/// Messages as the bytes of a first frame.
package enum WireEncoding {
    /// Encodes what a worker says; `sums` belong to an answer, `name` to a hello.
    package static func bytes(
        of message: WorkerMessage,
        sums: LossSums = LossSums(),
        name: WorkerName? = nil
    ) -> HeaderBytes {
        var header = Lockstep_Header()
        switch message {
        case .hello(let version):
            header.hello.protocolVersion = UInt32(version)
            header.hello.host = name?.host ?? ""
            header.hello.process = UInt32(name?.process ?? 0)
        case .answer(let work, let stamp):
            header.mark(stamp)
            header.answer.work = Lockstep_Work(work)
            header.answer.lossSum = sums.lossSum
            header.answer.correctCount = UInt64(sums.correctCount)
        case .earlySegment(let work, let stamp):
            header.mark(stamp)
            header.earlySegment.work = Lockstep_Work(work)
        case .heartbeat(let stamp):
            header.mark(stamp)
            header.heartbeat = Lockstep_Heartbeat()
        case .goodbye:
            header.goodbye = Lockstep_Goodbye()
        }
        return bytes(of: header)
    }

    /// Encodes what goes ahead of a worker's times.
    package static func bytes(of profile: ProfileHeader) -> HeaderBytes {
        var header = Lockstep_Header()
        header.profile.welcomed = profile.welcomed
        header.profile.sent = profile.sent
        header.profile.answerCount = UInt64(profile.answerCount)
        header.profile.allocationCount = UInt64(profile.allocationCount)
        return bytes(of: header)
    }

    /// Encodes what the coordinator says.
    ///
    /// - Parameter offer: goes with a welcome.
    package static func bytes(
        of message: CoordinatorMessage,
        offer: WelcomeOffer = WelcomeOffer()
    ) -> HeaderBytes {
        var header = Lockstep_Header()
        switch message {
        case .welcome(let input, let stamp):
            header.mark(stamp)
            header.welcome.geometry = input.geometry
            header.welcome.scale = input.scale
            header.welcome.labelSmoothing = input.labelSmoothing
            header.welcome.augmentation = input.augmentation
            header.welcome.seed = input.seed
            header.welcome.localLink = offer.localLink
            header.welcome.sliceCountMax = UInt32(offer.sliceCountMax)
            header.welcome.classCount = UInt32(offer.classCount)
            if let link = offer.sealedLink { header.welcome.sealedLink = Lockstep_SealedLink(link) }
        case .refusal(let version):
            header.refusal.protocolVersion = UInt32(version)
        case .dismissal(let stamp):
            header.mark(stamp)
            header.dismissal = Lockstep_Dismissal()
        case .work(let work, let stamp):
            header.mark(stamp)
            header.work = Lockstep_Work(work)
        case .parameters(let version, let stamp):
            header.mark(stamp)
            header.parameters.version = UInt64(version)
        case .heartbeat(let stamp):
            header.mark(stamp)
            header.heartbeat = Lockstep_Heartbeat()
        case .rejoin(let stamp):
            header.mark(stamp)
            header.rejoin = Lockstep_Rejoin()
        case .finish(let stamp):
            header.mark(stamp)
            header.finish = Lockstep_Finish()
        }
        return bytes(of: header)
    }

    /// Marks a header as ours and serializes it.
    private static func bytes(of header: Lockstep_Header) -> HeaderBytes {
        var header = header
        header.magic = wireMagic
        do {
            return try header.serializedBytes()
        } catch {
            preconditionFailure("a header of plain numbers did not serialize: \(error)")
        }
    }
}

/// "LKST" as a number.
let wireMagic: UInt32 = 0x4C4B_5354

extension Lockstep_Header {
    fileprivate mutating func mark(_ stamp: RunStamp) {
        run = stamp.run
        generation = stamp.generation
    }
}

extension Lockstep_SealedLink {
    fileprivate init(_ offer: SealedLinkOffer) {
        self.init()
        port = UInt32(offer.port)
        id = Data(offer.id)
        keyToWorker = offer.keyToWorker.withUnsafeBytes { Data($0) }
        keyToCoordinator = offer.keyToCoordinator.withUnsafeBytes { Data($0) }
    }
}

extension Lockstep_Work {
    fileprivate init(_ work: Work) {
        self.init()
        switch work.round {
        case .step(let index):
            kind = .step
            self.index = UInt64(index)
        case .validation(let epochIndex):
            kind = .validation
            index = UInt64(epochIndex)
        case .test:
            kind = .test
        }
        level = UInt32(work.subtree.level)
        subtreeIndex = UInt64(work.subtree.index)
        version = UInt64(work.version)
    }
}
