/// The sums of one filter row, five positions of eight channels.
private struct TapRow {
    #if KERNELS_AVX512
        var a, b: Lanes
        var c: Eight

        @_transparent
        init() {
            a = Lanes(repeating: 0)
            b = a
            c = Eight(repeating: 0)
        }

        @_transparent
        mutating func add(_ g: Float, _ x: Floats) {
            a = multiplyAdd(broadcast(g), load(x), a)
            b = multiplyAdd(broadcast(g), load(x + 16), b)
            c = c.addingProduct(Eight(repeating: g), loadEight(x + 32))
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a, address)
            store(b, address + 16)
            store(c, eight: address + 32)
        }
    #else
        var a, b, c, d, e: Eight

        @_transparent
        init() {
            a = Eight(repeating: 0)
            (b, c, d, e) = (a, a, a, a)
        }

        @_transparent
        mutating func add(_ g: Float, _ x: Floats) {
            let factor = Eight(repeating: g)
            a.addProduct(factor, loadEight(x))
            b.addProduct(factor, loadEight(x + 8))
            c.addProduct(factor, loadEight(x + 16))
            d.addProduct(factor, loadEight(x + 24))
            e.addProduct(factor, loadEight(x + 32))
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a, eight: address)
            store(b, eight: address + 8)
            store(c, eight: address + 16)
            store(d, eight: address + 24)
            store(e, eight: address + 32)
        }
    #endif
}

/// Goes through a list of one output channel: sums [25, 8].
@_transparent
private func addList(
    _ values: Floats,
    _ offsets: Integers,
    count: Int,
    _ input: Floats,
    _ sums: MutableFloats
) {
    var (r0, r1, r2) = (TapRow(), TapRow(), TapRow())
    #if !KERNELS_AVX2
        var (r3, r4) = (TapRow(), TapRow())
        for index in 0..<count {
            let (g, x) = (values[index], input + Int(offsets[index]))
            r0.add(g, x)
            r1.add(g, x + pooledRowStride)
            r2.add(g, x + 2 &* pooledRowStride)
            r3.add(g, x + 3 &* pooledRowStride)
            r4.add(g, x + 4 &* pooledRowStride)
        }
    #else
        // Sixteen registers hold three rows, then two.
        for index in 0..<count {
            let (g, x) = (values[index], input + Int(offsets[index]))
            r0.add(g, x)
            r1.add(g, x + pooledRowStride)
            r2.add(g, x + 2 &* pooledRowStride)
        }
        var (r3, r4) = (TapRow(), TapRow())
        for index in 0..<count {
            let (g, x) = (values[index], input + Int(offsets[index]))
            r3.add(g, x + 3 &* pooledRowStride)
            r4.add(g, x + 4 &* pooledRowStride)
        }
    #endif
    r3.write(sums + 120)
    r4.write(sums + 160)
    r0.write(sums)
    r1.write(sums + 40)
    r2.write(sums + 80)
}

/// Lists the gradients of one output channel, sample by sample, window by window, each with where
/// its inputs begin.
///
/// Without `leavingZeros`, each window gives four: its gradient at the winner, and three zeros.
@_transparent
private func listChannel(
    _ gradient: Floats,
    _ winner: Integers,
    _ windowOffsets: Integers,
    leavingZeros: Bool,
    _ values: MutableFloats,
    _ offsets: MutableIntegers
) -> Int {
    var count = 0
    for sample in 0..<16 {
        let start = IntegerLanes(repeating: Int32(truncatingIfNeeded: sample &* pooledSampleStride))
        var window = 0
        while window < 25 {
            // The last vector overlaps the one before it, of which it takes nothing again.
            let first = min(window, 25 &- laneCount)
            let new = (everyLane &<< UInt32(truncatingIfNeeded: window &- first)) & everyLane
            let g = load(gradient + (sample &* 400 &+ first))
            let index = load(winner + (sample &* 400 &+ first))
            let origin = load(windowOffsets + first) &+ start
            if leavingZeros {
                let offset = origin &+ winnerOffset(index, right: 8, down: 112)
                append(g, offset, nonzeroLanes(g) & new, to: values, offsets, &count)
            } else {
                for position in 0..<4 {
                    let place = IntegerLanes(repeating: Int32(truncatingIfNeeded: position))
                    let part = Lanes(repeating: 0).replacing(with: g, where: index .== place)
                    let offset = origin &+ winnerOffset(place, right: 8, down: 112)
                    append(part, offset, new, to: values, offsets, &count)
                }
            }
            window &+= laneCount
        }
    }
    return count
}

/// Sums the gradients by windows [16, 5, 5, 16] of each output channel: those of a sample one after
/// the other, then the samples by a tree, neighbour with neighbour, as `laneSums` does.
@_transparent
private func biasSums(_ gradient: Floats, _ sums: MutableFloats, _ bias: MutableFloats) {
    var lane = 0
    while lane < 16 {
        for sample in 0..<16 {
            var sum = Lanes(repeating: 0)
            for window in 0..<25 {
                sum += load(gradient + (sample &* 400 &+ window &* 16 &+ lane))
            }
            store(sum, sums + (sample &* 16 &+ lane))
        }
        var width = 8
        while width > 0 {
            for index in 0..<width {
                let pair = sums + (index &* 32 &+ lane)
                store(load(pair) + load(pair + 16), sums + (index &* 16 &+ lane))
            }
            width /= 2
        }
        store(load(sums + lane), bias + lane)
        lane &+= laneCount
    }
}

/// The weight and bias gradients of the second convolution, and its pooled gradient by windows for
/// the input gradient.
///
/// input [16, 14, 14, 8], pooled gradient [16, 16, 5, 5] by channels, winner of the same shape →
/// gradient by windows [16, 5, 5, 16], weight gradient [16, 6, 5, 5], bias gradient [16]. Each
/// weight's sum goes over the samples, and in a sample over the windows, of those whose gradient is
/// not zero. Scratch is 3,600 floats at a 64-byte boundary.
package func convolution2WeightGradient(
    input: UnsafePointer<Float>,
    pooledGradient: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    scratch: UnsafeMutablePointer<Float>,
    windowGradient: UnsafeMutablePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>
) {
    windowsOfChannels(channels: pooledGradient, windows: windowGradient)
    biasSums(windowGradient, scratch, biasGradient)
    let leavingZeros = areFinite(input, count: 16 * pooledSampleStride)
    let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int32.self)
    // The sums, where the windows begin, then the lists of at most 1,600.
    let (sums, windowOffsets) = (scratch, integers + 200)
    let (values, offsets) = (scratch + 240, integers + 1_920)
    for y in 0..<5 {
        for x in 0..<5 { windowOffsets[y &* 5 &+ x] = Int32(y &* 224 &+ x &* 16) }
    }
    for o in 0..<16 {
        let count = listChannel(
            pooledGradient + o &* 25,
            winner + o &* 25,
            windowOffsets,
            leavingZeros: leavingZeros,
            values,
            offsets
        )
        addList(values, offsets, count: count, input, sums)
        let target = weightGradient + o &* 150
        for tap in 0..<25 {
            for channel in 0..<6 { target[channel &* 25 &+ tap] = sums[tap &* 8 &+ channel] }
        }
    }
}
