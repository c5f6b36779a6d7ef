/// One row of a patch, six positions of eight channels.
private struct PatchRow {
    #if KERNELS_AVX512
        var a, b, c: Lanes

        @_transparent
        init(_ address: MutableFloats) {
            a = load(address)
            b = load(address + 16)
            c = load(address + 32)
        }

        @_transparent
        mutating func add(_ g: Float, _ w: Floats) {
            let factor = broadcast(g)
            a = multiplyAdd(factor, load(w), a)
            b = multiplyAdd(factor, load(w + 16), b)
            c = multiplyAdd(factor, load(w + 32), c)
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a, address)
            store(b, address + 16)
            store(c, address + 32)
        }
    #else
        var a, b, c, d, e, f: Eight

        @_transparent
        init(_ address: MutableFloats) {
            a = loadEight(address)
            b = loadEight(address + 8)
            c = loadEight(address + 16)
            d = loadEight(address + 24)
            e = loadEight(address + 32)
            f = loadEight(address + 40)
        }

        @_transparent
        mutating func add(_ g: Float, _ w: Floats) {
            let factor = Eight(repeating: g)
            a.addProduct(factor, loadEight(w))
            b.addProduct(factor, loadEight(w + 8))
            c.addProduct(factor, loadEight(w + 16))
            d.addProduct(factor, loadEight(w + 24))
            e.addProduct(factor, loadEight(w + 32))
            f.addProduct(factor, loadEight(w + 40))
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a, eight: address)
            store(b, eight: address + 8)
            store(c, eight: address + 16)
            store(d, eight: address + 24)
            store(e, eight: address + 32)
            store(f, eight: address + 40)
        }
    #endif
}

/// Floats of a row, and of an output channel, of the weights with their border.
@_transparent private var borderedRowStride: Int { 7 * 8 }
@_transparent private var borderedFilterSize: Int { 7 * 7 * 8 }

/// The rows of a patch whose sums are in registers at once.
@_transparent private var rowsAtOnce: Int { laneCount == 16 ? 6 : 2 }

/// Adds what one window gives to `rowsAtOnce` rows of its patch.
@_transparent
private func addWindow(
    _ values: Floats,
    _ offsets: Integers,
    _ range: Range<Int>,
    _ weights: Floats,
    _ patch: MutableFloats
) {
    var r0 = PatchRow(patch)
    var r1 = PatchRow(patch + pooledRowStride)
    #if KERNELS_AVX512
        var r2 = PatchRow(patch + 2 &* pooledRowStride)
        var r3 = PatchRow(patch + 3 &* pooledRowStride)
        var r4 = PatchRow(patch + 4 &* pooledRowStride)
        var r5 = PatchRow(patch + 5 &* pooledRowStride)
    #endif
    for index in range {
        let (g, w) = (values[index], weights + Int(offsets[index]))
        r0.add(g, w)
        r1.add(g, w + borderedRowStride)
        #if KERNELS_AVX512
            r2.add(g, w + 2 &* borderedRowStride)
            r3.add(g, w + 3 &* borderedRowStride)
            r4.add(g, w + 4 &* borderedRowStride)
            r5.add(g, w + 5 &* borderedRowStride)
        #endif
    }
    r0.write(patch)
    r1.write(patch + pooledRowStride)
    #if KERNELS_AVX512
        r2.write(patch + 2 &* pooledRowStride)
        r3.write(patch + 3 &* pooledRowStride)
        r4.write(patch + 4 &* pooledRowStride)
        r5.write(patch + 5 &* pooledRowStride)
    #endif
}

/// Lists one window's gradients, output channel by output channel, each with where the weights of
/// its patch begin.
@_transparent
private func listWindow(
    _ gradient: Floats,
    _ winner: Integers,
    _ values: MutableFloats,
    _ offsets: MutableIntegers,
    _ count: inout Int
) {
    var lane = 0
    while lane < 16 {
        let g = load(gradient + lane)
        // The further the winner is to the right or down, the later the filter begins.
        let begin = IntegerLanes(repeating: Int32(borderedRowStride &+ 8))
        let filter =
            (laneNumbers &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: lane)))
            &* IntegerLanes(repeating: Int32(borderedFilterSize))
        let offset =
            filter &+ begin
            &- winnerOffset(load(winner + lane), right: 8, down: Int32(borderedRowStride))
        append(g, offset, nonzeroLanes(g), to: values, offsets, &count)
        lane &+= laneCount
    }
}

