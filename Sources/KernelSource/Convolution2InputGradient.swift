/// Floats of a row of six positions, of an output channel, and of all sixteen, of the weights with
/// their border; the one below a filter is the one above the next.
@_transparent private var borderedRowStride: Int { 6 * 8 }
@_transparent private var borderedFilterSize: Int { 6 * 6 * 8 }
@_transparent private var borderedSize: Int { (16 * 6 + 1) * 6 * 8 }

#if KERNELS_AVX512
    /// Two columns of a patch, six rows of two positions of eight channels.
    private struct PatchColumns {
        var r0, r1, r2, r3, r4, r5: Lanes

        @_transparent
        init(_ address: MutableFloats) {
            r0 = load(address)
            r1 = load(address + pooledRowStride)
            r2 = load(address + 2 &* pooledRowStride)
            r3 = load(address + 3 &* pooledRowStride)
            r4 = load(address + 4 &* pooledRowStride)
            r5 = load(address + 5 &* pooledRowStride)
        }

        @_transparent
        mutating func add(_ g: Lanes, _ w: Floats) {
            r0 = multiplyAdd(g, load(w), r0)
            r1 = multiplyAdd(g, load(w + borderedRowStride), r1)
            r2 = multiplyAdd(g, load(w + 2 &* borderedRowStride), r2)
            r3 = multiplyAdd(g, load(w + 3 &* borderedRowStride), r3)
            r4 = multiplyAdd(g, load(w + 4 &* borderedRowStride), r4)
            r5 = multiplyAdd(g, load(w + 5 &* borderedRowStride), r5)
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(r0, address)
            store(r1, address + pooledRowStride)
            store(r2, address + 2 &* pooledRowStride)
            store(r3, address + 3 &* pooledRowStride)
            store(r4, address + 4 &* pooledRowStride)
            store(r5, address + 5 &* pooledRowStride)
        }
    }

    /// Adds what a row of five windows gives to the six rows that it reaches.
    ///
    /// Neighbouring patches share four of their six columns, which stay in registers.
    @_transparent
    private func addRow(
        _ values: Floats,
        _ offsets: Integers,
        _ ends: Integers,
        _ weights: Floats,
        _ patch: MutableFloats
    ) {
        var left = PatchColumns(patch)
        var middle = PatchColumns(patch + 16)
        var index = Int(ends[0])
        for x in 0..<5 {
            var right = PatchColumns(patch + (x &+ 2) &* 16)
            let end = Int(ends[x &+ 1])
            while index < end {
                let (g, w) = (broadcast(values[index]), weights + Int(offsets[index]))
                left.add(g, w)
                middle.add(g, w + 16)
                right.add(g, w + 32)
                index &+= 1
            }
            left.write(patch + x &* 16)
            (left, middle) = (middle, right)
        }
        left.write(patch + 80)
        middle.write(patch + 96)
    }
#else
    /// One row of a patch, six positions of eight channels.
    private struct PatchRow {
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
    }

    /// Adds what a row of five windows gives to the six rows that it reaches, two rows at once: the
    /// sums of two are what sixteen registers hold.
    @_transparent
    private func addRow(
        _ values: Floats,
        _ offsets: Integers,
        _ ends: Integers,
        _ weights: Floats,
        _ patch: MutableFloats
    ) {
        var row = 0
        while row < 6 {
            var index = Int(ends[0])
            for x in 0..<5 {
                let target = patch + (row &* pooledRowStride &+ x &* 16)
                var upper = PatchRow(target)
                var lower = PatchRow(target + pooledRowStride)
                let end = Int(ends[x &+ 1])
                while index < end {
                    let w = weights + (Int(offsets[index]) &+ row &* borderedRowStride)
                    upper.add(values[index], w)
                    lower.add(values[index], w + borderedRowStride)
                    index &+= 1
                }
                upper.write(target)
                lower.write(target + pooledRowStride)
            }
            row &+= 2
        }
    }
#endif

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
        // A winner below takes the filter with its upper border, one above without; a winner on the
        // right takes the copy that begins with a border.
        let filter =
            (laneNumbers &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: lane)))
            &* IntegerLanes(repeating: Int32(borderedFilterSize))
        let offset =
            filter &+ IntegerLanes(repeating: Int32(borderedRowStride))
            &+ winnerOffset(
                load(winner + lane),
                right: Int32(borderedSize),
                down: -Int32(borderedRowStride)
            )
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
    ends[0] = 0
    for window in 0..<25 {
        let place = window &* 16
        listWindow(gradient + place, winner + place, values, offsets, &count)
        ends[window &+ 1] = Int32(truncatingIfNeeded: count)
    }
    var y = 4
    while y >= 0 {
        addRow(
            values,
            offsets,
            ends + 5 &* y,
            weights,
            inputGradient + 2 &* y &* pooledRowStride
        )
        y &-= 1
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
                    + (o &* borderedFilterSize &+ (ky &+ 1) &* borderedRowStride &+ kx &* 8)
                let target = first + (ky &* pooledRowStride &+ kx &* 8)
                store(loadEight(target).addingProduct(g, loadEight(w)), eight: target)
            }
        }
    }
}

/// The input gradient of the second convolution: pooled gradient and winner [16, 5, 5, 16] of each
/// sample's windows → input gradient [16, 14, 14, 8], not yet rectified.
///
/// What the four positions of a window can reach is a patch of 6×6. A border of zeros above, below
/// and on one side of each filter, [97, 6, 8], once on the right and once on the left, makes every
/// patch 6×6 wherever the winner is, and every row of it three cache lines. Scratch is 11,744 floats
/// at a 64-byte boundary.
package func convolution2InputGradient(
    pooledGradient: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
) {
    let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int32.self)
    // The weights with their border, twice, then the lists of at most 400, then where windows end.
    let bordered = scratch
    let (values, offsets, ends) = (scratch + 10_752, integers + 11_200, integers + 11_648)
    writeBordered(weights, bordered)
    let haveFiniteWeights = areFinite(weights, count: 2_400)
    for sample in 0..<16 {
        let (g, w) = (pooledGradient + sample &* 400, winner + sample &* 400)
        let target = inputGradient + sample &* pooledSampleStride
        target.update(repeating: 0, count: pooledSampleStride)
        if haveFiniteWeights, areFinite(g, count: 400) {
            addSample(g, w, bordered, target, values, offsets, ends)
        } else {
            addSampleNaively(g, w, bordered, target)
        }
    }
}

/// Writes the weights [16, 6, 25] with their borders, twice [97, 6, 8].
@_transparent
private func writeBordered(_ weights: Floats, _ bordered: MutableFloats) {
    bordered.update(repeating: 0, count: 2 &* borderedSize)
    for o in 0..<16 {
        for ky in 0..<5 {
            let target = bordered + (o &* borderedFilterSize &+ (ky &+ 1) &* borderedRowStride)
            for kx in 0..<5 {
                let source = weights + (o &* 150 &+ ky &* 5 &+ kx)
                for channel in 0..<6 {
                    target[kx &* 8 &+ channel] = source[channel &* 25]
                    target[borderedSize &+ (kx &+ 1) &* 8 &+ channel] = source[channel &* 25]
                }
            }
        }
    }
}
