import IDX
import Testing

@testable import MNIST

struct NumpyDatasetTests {
    private func little(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// CRC-32, bit by bit.
    private func checksum(_ bytes: [UInt8]) -> Int {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return Int(~value)
    }

    private func array(_ type: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.utf8.count, 2)
            + Array(header.utf8) + data
    }

    /// An archive whose members are stored as they are.
    private func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var (file, list) = ([UInt8](), [UInt8]())
        for (name, bytes) in members {
            let name = Array((name + ".npy").utf8)
            let sizes =
                little(checksum(bytes), 4) + little(bytes.count, 4) + little(bytes.count, 4)
                + little(name.count, 2) + [0, 0]
            list += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes
            list += [UInt8](repeating: 0, count: 10) + little(file.count, 4) + name
            file += [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes + name + bytes
        }
        let end = little(members.count, 2) + little(list.count, 4) + little(file.count, 4) + [0, 0]
        return file + list + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(members.count, 2) + end
    }

    private var members: [(name: String, bytes: [UInt8])] {
        let pixels = [UInt8](repeating: 1, count: 784) + [UInt8](repeating: 2, count: 784)
        return [
            ("x_test", array("|u1", "(1, 28, 28)", Array(pixels[784...]))),
            ("y_test", array("|u1", "(1,)", [4])),
            ("x_train", array("|u1", "(2, 28, 28)", pixels)),
            ("y_train", array("<i8", "(2,)", little(3, 8) + little(9, 8))),
        ]
    }

    private func read(_ bytes: [UInt8]) throws(ArchiveError) -> NumpyDataset {
        try NumpyDataset(IDXFile(name: "f", bytes: bytes))
    }

    @Test func `reads the arrays of Keras's archive`() throws {
        let dataset = try read(archive(members))
        #expect(dataset.training.labels == [3, 9])
        #expect(dataset.training.pixels[783...784] == [1, 2])
        #expect(dataset.test.labels == [4])
    }

    @Test func `answers every cut and every flipped bit with an error or what is there`() throws {
        let whole = archive(members)
        let dataset = try read(whole)
        for count in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: ArchiveError.self, "cut to \(count)") {
                try read(Array(whole[..<count]))
            }
        }
        for index in stride(from: 0, to: whole.count, by: 11) {
            var damaged = whole
            damaged[index] ^= 1 << (index % 8)
            if let found = try? read(damaged) { #expect(found == dataset, "bit at \(index)") }
        }
    }

    @Test func `says which arrays and which kinds it needs`() {
        var fewer = members
        fewer.removeLast()
        let found = ["x_test", "y_test", "x_train"]
        #expect(
            throws: ArchiveError.missingArray(
                file: "f",
                expected: "x_train, y_train, x_test, y_test",
                found: found
            )
        ) { try read(archive(fewer)) }
        var other = members
        other[1].bytes = array("<f4", "(1,)", [0, 0, 0, 0])
        let error = #expect(throws: ArchiveError.self) { try read(archive(other)) }
        #expect("\(error!)".contains("y_test is <f4"), "\(error!)")
    }
}
