import Foundation
import Safetensors

/// Writes tensors to a file and reads them back: `swift run tensors a.safetensors`.
@main enum Tensors {
    static func main() throws {
        let path = CommandLine.arguments.dropFirst().first ?? "example.safetensors"
        let written = SafetensorsFile.encode(
            metadata: ["about": "an example"],
            floats: [
                (name: "layer.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
                (name: "layer.bias", shape: [2], values: [0.5, -0.5]),
            ]
        )
        try Data(written).write(to: URL(filePath: path))

        do {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            let file = try SafetensorsFile(decoding: bytes, path: path)
            print("about:", file.metadata["about"] ?? "nothing")
            for tensor in file.tensors {
                print(tensor.name, tensor.dataType.rawValue, tensor.shape, terminator: "")
                print("", tensor.dataType == .f32 ? "\(file.floats(of: tensor))" : "")
            }
            _ = try SafetensorsFile(decoding: Array(bytes.dropLast()), path: "cut.safetensors")
        } catch let error as SafetensorsError {
            print(error)
        }
    }
}