/// Adds what a sample's windows give: windows from the last row to the first, in a row from left to
/// right, in a window by output channel.
@_transparent
private func addSample(
    _ gradient: Floats,
    _ winner: Integers,
    _ weights: Floats,
    _ inputGradient: MutableFloats,
    _ values: MutableFloats,
    _ offsets: MutableIntegers,
    _ ends: MutableIntegers
) {
    var count = 0
    for window in 0..<25 {
        let place = window &* 16
        listWindow(gradient + place, winner + place, values, offsets, &count)
        ends[window] = Int32(truncatingIfNeeded: count)
    }
    var row = 0
    while row < 6 {
        var y = 4
        while y >= 0 {
            for x in 0..<5 {
                let window = y &* 5 &+ x
                let start = window == 0 ? 0 : Int(ends[window &- 1])
                addWindow(
                    values,
                    offsets,
                    start..<Int(ends[window]),
                    weights + row &* borderedRowStride,
                    inputGradient + ((2 &* y &+ row) &* pooledRowStride &+ x &* 16)
                )
            }
            y &-= 1
        }
        row &+= rowsAtOnce
    }
}

/// The same with every product, one after the other: those of zero as well, and none with the
/// border.
private func addSampleNaively(
    _ gradient: Floats,
    _ winner: Integers,
    _ weights: Floats,
    _ inputGradient: MutableFloats
) {
    for window in 0..<25 {
        let patch = inputGradient + (window / 5 &* 2 &* pooledRowStride &+ window % 5 &* 16)
        for index in 0..<64 {
            let (o, position) = (index / 4, index % 4)
            let isWinner = winner[window &* 16 &+ o] == Int32(position)
            let g = Eight(repeating: isWinner ? gradient[window &* 16 &+ o] : 0)
            let first = patch + (position / 2 &* pooledRowStride &+ position % 2 &* 8)
            for tap in 0..<25 {
                let (ky, kx) = (tap / 5, tap % 5)
                let w =
                    weights
                    + (o &* borderedFilterSize &+ (ky &+ 1) &* borderedRowStride &+ (kx &+ 1) &* 8)
                let target = first + (ky &* pooledRowStride &+ kx &* 8)
                store(loadEight(target).addingProduct(g, loadEight(w)), eight: target)
            }
        }
    }
}

/// The input gradient of the second convolution: pooled gradient and winner [16, 5, 5, 16] of each
/// sample's windows → input gradient [16, 14, 14, 8], not yet rectified.
///
/// What the four positions of a window can reach is a patch of 6×6. A zero border around each
/// filter, [16, 7, 7, 8], makes every patch 6×6 wherever the winner is. Scratch is 7,168 floats at
/// a 64-byte boundary.
package func convolution2InputGradient(
    pooledGradient: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
) {
    let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int32.self)
    // The weights with their border, then the lists of at most 400, then where windows end in them.
    let bordered = scratch
    let (values, offsets, ends) = (scratch + 6_272, integers + 6_704, integers + 7_136)
    bordered.update(repeating: 0, count: 16 &* borderedFilterSize)
    for o in 0..<16 {
        for ky in 0..<5 {
            for kx in 0..<5 {
                let target =
                    bordered
                    + (o &* borderedFilterSize &+ (ky &+ 1) &* borderedRowStride &+ (kx &+ 1) &* 8)
                let source = weights + (o &* 150 &+ ky &* 5 &+ kx)
                for channel in 0..<6 { target[channel] = source[channel &* 25] }
            }
        }
    }
    inputGradient.update(repeating: 0, count: 16 &* pooledSampleStride)
    let isFinite = areFinite(pooledGradient, count: 6_400) && areFinite(weights, count: 2_400)
    for sample in 0..<16 {
        let (g, w) = (pooledGradient + sample &* 400, winner + sample &* 400)
        let target = inputGradient + sample &* pooledSampleStride
        if isFinite {
            addSample(g, w, bordered, target, values, offsets, ends)
        } else {
            addSampleNaively(g, w, bordered, target)
        }
    }
}
