internal import CKernelLanes

// Convolution 5×5, rectifier and 2×2 max-pooling in one pass: the four outputs under a pooling
// window, for several output channels, are the sums in registers, and only their maximum is
// written. Samples are in the lanes; filter rows whose pixels are zero in all of them are left out.

/// The sums of one output channel at the four positions of one pooling window.
private struct WindowSums {
    var topLeft, topRight, bottomLeft, bottomRight: Lanes

    @_transparent
    init(_ bias: Lanes) {
        topLeft = bias
        topRight = topLeft
        bottomLeft = topLeft
        bottomRight = topLeft
    }

    @_transparent
    mutating func add(_ weight: Lanes, _ tap: WindowTap) {
        topLeft = multiplyAdd(weight, tap.topLeft, topLeft)
        topRight = multiplyAdd(weight, tap.topRight, topRight)
        bottomLeft = multiplyAdd(weight, tap.bottomLeft, bottomLeft)
        bottomRight = multiplyAdd(weight, tap.bottomRight, bottomRight)
    }

    @_transparent
    func pool(_ output: MutableFloats, _ winner: MutableIntegers) {
        poolWindow(topLeft, topRight, bottomLeft, bottomRight, output, winner)
    }
}

/// The four inputs that one weight meets under one pooling window.
private struct WindowTap {
    let topLeft, topRight, bottomLeft, bottomRight: Lanes

    @_transparent
    init(_ top: Floats, _ bottom: Floats) {
        topLeft = load(top)
        topRight = load(top + shardWidth)
        bottomLeft = load(bottom)
        bottomRight = load(bottom + shardWidth)
    }
}

/// Adds filter rows of two of the first convolution's channels under one window.
@_transparent
private func addRows(
    _ taps: InkedTaps,
    _ input: Floats,
    _ weights: Floats,
    _ a: inout WindowSums,
    _ b: inout WindowSums
) {
    for ky in taps.rows {
        let top = input + ky &* 32 &* shardWidth
        let bottom = top + 32 &* shardWidth
        let w = weights + ky &* 5
        for kx in taps.columns {
            let tap = WindowTap(top + kx &* shardWidth, bottom + kx &* shardWidth)
            a.add(broadcast(w[kx]), tap)
            b.add(broadcast(w[kx &+ 25]), tap)
        }
    }
}

/// Pools all six channels of one window: values and winners [6, 16].
@_transparent
private func convolveWindow(
    _ taps: InkedTaps,
    _ input: Floats,
    _ weights: Floats,
    _ bias: Floats,
    _ values: MutableFloats,
    _ winner: MutableIntegers
) {
    #if KERNELS_AVX512
        // 24 sums, four inputs and a weight: each input is loaded once.
        var (a, b) = (WindowSums(broadcast(bias[0])), WindowSums(broadcast(bias[1])))
        var (c, d) = (WindowSums(broadcast(bias[2])), WindowSums(broadcast(bias[3])))
        var (e, f) = (WindowSums(broadcast(bias[4])), WindowSums(broadcast(bias[5])))
        for ky in taps.rows {
            let top = input + ky &* 32 &* shardWidth
            let bottom = top + 32 &* shardWidth
            let w = weights + ky &* 5
            for kx in taps.columns {
                let tap = WindowTap(top + kx &* shardWidth, bottom + kx &* shardWidth)
                a.add(broadcast(w[kx]), tap)
                b.add(broadcast(w[kx &+ 25]), tap)
                c.add(broadcast(w[kx &+ 50]), tap)
                d.add(broadcast(w[kx &+ 75]), tap)
                e.add(broadcast(w[kx &+ 100]), tap)
                f.add(broadcast(w[kx &+ 125]), tap)
            }
        }
        a.pool(values, winner)
        b.pool(values + 16, winner + 16)
        c.pool(values + 32, winner + 32)
        d.pool(values + 48, winner + 48)
        e.pool(values + 64, winner + 64)
        f.pool(values + 80, winner + 80)
    #else
        for pair in 0..<3 {
            var a = WindowSums(broadcast(bias[2 &* pair]))
            var b = WindowSums(broadcast(bias[2 &* pair &+ 1]))
            addRows(taps, input, weights + pair &* 50, &a, &b)
            a.pool(values + pair &* 32, winner + pair &* 32)
            b.pool(values + (pair &* 32 &+ 16), winner + (pair &* 32 &+ 16))
        }
    #endif
}

