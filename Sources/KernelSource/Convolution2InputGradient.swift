/// Floats of a row of six positions, of an output channel, and of all sixteen, of the weights with
/// their border; the one below a filter is the one above the next.
@_transparent private var borderedRowStride: Int { 6 * 8 }
@_transparent private var borderedFilterSize: Int { 6 * 6 * 8 }
@_transparent private var borderedSize: Int { (16 * 6 + 1) * 6 * 8 }

/// Where the rows that begin with their border lie behind those that end with it.
///
/// Before each row is the border of the one before it, and before the first are zeros: a row that
/// begins one position earlier begins with a border. For vectors of sixteen there is a copy whose rows begin at cache lines too.
@_transparent private var bordersOnLeft: Int {
    #if KERNELS_AVX512
        borderedSize
    #else
        -8
    #endif
}

#if KERNELS_AVX512
    /// Two columns of a patch, six rows of two positions of eight channels.
    private struct PatchColumns {
        var r0, r1, r2, r3, r4, r5: Lanes

        /// Begins with the first two rows, which no row of windows has reached before.
        @_transparent
        init(_ address: MutableFloats) {
            r0 = Lanes(repeating: 0)
            r1 = r0
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
    /// Two columns of the patches that a row of windows reaches, six rows of two positions.
    private struct PatchColumns {
        var a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5: Eight

        /// Begins with the first two rows, which no row of windows has reached before.
        @_transparent
        init(_ address: MutableFloats) {
            a0 = Eight(repeating: 0)
            (b0, a1, b1) = (a0, a0, a0)
            a2 = loadEight(address + 2 &* pooledRowStride)
            b2 = loadEight(address + (2 &* pooledRowStride &+ 8))
            a3 = loadEight(address + 3 &* pooledRowStride)
            b3 = loadEight(address + (3 &* pooledRowStride &+ 8))
            a4 = loadEight(address + 4 &* pooledRowStride)
            b4 = loadEight(address + (4 &* pooledRowStride &+ 8))
            a5 = loadEight(address + 5 &* pooledRowStride)
            b5 = loadEight(address + (5 &* pooledRowStride &+ 8))
        }

        @_transparent
        mutating func add(_ g: Float, _ w: Floats) {
            let factor = Eight(repeating: g)
            a0.addProduct(factor, loadEight(w))
            b0.addProduct(factor, loadEight(w + 8))
            a1.addProduct(factor, loadEight(w + borderedRowStride))
            b1.addProduct(factor, loadEight(w + (borderedRowStride &+ 8)))
            a2.addProduct(factor, loadEight(w + 2 &* borderedRowStride))
            b2.addProduct(factor, loadEight(w + (2 &* borderedRowStride &+ 8)))
            a3.addProduct(factor, loadEight(w + 3 &* borderedRowStride))
            b3.addProduct(factor, loadEight(w + (3 &* borderedRowStride &+ 8)))
            a4.addProduct(factor, loadEight(w + 4 &* borderedRowStride))
            b4.addProduct(factor, loadEight(w + (4 &* borderedRowStride &+ 8)))
            a5.addProduct(factor, loadEight(w + 5 &* borderedRowStride))
            b5.addProduct(factor, loadEight(w + (5 &* borderedRowStride &+ 8)))
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a0, eight: address)
            store(b0, eight: address + 8)
            store(a1, eight: address + pooledRowStride)
            store(b1, eight: address + (pooledRowStride &+ 8))
            store(a2, eight: address + 2 &* pooledRowStride)
            store(b2, eight: address + (2 &* pooledRowStride &+ 8))
            store(a3, eight: address + 3 &* pooledRowStride)
            store(b3, eight: address + (3 &* pooledRowStride &+ 8))
            store(a4, eight: address + 4 &* pooledRowStride)
            store(b4, eight: address + (4 &* pooledRowStride &+ 8))
            store(a5, eight: address + 5 &* pooledRowStride)
            store(b5, eight: address + (5 &* pooledRowStride &+ 8))
        }
    }

    /// Adds what a row of five windows gives to the six rows that it reaches, two columns at once:
    /// the sums of two are what sixteen registers hold.
    ///
    /// The windows that reach two columns, three at most, are neighbours in the list.
    @_transparent
    private func addRow(
        _ values: Floats,
        _ offsets: Integers,
        _ ends: Integers,
        _ weights: Floats,
        _ patch: MutableFloats
    ) {
        for pair in 0..<7 {
            var columns = PatchColumns(patch + pair &* 16)
            var index = Int(ends[max(0, pair &- 2)])
            let end = Int(ends[min(5, pair &+ 1)])
            let w = weights + pair &* 16
            while index < end {
                columns.add(values[index], w + Int(offsets[index]))
                index &+= 1
            }
            columns.write(patch + pair &* 16)
        }
    }
#endif

/// Lists one window's gradients, output channel by output channel, each with where the weights of
/// its patch begin.
@_transparent
private func listWindow(
    _ gradient: Floats,
    _ winner: Integers,
    column: Int,
    _ values: MutableFloats,
    _ offsets: MutableIntegers,
    _ count: inout Int
) {
    #if KERNELS_AVX512
        let start = borderedRowStride
    #else
        let start = borderedRowStride &- column &* 16
    #endif
    var lane = 0
    while lane < 16 {
        let g = load(gradient + lane)
        // A winner below takes the filter with its upper border, one above without; a winner on the
        // right takes rows that begin with a border.
        let filter =
            (laneNumbers &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: lane)))
            &* IntegerLanes(repeating: Int32(borderedFilterSize))
        let offset =
            filter &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: start))
            &+ winnerOffset(
                load(winner + lane),
                right: Int32(truncatingIfNeeded: bordersOnLeft),
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
    // Of the six rows that the last row of windows reaches, those but the first two.
    let rest = 10 &* pooledRowStride
    (inputGradient + rest).update(repeating: 0, count: pooledSampleStride &- rest)
    var count = 0
    ends[0] = 0
    for window in 0..<25 {
        let place = window &* 16
        listWindow(gradient + place, winner + place, column: window % 5, values, offsets, &count)
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
    inputGradient.update(repeating: 0, count: pooledSampleStride)
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
/// and on one side of each filter, [97, 6, 8], makes every patch 6×6 wherever the winner is.
/// Scratch is 11,952 floats at a 64-byte boundary.
package func convolution2InputGradient(
    pooledGradient: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
) {
    let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int32.self)
    // The weights with their border, perhaps twice, then the lists of at most 400, where windows end,
    // and the taps of a filter.
    let bordered = scratch + 16
    let (values, offsets, ends) = (scratch + 10_752, integers + 11_200, integers + 11_648)
    writeBordered(weights, bordered, scratch + 11_744)
    let haveFiniteWeights = areFinite(weights, count: 2_400)
    for sample in 0..<16 {
        let (g, w) = (pooledGradient + sample &* 400, winner + sample &* 400)
        let target = inputGradient + sample &* pooledSampleStride
        if haveFiniteWeights, areFinite(g, count: 400) {
            addSample(g, w, bordered, target, values, offsets, ends)
        } else {
            addSampleNaively(g, w, bordered, target)
        }
    }
}

/// Writes the weights [16, 6, 25] with their borders, [97, 6, 8] once or twice.
@_transparent
private func writeBordered(_ weights: Floats, _ bordered: MutableFloats, _ taps: MutableFloats) {
    store(Eight(repeating: 0), eight: bordered - 8)
    writeZeros(bordered)
    for o in 0..<16 {
        let source = weights + o &* 150
        var tap = 0
        while tap < 25 {
            // The last block overlaps the one before it.
            let first = min(tap, 17)
            transposeEight(source + first, from: 25, rowCount: 6, taps + first &* 8, to: 8)
            tap &+= 8
        }
        for ky in 0..<5 {
            let target = bordered + (o &* borderedFilterSize &+ (ky &+ 1) &* borderedRowStride)
            writeRow(taps + ky &* 40, target, borderOnRight: true)
            #if KERNELS_AVX512
                writeRow(taps + ky &* 40, target + borderedSize, borderOnRight: false)
            #endif
        }
        let below = bordered + (o &+ 1) &* borderedFilterSize
        writeZeros(below)
    }
}

/// Writes the border above a filter, or below the last one.
@_transparent
private func writeZeros(_ row: MutableFloats) {
    for position in 0..<6 {
        store(Eight(repeating: 0), eight: row + position &* 8)
        #if KERNELS_AVX512
            store(Eight(repeating: 0), eight: row + (borderedSize &+ position &* 8))
        #endif
    }
}

/// Writes five positions of a row, and a border of zeros on one side of them.
@_transparent
private func writeRow(_ taps: MutableFloats, _ row: MutableFloats, borderOnRight: Bool) {
    let start = borderOnRight ? row : row + 8
    for kx in 0..<5 { store(loadEight(taps + kx &* 8), eight: start + kx &* 8) }
    store(Eight(repeating: 0), eight: borderOnRight ? row + 40 : row)
}
