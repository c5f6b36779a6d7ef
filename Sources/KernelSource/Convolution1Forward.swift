internal import CKernelLanes

// Convolution 5×5, rectifier and 2×2 max-pooling in one pass: the four outputs under a pooling
// window, for several output channels, are the sums in registers, and only their maximum is
// written. Samples are in the lanes; taps of the filter whose pixels are zero in all of them are left
// out.

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
    init(_ top: Floats) {
        let bottom = top + 32 &* shardWidth
        topLeft = load(top)
        topRight = load(top + shardWidth)
        bottomLeft = load(bottom)
        bottomRight = load(bottom + shardWidth)
    }
}

/// The taps of the filter, bit 5·ky + kx for row ky and column kx.
private typealias Taps = UInt32

/// Adds what two of the first convolution's channels take from some taps under one window.
@_transparent
private func addTaps(
    _ taps: Taps,
    _ input: Floats,
    _ offsets: Integers,
    _ weights: Floats,
    _ a: inout WindowSums,
    _ b: inout WindowSums
) {
    var rest = taps
    while rest != 0 {
        let place = rest.trailingZeroBitCount
        rest &= rest &- 1
        let (tap, w) = (WindowTap(input + Int(offsets[place])), weights + place)
        a.add(broadcast(w[0]), tap)
        b.add(broadcast(w[25]), tap)
    }
}

/// Pools all six channels of one window: values and winners [6, 16].
@_transparent
private func convolveWindow(
    _ taps: Taps,
    _ input: Floats,
    _ offsets: Integers,
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
        var rest = taps
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest &- 1
            let (tap, w) = (WindowTap(input + Int(offsets[place])), weights + place)
            a.add(broadcast(w[0]), tap)
            b.add(broadcast(w[25]), tap)
            c.add(broadcast(w[50]), tap)
            d.add(broadcast(w[75]), tap)
            e.add(broadcast(w[100]), tap)
            f.add(broadcast(w[125]), tap)
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
            addTaps(taps, input, offsets, weights + pair &* 50, &a, &b)
            a.pool(values + pair &* 32, winner + pair &* 32)
            b.pool(values + (pair &* 32 &+ 16), winner + (pair &* 32 &+ 16))
        }
    #endif
}

/// For each row of the input but the last, the columns that have ink, or the next one has, in this
/// row or the next: what the four positions of a window meet with one tap.
@_transparent
private func mapTaps(_ ink: UnsafePointer<UInt32>, _ group: Int, _ rows: MutableIntegers) {
    for y in 0..<31 {
        let (upper, lower) = (ink + 2 &* y, ink + 2 &* (y &+ 1))
        #if KERNELS_AVX512
            let inked = upper[0] | upper[1] | lower[0] | lower[1]
        #else
            let inked = upper[group / 8] | lower[group / 8]
        #endif
        rows[y] = Int32(truncatingIfNeeded: inked | inked &>> 1)
    }
}

/// The taps of a window that meet ink.
@_transparent
private func tapsWithInk(_ rows: Integers, window x: Int) -> Taps {
    var taps: Taps = 0
    for ky in 0..<5 {
        let row = UInt32(truncatingIfNeeded: rows[ky])
        let inked = row &>> UInt32(truncatingIfNeeded: 2 &* x) & 31
        taps |= inked &<< UInt32(truncatingIfNeeded: 5 &* ky)
    }
    return taps
}

/// The first convolution: input [32, 32, 16], columns with ink as `mapInk` has them → output
/// [16, 14, 14, 8], winner [196, 6, 16].
///
/// A weight times a pixel of zero adds nothing: taps without ink are left out, unless a weight is
/// not finite. Scratch is 320 floats at a 64-byte boundary.
package func convolution1Forward(
    input: UnsafePointer<Float>,
    ink: UnsafePointer<UInt32>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    let leavingZeros = areFinite(weights, count: 150)
    // Two windows of channels, then the taps of rows, then where the input of each tap begins.
    let rows = UnsafeMutableRawPointer(scratch + 256).assumingMemoryBound(to: Int32.self)
    let offsets = rows + 32
    for tap in 0..<25 {
        offsets[tap] = Int32(truncatingIfNeeded: (tap / 5 &* 32 &+ tap % 5) &* shardWidth)
    }
    scratch.update(repeating: 0, count: 256)
    // Eight samples together, or as many as a vector holds.
    let groupWidth = max(laneCount, 8)
    var group = 0
    while group < shardWidth {
        mapTaps(ink, group, rows)
        for y in 0..<14 {
            for x in 0..<14 {
                let window = y &* 14 &+ x
                let taps = leavingZeros ? tapsWithInk(rows + 2 &* y, window: x) : 0x1FF_FFFF
                // Two windows, of eight channels each, make a row of a cache line.
                let values = scratch + x % 2 &* 128
                var lane = group
                while lane < group &+ groupWidth {
                    convolveWindow(
                        taps,
                        input + ((y &* 64 &+ 2 &* x) &* shardWidth &+ lane),
                        offsets,
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
