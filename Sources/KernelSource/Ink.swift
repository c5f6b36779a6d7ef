/// Finds which samples have ink where: input [32, 32, 16] → rows of patches [32, 16], windows [14,
/// 16], a bit for each sample.
///
/// Of a row y of the input, bit s of element x, x below 14, says whether sample s has a pixel that
/// is not zero among 2x to 2x + 5; of a window, whether it has one in its patch of 6×6.
package func mapInk(
    input: UnsafePointer<Float>,
    rows: UnsafeMutablePointer<UInt16>,
    windows: UnsafeMutablePointer<UInt16>
) {
    for y in 0..<32 {
        let row = rows + y &* 16
        var (before, last): (UInt32, UInt32) = (0, 0)
        // Two columns make a pair; three pairs are the width of a patch.
        for pair in 0..<16 {
            let ink = inkOfPair(input + (y &* 32 &+ 2 &* pair) &* shardWidth)
            if pair >= 2 {
                row[pair &- 2] = UInt16(truncatingIfNeeded: before | last | ink)
            }
            (before, last) = (last, ink)
        }
        row[14] = 0
        row[15] = 0
    }
    for y in 0..<14 {
        let row = UnsafeRawPointer(rows + y &* 32)
        var ink = SIMD16<UInt16>(repeating: 0)
        for below in 0..<6 {
            ink |= row.loadUnaligned(fromByteOffset: below &* 32, as: SIMD16<UInt16>.self)
        }
        UnsafeMutableRawPointer(windows + y &* 16).storeBytes(of: ink, as: SIMD16<UInt16>.self)
    }
}

/// Which samples have ink in one of two neighbouring pixels.
@_transparent
private func inkOfPair(_ input: Floats) -> UInt32 {
    var ink: UInt32 = 0
    var lane = 0
    while lane < shardWidth {
        let bits =
            nonzeroLanes(load(input + lane)) | nonzeroLanes(load(input + (shardWidth &+ lane)))
        ink |= bits &<< UInt32(truncatingIfNeeded: lane)
        lane &+= laneCount
    }
    return ink
}
