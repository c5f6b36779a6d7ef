internal import CKernelLanes

// Lists instead of zeros
//
// Max-pooling gives its gradient to one position of four, and the rectifier often to none. So the
// backward pass of the convolutions, and of the widest fully connected layer, first lists what is
// not zero, each gradient with the offset of what it is multiplied by, and then goes through the
// list: one loop without a branch that depends on data. The order of a list is a part of the
// algorithm, and each element of a sum goes in that order, whatever the vectors' width.
//
// What is left out is a product with zero, which adds nothing to a sum as long as both factors are
// finite. A kernel therefore looks first whether they are; where a number is NaN or infinite, as in
// a run that has diverged, it takes the zeros as well, and NaN comes out where naive loops have it.

/// Eight neighbouring floats, at any vector width: the channels of a position, or part of a row.
typealias Eight = SIMD8<Float>

/// The distances in [16, 14, 14, 8], the first convolution's output: six channels, then two unused
/// floats, so that the channels of a position are one aligned vector.
@_transparent var positionStride: Int { 8 }
@_transparent var pooledRowStride: Int { 14 * 8 }
@_transparent var pooledSampleStride: Int { 14 * 14 * 8 }

@_transparent
func loadEight(_ address: Floats) -> Eight {
    UnsafeRawPointer(address).loadUnaligned(as: Eight.self)
}

@_transparent
func loadEight(_ address: MutableFloats) -> Eight {
    UnsafeRawPointer(address).loadUnaligned(as: Eight.self)
}

@_transparent
func store(_ value: Eight, eight address: MutableFloats) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: Eight.self)
}

/// `gradient` where the rectified `output` is above zero, or NaN.
@_transparent
func openedEight(_ gradient: Eight, by output: Eight) -> Eight {
    let zero = Eight(repeating: 0)
    return gradient.replacing(with: zero, where: output .<= zero)
}

/// A bit for each lane, the first one's the lowest.
@_transparent var everyLane: UInt32 { (1 &<< UInt32(laneCount)) &- 1 }

/// Which lanes are not zero, as NaN is not.
@_transparent
func nonzeroLanes(_ value: Lanes) -> UInt32 {
    #if KERNELS_AVX512
        nonzero_bits_16(value)
    #elseif KERNELS_AVX2
        nonzero_bits_8(value)
    #else
        nonzero_bits_4(value)
    #endif
}

/// Appends the lanes of `bits` to a list of values and of offsets, and overwrites less than a
/// vector behind them.
@_transparent
func append(
    _ value: Lanes,
    _ offset: IntegerLanes,
    _ bits: UInt32,
    to values: MutableFloats,
    _ offsets: MutableIntegers,
    _ count: inout Int
) {
    count &+= append_lanes(value, offset, bits, values + count, offsets + count)
}

/// Exchanges row and column of 8×8: of the rows those from `rowCount` on are taken to be zero, and of
/// the columns those from `columnCount` on are not written.
@_transparent
func transposeEight(
    _ rows: Floats,
    from: Int,
    rowCount: Int = 8,
    _ columns: MutableFloats,
    to: Int,
    columnCount: Int = 8
) {
    transpose_8x8(rows, from, rowCount, columns, to, columnCount)
}

/// The offset of a window's winner, 0 to 3, from its first position, where positions are `right`
/// and `down` apart.
@_transparent
func winnerOffset(_ winner: IntegerLanes, right: Int32, down: Int32) -> IntegerLanes {
    // right·(w mod 2) + down·(w div 2) = right·w + (down − 2·right)·(w div 2).
    winner &* IntegerLanes(repeating: right)
        &+ (winner &>> IntegerLanes(repeating: 1)) &* IntegerLanes(repeating: down &- 2 &* right)
}

/// The first `laneCount` of 0, 1, 2 and so on.
@_transparent var laneNumbers: IntegerLanes {
    #if KERNELS_AVX512
        IntegerLanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    #elseif KERNELS_AVX2
        IntegerLanes(0, 1, 2, 3, 4, 5, 6, 7)
    #else
        IntegerLanes(0, 1, 2, 3)
    #endif
}
