import IDX
import Testing

@testable import MNIST

struct MNISTErrorTests {
    @Test func `says what was found, what was expected and what to do`() {
        #expect(
            "\(MNISTError.file(.wrongItemShape(file: "f", found: [27, 29], expected: [28, 28])))"
                == "f: images of 27×29 where 28×28 was expected; scale them and write the file again"
        )
        #expect(
            "\(MNISTError.labelOfNoClass(file: "f", index: 7, label: 30, classes: 0..<10))"
                == "f: label 30 at index 7 where 0 to 9 was expected; give --classes, or --first-label, "
                + "as the data set has them"
        )
    }

    @Test func `names all four files when one is missing`() {
        let sentence = "\(MNISTError.missingFile(folder: "d", name: "t10k-labels-idx1-ubyte"))"
        for name in [
            "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        ] {
            #expect(sentence.contains(name))
        }
    }
}
