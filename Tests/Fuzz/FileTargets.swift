import Checkpoints
import Configuration
import Foundation
import IDX
import ImageFiles
import Keys
import MNIST
import Safetensors

/// What is read from files.
extension FuzzTarget {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: path)))
    }

    private static func pictures() throws -> [[UInt8]] {
        let folder = "Tests/ImageFilesTests/Fixtures"
        let names = try FileManager.default
            .contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
        return try names.filter { name in
            PictureFormat.endings.contains { name.hasSuffix("." + $0) }
        }.map { try bytes("\(folder)/\($0)") }
    }

    static var idx: FuzzTarget {
        let head: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]
        let images = head + (0..<2 * 784).map { UInt8(truncatingIfNeeded: $0) }
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 3, 9]
        return FuzzTarget(name: "idx", corpus: [labels, images]) { bytes in
            let damaged = IDXFile(name: "damaged", bytes: bytes)
            _ = try? LabeledImages(images: damaged, labels: IDXFile(name: "l", bytes: labels))
            _ = try? LabeledImages(images: IDXFile(name: "i", bytes: images), labels: damaged)
            _ = try? IDXImages(damaged)
            guard let array = try? IDXArray(damaged) else { return }
            check(array.count * array.itemSize == array.bytes.count, "an array of other bytes")
        }
    }

    static func gzip() throws -> FuzzTarget {
        let whole = try bytes("Sources/MNIST/Resources/t10k-labels-idx1-ubyte.gz")
        return FuzzTarget(name: "gzip", corpus: [whole, Array(whole.prefix(600))]) { bytes in
            let inflater = GzipInflater(bytes)
            withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
                while let count = try? inflater.read(into: buffer), count == buffer.count {}
            }
        }
    }

    static var safetensors: FuzzTarget {
        let floats: [Float] = [1, 2, 3, 4, 5, 6]
        let file = floats.withUnsafeBytes { bytes in
            SafetensorsFile.encode(
                metadata: ["format": "1", "name": "a \"quoted\" one"],
                tensors: [
                    TensorView(name: "a", shape: [2, 2], bytes: .init(rebasing: bytes[..<16])),
                    TensorView(name: "b", shape: [2], bytes: .init(rebasing: bytes[16...])),
                ]
            )
        }
        return FuzzTarget(name: "safetensors", corpus: [file]) { bytes in
            guard let read = try? SafetensorsFile(decoding: bytes, path: "f") else { return }
            read.withData { data in
                for tensor in read.tensors {
                    check(tensor.range.upperBound <= data.count, "a tensor beyond the data")
                }
            }
        }
    }

    static func picture() throws -> FuzzTarget {
        FuzzTarget(name: "picture", corpus: try pictures()) { bytes in
            guard let digit = try? DigitImage.decode(bytes, name: "p") else { return }
            check(digit.pixels.count == 784, "\(digit.pixels.count) pixels")
        }
    }

    static func orientation() throws -> FuzzTarget {
        let jpegs = try pictures().filter { $0.starts(with: [0xFF, 0xD8]) }.map {
            Array($0.prefix(120))
        }
        let webp = try bytes("Tests/ImageFilesTests/Fixtures/orientation-6.webp")
        return FuzzTarget(name: "orientation", corpus: jpegs + [webp]) {
            _ = PictureOrientation(of: $0)
            _ = PictureOrientation(ofPNG: $0)
            _ = PictureOrientation(ofWebP: $0)
        }
    }

    static var yaml: FuzzTarget {
        let whole = RunConfiguration.yamlText(of: RunConfiguration())
        let texts = [whole, "seed: 7\nepochs: 2\n", "&a [*a]\n", "batchSize: 64 # images\n"]
        return FuzzTarget(name: "yaml", corpus: texts.map { Array($0.utf8) }) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? RunConfiguration.resolve(
                commandLine: [:],
                environment: [:],
                yaml: (text: text, file: "f")
            )
        }
    }

    static var keys: FuzzTarget {
        let key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
        let texts = [
            "public \(key)\nsecret \(key)\n", "coordinator \(key)\npublic \(key)\nsecret \(key)\n",
            "# workers\na \(key)\nb-1 \(key)\n",
            "lockstep-join-" + String(repeating: "0123456789abcdef", count: 8),
        ]
        return FuzzTarget(name: "keys", corpus: texts.map { Array($0.utf8) }) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? CoordinatorKey(text: text, place: "f")
            _ = try? WorkerKey(text: text, place: "f")
            _ = try? WorkerList(text: text, place: "f")
            if let invitation = try? Invitation(token: text, place: "f") {
                check(invitation.token == text, "a token is not its own spelling")
            }
        }
    }
}
