internal import CKernelLanes

private typealias Row = SIMD16<UInt16>

/// Finds what has ink, which is what is not zero: input [32, 32, 16] → columns [32, 2], windows
/// [14, 16].
///
/// Of a row of the input, bit x of the first of its two words says whether one of samples 0 to 7 has
/// ink in column x, and of the second, whether one of samples 8 to 15 has. Of a window, bit s says
/// whether sample s has ink in its patch of 6×6. Behind the windows there is room for 1,024 in all,
/// which is overwritten.
package func mapInk(
    input: UnsafePointer<Float>,
    columns: UnsafeMutablePointer<UInt32>,
    windows: UnsafeMutablePointer<UInt16>
) {
    // The samples that have ink in each pixel, then in each row of a patch, then in each patch.
    for pixel in 0..<1_024 {
        windows[pixel] = UInt16(truncatingIfNeeded: inkOfPixel(input + pixel &* shardWidth))
    }
    for y in 0..<32 {
        let row = windows + y &* 32
        let (left, right) = (load(row), load(row + 16))
        columns[2 &* y] = inkedPixels(left, right, of: 0x00FF)
        columns[2 &* y &+ 1] = inkedPixels(left, right, of: 0xFF00)
        var (before, last) = (row[0] | row[1], row[2] | row[3])
        for x in 0..<14 {
            let next = row[2 &* x &+ 4] | row[2 &* x &+ 5]
            row[x] = before | last | next
            (before, last) = (last, next)
        }
        (row[14], row[15]) = (0, 0)
    }
    for y in 0..<14 {
        let rows = windows + 2 &* y &* 32
        var ink = load(rows)
        for below in 1..<6 { ink |= load(rows + below &* 32) }
        UnsafeMutableRawPointer(windows + y &* 16).storeBytes(of: ink, as: Row.self)
    }
}

/// Which of 32 pixels have ink of some samples.
@_transparent
private func inkedPixels(_ left: Row, _ right: Row, of samples: UInt16) -> UInt32 {
    let mask = Row(repeating: samples)
    return nonzero_bits_of_words(left & mask) | nonzero_bits_of_words(right & mask) &<< 16
}

/// Which samples have ink in a pixel.
@_transparent
private func inkOfPixel(_ input: Floats) -> UInt32 {
    var ink: UInt32 = 0
    var lane = 0
    while lane < shardWidth {
        ink |= nonzeroLanes(load(input + lane)) &<< UInt32(truncatingIfNeeded: lane)
        lane &+= laneCount
    }
    return ink
}

@_transparent
private func load(_ address: UnsafeMutablePointer<UInt16>) -> Row {
    UnsafeRawPointer(address).loadUnaligned(as: Row.self)
}