/// The rows of the patch of a window that have ink of samples, a bit each.
@_transparent
private func inkedRows(_ ink: UnsafePointer<UInt16>, samples: UInt16) -> UInt32 {
    var inked: UInt32 = 0
    for row in 0..<6 {
        // 1 where a bit is set, without a branch, which would often be foretold wrongly.
        let isInked = (UInt32(ink[row &* 16] & samples) &+ 0xFFFF) &>> 16
        inked |= isInked &<< UInt32(truncatingIfNeeded: row)
    }
    return inked
}

/// What of a filter meets ink: from the first to the last row, and from the first to the last
/// column.
private struct InkedTaps {
    let rows, columns: Range<Int>

    /// All of them.
    @_transparent
    init() { (rows, columns) = (0..<5, 0..<5) }

    /// Takes the inked rows of a window's patch, and of those of two windows on each side.
    ///
    /// Neighbouring patches share four columns, the next but one two: where such a one has no ink,
    /// neither have these columns.
    @_transparent
    init(_ patch: UInt32, left: (UInt32, UInt32), right: (UInt32, UInt32)) {
        // A filter row meets two rows of the input, and a column two columns.
        let inked = (patch | patch &>> 1) & 31
        rows = inked == 0 ? 0..<0 : inked.trailingZeroBitCount..<(32 &- inked.leadingZeroBitCount)
        let first = left.0 == 0 ? 3 : left.1 == 0 ? 1 : 0
        let end = right.0 == 0 ? 2 : right.1 == 0 ? 4 : 5
        columns = first..<max(first, end)
    }
}

/// The first convolution: input [32, 32, 16], rows of patches with ink as `mapInk` has them →
/// output [16, 14, 14, 8], winner [196, 6, 16].
///
/// A weight times a pixel of zero adds nothing: rows and columns without ink are left out, unless a
/// weight is not finite. Scratch is [18, 16] at a 64-byte boundary.
package func convolution1Forward(
    input: UnsafePointer<Float>,
    ink: UnsafePointer<UInt16>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    let leavingZeros = areFinite(weights, count: 150)
    // The inked rows of a row of patches, and of two more on each side of which nothing is known.
    let inked = UnsafeMutableRawPointer(scratch + 256).assumingMemoryBound(to: UInt32.self) + 2
    (inked[-2], inked[-1], inked[14], inked[15]) = (63, 63, 63, 63)
    scratch.update(repeating: 0, count: 256)
    // Eight samples together, or as many as a vector holds.
    let groupWidth = max(laneCount, 8)
    var group = 0
    while group < shardWidth {
        let bits: UInt32 = ((1 &<< UInt32(truncatingIfNeeded: groupWidth)) &- 1)
        let samples = UInt16(truncatingIfNeeded: bits &<< UInt32(truncatingIfNeeded: group))
        for y in 0..<14 {
            for x in 0..<14 { inked[x] = inkedRows(ink + (y &* 32 &+ x), samples: samples) }
            for x in 0..<14 {
                let window = y &* 14 &+ x
                let taps =
                    leavingZeros
                    ? InkedTaps(
                        inked[x],
                        left: (inked[x &- 1], inked[x &- 2]),
                        right: (inked[x &+ 1], inked[x &+ 2])
                    ) : InkedTaps()
                // Two windows, of eight channels each, make a row of a cache line.
                let values = scratch + x % 2 &* 128
                var lane = group
                while lane < group &+ groupWidth {
                    convolveWindow(
                        taps,
                        input + ((y &* 64 &+ 2 &* x) &* shardWidth &+ lane),
                        weights,
                        bias,
                        values + lane,
                        winner + (window &* 96 &+ lane)
                    )
                    lane &+= laneCount
                }
                writeChannels(values, group, output, window)
            }
        }
        group &+= groupWidth
    }
}

/// Brings the channels of a window, [8, 16], to samples: with AVX-512 two windows at once, after the
/// second of them.
@_transparent
private func writeChannels(_ values: Floats, _ group: Int, _ output: MutableFloats, _ window: Int) {
    #if KERNELS_AVX512
        guard window % 2 == 1 else { return }
        let place = (window &- 1) &* positionStride
        transpose_16x16(values - 128, shardWidth, output + place, pooledSampleStride)
    #else
        var first = group
        while first < group &+ max(laneCount, 8) {
            let place = first &* pooledSampleStride &+ window &* positionStride
            transposeEight(values + first, from: 16, output + place, to: pooledSampleStride)
            first &+= 8
        }
    #endif
}
