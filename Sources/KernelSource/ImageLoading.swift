internal import CKernelLanes

/// Brings a shard's pixels into the lanes: bytes of `count` samples → pixels [28, 28, 16].
///
/// `samples` points at the first pixel of the first sample; the others follow `stride` bytes apart,
/// at any alignment. The lanes of absent samples become zero. `scratch` is [32, 16] at a 64-byte
/// boundary.
package func loadPixels(
    samples: UnsafePointer<UInt8>,
    stride: Int,
    count: Int,
    scratch: UnsafeMutablePointer<Float>,
    pixels: UnsafeMutablePointer<Float>
) {
    let first = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: SIMD16<UInt8>.self)
    let second = first + 16
    for block in 0..<49 {
        for row in 0..<16 {
            first[row] =
                row < count
                ? UnsafeRawPointer(samples + (row &* stride &+ block &* 16)).loadUnaligned(
                    as: SIMD16<UInt8>.self
                )
                : SIMD16<UInt8>(repeating: 0)
        }
        unshuffle(first, second)
        unshuffle(second, first)
        unshuffle(first, second)
        unshuffle(second, first)
        let target = UnsafeMutableRawPointer(pixels + block &* 256)
        for row in 0..<16 {
            target.storeBytes(
                of: floats_of_bytes(first[row]),
                toByteOffset: row &* 64,
                as: SIMD16<Float>.self
            )
        }
    }
}

/// One round of the transposition of `Transposition.swift`, on bytes.
@_transparent
private func unshuffle(
    _ source: UnsafePointer<SIMD16<UInt8>>,
    _ target: UnsafeMutablePointer<SIMD16<UInt8>>
) {
    for row in 0..<8 {
        let (a, b) = (source[2 &* row], source[2 &* row &+ 1])
        target[row] = SIMD16(lowHalf: a.evenHalf, highHalf: b.evenHalf)
        target[row &+ 8] = SIMD16(lowHalf: a.oddHalf, highHalf: b.oddHalf)
    }
}

/// Puts the image into the middle of the input: pixels [28, 28, 16] → input [32, 32, 16].
///
/// The border of two is not written: it must be zero already.
package func padImages(
    pixels: UnsafePointer<Float>,
    input: UnsafeMutablePointer<Float>,
    isScaled: Bool
) {
    for y in 0..<28 {
        let source = pixels + y &* 28 &* shardWidth
        let target = input + ((y &+ 2) &* 32 &+ 2) &* shardWidth
        var offset = 0
        while offset < 28 &* shardWidth {
            let value = load(source + offset)
            store(isScaled ? unit(value) : value, target + offset)
            offset &+= laneCount
        }
    }
}

/// Resizes the image bilinearly: pixels [28, 28, 16] → input [32, 32, 16].
///
/// Half-pixel centres without antialiasing, as `tf.image.resize` has it: output x reads at (x +
/// ½)·28/32 − ½, clamped at the edges. These positions are multiples of 1/16 and pixels are bytes,
/// so the interpolation is exact in fp32.
package func resizeImages(
    pixels: UnsafePointer<Float>,
    input: UnsafeMutablePointer<Float>,
    isScaled: Bool
) {
    for y in 0..<32 {
        let (top, bottom, downward) = interpolation(y)
        for x in 0..<32 {
            let (left, right, rightward) = interpolation(x)
            var lane = 0
            while lane < shardWidth {
                let a = load(pixels + ((top &* 28 &+ left) &* shardWidth &+ lane))
                let b = load(pixels + ((top &* 28 &+ right) &* shardWidth &+ lane))
                let c = load(pixels + ((bottom &* 28 &+ left) &* shardWidth &+ lane))
                let d = load(pixels + ((bottom &* 28 &+ right) &* shardWidth &+ lane))
                let above = multiplyAdd(b - a, broadcast(rightward), a)
                let below = multiplyAdd(d - c, broadcast(rightward), c)
                let value = multiplyAdd(below - above, broadcast(downward), above)
                store(
                    isScaled ? unit(value) : value,
                    input + ((y &* 32 &+ x) &* shardWidth &+ lane)
                )
                lane &+= laneCount
            }
        }
    }
}

/// The two pixels between which output `index` lies, and how far it is from the first to the
/// second.
@_transparent
private func interpolation(_ index: Int) -> (lower: Int, upper: Int, fraction: Float) {
    // (index + ½)·7/8 − ½ = (14·index − 1)/16.
    let sixteenths = 14 &* index &- 1
    let floor = sixteenths >> 4
    let fraction = Float(sixteenths &- floor &* 16) / 16
    return (max(floor, 0), min(floor &+ 1, 27), fraction)
}

/// value / 255, correctly rounded for every value that a byte or an interpolation between bytes
/// gives.
///
/// One Newton step on the quotient (Markstein 1990): a division takes ten times as long.
@_transparent
private func unit(_ value: Lanes) -> Lanes {
    let reciprocal = broadcast(1 / 255)
    let quotient = value * reciprocal
    let remainder = multiplyAdd(quotient, broadcast(-255), value)
    return multiplyAdd(remainder, reciprocal, quotient)
}
