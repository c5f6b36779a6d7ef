import Testing

@testable import MNIST

struct MNISTErrorTests {
    @Test func `says what was found, what was expected and what to do`() {
        #expect(
            "\(MNISTError.wrongMagic(file: "train-labels-idx1-ubyte", found: 0x803, expected: 0x801))"
                == "train-labels-idx1-ubyte: magic 0x00000803 where 0x00000801 was expected; "
                + "is this the image file?"
        )
        #expect(
            "\(MNISTError.wrongMagic(file: "f", found: 0x3C21_444F, expected: 0x801))"
                == "f: magic 0x3c21444f where 0x00000801 was expected; is this an IDX file?"
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
