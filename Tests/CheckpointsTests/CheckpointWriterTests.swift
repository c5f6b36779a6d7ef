import Foundation
import Synchronization
import TestTools
import Testing

@testable import Checkpoints

/// A local disk whose files cannot be made before the gate is open, and then perhaps not either.
private final class GatedFileSystem: FileSystem {
    private let local = LocalFileSystem()
    private let gate = DispatchSemaphore(value: 0)
    private let entered = DispatchSemaphore(value: 0)
    private let isOpen = Atomic<Bool>(false)
    private let isFull: Bool

    init(isFull: Bool = false) { self.isFull = isFull }

    /// Waits until a save stands before the gate.
    func waitForSave() { entered.wait() }

    func open() {
        isOpen.store(true, ordering: .sequentiallyConsistent)
        gate.signal()
    }

    func makeFolder(_ path: String) throws(CheckpointError) { try local.makeFolder(path) }

    func openFolder(_ path: String, followsLink: Bool) throws(CheckpointError) -> Int32 {
        try local.openFolder(path, followsLink: followsLink)
    }

    func createFile(_ name: String, in folder: OpenFolder) throws(CheckpointError) -> Int32 {
        entered.signal()
        if !isOpen.load(ordering: .sequentiallyConsistent) { gate.wait() }
        if isFull, name.contains("00000001") {
            throw .systemCall("open", path: folder.path(of: name), code: 28)
        }
        return try local.createFile(name, in: folder)
    }

    func write(
        _ bytes: ArraySlice<UInt8>,
        to file: Int32,
        path: String
    ) throws(CheckpointError) -> Int { try local.write(bytes, to: file, path: path) }

    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try local.synchronize(descriptor, path: path)
    }

    func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try local.close(descriptor, path: path)
    }

    func rename(
        _ name: String,
        to target: String,
        in folder: OpenFolder
    ) throws(CheckpointError) { try local.rename(name, to: target, in: folder) }

    func remove(_ name: String, in folder: OpenFolder) throws(CheckpointError) {
        try local.remove(name, in: folder)
    }

    func list(_ folder: OpenFolder) throws(CheckpointError) -> [String] { try local.list(folder) }

    func read(
        _ name: String,
        in folder: OpenFolder,
        followsLink: Bool,
        sizeMax: Int
    ) throws(CheckpointError) -> [UInt8] {
        try local.read(name, in: folder, followsLink: followsLink, sizeMax: sizeMax)
    }
}

extension CheckpointWriter {
    fileprivate func submit(_ checkpoint: Checkpoint, isRequired: Bool = false) {
        checkpoint.withBuffers { parameters, firstMoment, secondMoment in
            submit(
                checkpoint.metadata,
                parameters: parameters,
                slots: [firstMoment, secondMoment],
                isRequired: isRequired
            )
        }
    }
}

extension CheckpointWriter.Outcome {
    /// The outcome in a word and its step.
    fileprivate var text: String {
        switch self {
        case .saved(let step, _, _): "saved \(step)"
        case .failed(let step, _): "failed \(step)"
        case .superseded(let step): "superseded \(step)"
        case .otherFailed: "other failed"
        }
    }
}

@Suite struct CheckpointWriterTests {
    private func writer(
        _ folder: TemporaryFolder,
        _ fileSystem: any FileSystem
    ) -> (CheckpointWriter, CheckpointStore) {
        let store = CheckpointStore(
            folder: folder.path,
            keepCount: 9,
            table: smallTable,
            fileSystem: fileSystem
        )
        let writer = CheckpointWriter(
            store: store,
            table: smallTable,
            slotNames: ["adam.firstMoment", "adam.secondMoment"]
        )
        return (writer, store)
    }

    @Test func `tells of another file that cannot be written, and writes the checkpoint`() throws {
        let folder = try TemporaryFolder()
        let (writer, _) = writer(folder, LocalFileSystem())
        writer.writeFirst { () throws(CheckpointError) in
            throw .missingTensor(path: "best", name: "t")
        }
        writer.submit(sample(step: 1), isRequired: true)
        try writer.finish()
        #expect(writer.drainOutcomes().map(\.text) == ["other failed", "saved 1"])
    }

