import Testing

@testable import IDX

struct IDXErrorTests {
    @Test func `says what was found, what was expected and what to do`() {
        #expect(
            "\(IDXError.wrongMagic(file: "train-labels-idx1-ubyte", found: 0x803, expected: 0x801))"
                == "train-labels-idx1-ubyte: magic 0x00000803 where 0x00000801 was expected; "
                + "is this the image file?"
        )
        #expect(
            "\(IDXError.wrongMagic(file: "f", found: 0x3C21_444F, expected: 0x801))"
                == "f: magic 0x3c21444f where 0x00000801 was expected; is this an IDX file?"
        )
        #expect(
            "\(IDXError.wrongMagic(file: "f", found: 0xD01, expected: nil))"
                == "f: magic 0x00000d01 where 0x000008 and a count of dimensions was expected; "
                + "is this an IDX file?"
        )
        #expect(
            "\(IDXError.wrongItemShape(file: "f", found: [3, 4, 5], expected: [2, 2, 2]))"
                == "f: items of 3×4×5 where 2×2×2 was expected; scale them and write the file again"
        )
    }
}
