import Testing

@testable import Checkpoints

@Suite struct CheckpointNameTests {
    @Test func `reads back exactly the names it writes`() {
        #expect(CheckpointName(step: 500).text == "step-00000500.safetensors")
        for step in [0, 1, 99_999_999, 100_000_000, Int.max] {
            #expect(CheckpointName(text: CheckpointName(step: step).text)?.step == step)
        }
        let others = [
            "step-500.safetensors", "step-000000500.safetensors", "step--0000500.safetensors",
            "step-+0000500.safetensors", "step-00000500.safetensors.bak", "step-.safetensors",
            "", "step-99999999999999999999.safetensors", "xstep-00000500.safetensors",
        ]
        for name in others { #expect(CheckpointName(text: name) == nil, "\(name)") }
    }

    @Test func `orders by number, not by letters`() {
        #expect(CheckpointName(step: 99_999_999) < CheckpointName(step: 100_000_000))
    }

    @Test func `cuts a path into its folder and its name`() {
        let cases = [
            ("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b//", "/a", "b"),
            ("", ".", ""), ("/", "/", ""), ("./m.safetensors", ".", "m.safetensors"),
        ]
        for (path, folder, name) in cases {
            #expect(FilePathParts(path).folder == folder, "\(path)")
            #expect(FilePathParts(path).name == name, "\(path)")
        }
    }
}