    @Test func `has everything submitted on the disk when it is finished`() throws {
        let folder = try TemporaryFolder()
        let (writer, store) = writer(folder, LocalFileSystem())
        for step in 1...3 {
            writer.submit(sample(step: step), isRequired: true)
            try writer.finish()
        }
        #expect(writer.drainOutcomes().map(\.text) == ["saved 1", "saved 2", "saved 3"])
        #expect(writer.drainOutcomes() == [])
        #expect(try store.newestValid()?.checkpoint == sample(step: 3))
        #expect(try folder.names().count == 3)
    }

    @Test func `copies the state, so that training may go on at once`() throws {
        let folder = try TemporaryFolder()
        let gated = GatedFileSystem()
        let (writer, store) = writer(folder, gated)
        var checkpoint = sample(step: 4)
        writer.submit(checkpoint)
        checkpoint.parameters[0] += 1
        gated.open()
        try writer.finish()
        #expect(try store.newestValid()?.checkpoint == sample(step: 4))
    }

    @Test func `writes the newest of those that wait while the disk is slow`() throws {
        let folder = try TemporaryFolder()
        let gated = GatedFileSystem()
        let (writer, store) = writer(folder, gated)
        writer.submit(sample(step: 1))
        gated.waitForSave()
        for step in 2...5 { writer.submit(sample(step: step)) }
        gated.open()
        try writer.finish()
        #expect(
            writer.drainOutcomes().map(\.text) == [
                "superseded 2", "superseded 3", "superseded 4", "saved 1", "saved 5",
            ]
        )
        #expect(try store.newestValid()?.checkpoint == sample(step: 5))
    }

    @Test func `gives up no required one for later ordinary ones`() throws {
        let folder = try TemporaryFolder()
        let gated = GatedFileSystem()
        let (writer, _) = writer(folder, gated)
        writer.submit(sample(step: 1))
        gated.waitForSave()
        writer.submit(sample(step: 2))
        writer.submit(sample(step: 3), isRequired: true)
        writer.submit(sample(step: 4))
        writer.submit(sample(step: 5))
        gated.open()
        try writer.finish()
        #expect(
            writer.drainOutcomes().map(\.text) == [
                "superseded 2", "superseded 4", "saved 1", "saved 3", "saved 5",
            ]
        )
    }

    @Test func `bounds what waits for a disk that hangs, and keeps the newest`() throws {
        let folder = try TemporaryFolder()
        let gated = GatedFileSystem()
        let (writer, _) = writer(folder, gated)
        writer.submit(sample(step: 1))
        gated.waitForSave()
        for step in 2...6 { writer.submit(sample(step: step), isRequired: true) }
        gated.open()
        try writer.finish()
        #expect(
            writer.drainOutcomes().map(\.text) == [
                "superseded 2", "superseded 3", "superseded 4", "saved 1", "saved 5", "saved 6",
            ]
        )
    }

    @Test func `tells two submissions of the same step apart`() throws {
        let folder = try TemporaryFolder()
        let gated = GatedFileSystem()
        let (writer, store) = writer(folder, gated)
        writer.submit(sample(step: 1))
        gated.waitForSave()
        writer.submit(sample(step: 2), isRequired: true)
        writer.submit(sample(step: 2))
        writer.submit(sample(step: 3))
        gated.open()
        try writer.finish()
        #expect(
            writer.drainOutcomes().map(\.text) == [
                "superseded 2", "saved 1", "saved 2", "saved 3",
            ]
        )
        #expect(try store.newestValid()?.checkpoint == sample(step: 3))
    }

    @Test func `reports a full disk as a value and tries the next one`() throws {
        let folder = try TemporaryFolder()
        let full = GatedFileSystem(isFull: true)
        full.open()
        let (writer, store) = writer(folder, full)
        writer.submit(sample(step: 1))
        let error = #expect(throws: CheckpointError.self) { try writer.finish() }
        #expect(error?.description.contains("free some space") == true)
        writer.submit(sample(step: 2))
        try writer.finish()
        #expect(writer.drainOutcomes().map(\.text) == ["failed 1", "saved 2"])
        #expect(try store.newestValid()?.checkpoint == sample(step: 2))
    }
}
