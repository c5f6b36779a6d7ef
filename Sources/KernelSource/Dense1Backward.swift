// The first fully connected layer backward: 96 % of its kind's work, and 57 % of its gradient are
// zero, the rectifier's doing. What is not zero is listed; the sums go in the order of the samples,
// or of the outputs, as in the other layers.

/// Eighty floats of a row.
private struct Section {
    #if KERNELS_AVX512
        var a, b, c, d, e: Lanes

        @_transparent
        init() {
            a = Lanes(repeating: 0)
            (b, c, d, e) = (a, a, a, a)
        }

        @_transparent
        mutating func add(_ g: Float, _ x: Floats) {
            let factor = broadcast(g)
            a = multiplyAdd(factor, load(x), a)
            b = multiplyAdd(factor, load(x + 16), b)
            c = multiplyAdd(factor, load(x + 32), c)
            d = multiplyAdd(factor, load(x + 48), d)
            e = multiplyAdd(factor, load(x + 64), e)
        }

        @_transparent
        mutating func add(to address: MutableFloats) {
            a = load(address) + a
            b = load(address + 16) + b
            c = load(address + 32) + c
            d = load(address + 48) + d
            e = load(address + 64) + e
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a, address)
            store(b, address + 16)
            store(c, address + 32)
            store(d, address + 48)
            store(e, address + 64)
        }

        /// Writes zero where the rectified `input` is zero.
        @_transparent
        func writeOpen(_ input: Floats, _ address: MutableFloats) {
            store(opened(a, by: load(input)), address)
            store(opened(b, by: load(input + 16)), address + 16)
            store(opened(c, by: load(input + 32)), address + 32)
            store(opened(d, by: load(input + 48)), address + 48)
            store(opened(e, by: load(input + 64)), address + 64)
        }
    #else
        var a, b, c, d, e, f, g, h, i, j: Eight

        @_transparent
        init() {
            a = Eight(repeating: 0)
            (b, c, d, e, f, g, h, i, j) = (a, a, a, a, a, a, a, a, a)
        }

        @_transparent
        mutating func add(_ factor: Float, _ x: Floats) {
            let factor = Eight(repeating: factor)
            a.addProduct(factor, loadEight(x))
            b.addProduct(factor, loadEight(x + 8))
            c.addProduct(factor, loadEight(x + 16))
            d.addProduct(factor, loadEight(x + 24))
            e.addProduct(factor, loadEight(x + 32))
            f.addProduct(factor, loadEight(x + 40))
            g.addProduct(factor, loadEight(x + 48))
            h.addProduct(factor, loadEight(x + 56))
            i.addProduct(factor, loadEight(x + 64))
            j.addProduct(factor, loadEight(x + 72))
        }

        @_transparent
        mutating func add(to address: MutableFloats) {
            a = loadEight(address + 0) + a
            b = loadEight(address + 8) + b
            c = loadEight(address + 16) + c
            d = loadEight(address + 24) + d
            e = loadEight(address + 32) + e
            f = loadEight(address + 40) + f
            g = loadEight(address + 48) + g
            h = loadEight(address + 56) + h
            i = loadEight(address + 64) + i
            j = loadEight(address + 72) + j
        }

        @_transparent
        func write(_ address: MutableFloats) {
            store(a, eight: address + 0)
            store(b, eight: address + 8)
            store(c, eight: address + 16)
            store(d, eight: address + 24)
            store(e, eight: address + 32)
            store(f, eight: address + 40)
            store(g, eight: address + 48)
            store(h, eight: address + 56)
            store(i, eight: address + 64)
            store(j, eight: address + 72)
        }

        /// Writes zero where the rectified `input` is zero.
        @_transparent
        func writeOpen(_ input: Floats, _ address: MutableFloats) {
            store(openedEight(a, by: loadEight(input + 0)), eight: address + 0)
            store(openedEight(b, by: loadEight(input + 8)), eight: address + 8)
            store(openedEight(c, by: loadEight(input + 16)), eight: address + 16)
            store(openedEight(d, by: loadEight(input + 24)), eight: address + 24)
            store(openedEight(e, by: loadEight(input + 32)), eight: address + 32)
            store(openedEight(f, by: loadEight(input + 40)), eight: address + 40)
            store(openedEight(g, by: loadEight(input + 48)), eight: address + 48)
            store(openedEight(h, by: loadEight(input + 56)), eight: address + 56)
            store(openedEight(i, by: loadEight(input + 64)), eight: address + 64)
            store(openedEight(j, by: loadEight(input + 72)), eight: address + 72)
        }
    #endif
}

/// Lists `count` floats, a multiple of a vector or of 8, of those that are not zero, each with its
/// number times 400.
@_transparent
private func list(
    _ gradient: Floats,
    count: Int,
    leavingZeros: Bool,
    _ values: MutableFloats,
    _ offsets: MutableIntegers
) -> Int {
    var total = 0
    var index = 0
    while index < count {
        let g = load(gradient + index)
        let number =
            laneNumbers &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: index))
        // Of 120 in vectors of 16, the last one has eight of its own.
        let own = everyLane &>> UInt32(truncatingIfNeeded: max(0, index &+ laneCount &- count))
        append(
            g,
            number &* IntegerLanes(repeating: 400),
            leavingZeros ? nonzeroLanes(g) & own : own,
            to: values,
            offsets,
            &total
        )
        index &+= laneCount
    }
    return total
}

/// Sums of the weight gradients of earlier shards, to each of which the next is added.
private struct Sums {
    let arrays: UnsafePointer<MutableFloats>
    let count: Int
    /// Where the weights begin in each.
    let offset: Int
}

/// Adds each of the sums at a place in front of a section, one after the other, and writes the
/// total.
@_transparent
private func write(_ section: Section, at place: Int, after sums: Sums?, _ target: MutableFloats) {
    var section = section
    if let sums {
        for index in 0..<sums.count { section.add(to: sums.arrays[index] + (sums.offset &+ place)) }
    }
    section.write(target + place)
}

/// The list of an output lies where the bias gradient will: that is written last.
@_transparent
private func dense1WeightGradient(
    _ gradient: Floats,
    _ rows: Floats,
    _ weightGradient: MutableFloats,
    _ biasGradient: MutableFloats,
    after sums: Sums?
) {
    let leavingZeros = areFinite(rows, count: 6_400)
    let values = biasGradient
    let offsets = UnsafeMutableRawPointer(biasGradient + 32).assumingMemoryBound(to: Int32.self)
    for o in 0..<120 {
        let count = list(
            gradient + o &* shardWidth,
            count: 16,
            leavingZeros: leavingZeros,
            values,
            offsets
        )
        let first = o &* 400
        #if KERNELS_AVX512
            var (s0, s1, s2) = (Section(), Section(), Section())
            var (s3, s4) = (Section(), Section())
            for index in 0..<count {
                let (g, x) = (values[index], rows + Int(offsets[index]))
                s0.add(g, x)
                s1.add(g, x + 80)
                s2.add(g, x + 160)
                s3.add(g, x + 240)
                s4.add(g, x + 320)
            }
            write(s0, at: first, after: sums, weightGradient)
            write(s1, at: first &+ 80, after: sums, weightGradient)
            write(s2, at: first &+ 160, after: sums, weightGradient)
            write(s3, at: first &+ 240, after: sums, weightGradient)
            write(s4, at: first &+ 320, after: sums, weightGradient)
        #else
            var start = 0
            while start < 400 {
                var section = Section()
                for index in 0..<count {
                    section.add(values[index], rows + (Int(offsets[index]) &+ start))
                }
                write(section, at: first &+ start, after: sums, weightGradient)
                start &+= 80
            }
        #endif
    }
    laneSums(gradient, vectorCount: 120, biasGradient)
}

/// The weight and bias gradients of 400 → 120: gradient [120, 16], input rows [16, 400] → weight
/// gradient [120, 400], bias gradient [120].
package func dense1WeightGradient(
    gradient: UnsafePointer<Float>,
    rows: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    dense1WeightGradient(gradient, rows, weightGradient, biasGradient, after: nil)
}

/// The same, with the weight gradient added to `sums`, as by `add`: to the first of them, this to the
/// second and so on, in each from `offset` on. The last one takes the total, the others stay as they
/// are.
///
/// - Precondition: there is one at least.
package func dense1WeightGradientSum(
    gradient: UnsafePointer<Float>,
    rows: UnsafePointer<Float>,
    sums: UnsafePointer<UnsafeMutablePointer<Float>>,
    sumCount: Int,
    offset: Int,
    biasGradient: UnsafeMutablePointer<Float>
) {
    dense1WeightGradient(
        gradient,
        rows,
        sums[sumCount &- 1] + offset,
        biasGradient,
        after: Sums(arrays: sums, count: sumCount, offset: offset)
    )
}

/// Lists the gradient rows [16, 120] of each sample, 144 floats apart.
@_transparent
private func listSamples(
    _ gradient: Floats,
    leavingZeros: Bool,
    _ values: MutableFloats,
    _ offsets: MutableIntegers,
    _ counts: MutableIntegers
) {
    for sample in 0..<16 {
        counts[sample &* 144] = Int32(
            truncatingIfNeeded: list(
                gradient + sample &* 120,
                count: 120,
                leavingZeros: leavingZeros,
                values + sample &* 144,
                offsets + sample &* 144
            )
        )
    }
}

/// Whether the eighty weights of each output from `weights` on are finite: `areFinite` by sections.
@inline(never)
private func isFiniteSection(_ weights: Floats) -> Bool {
    let zero = Lanes(repeating: 0)
    var (a, b, c, d, e) = (zero, zero, zero, zero, zero)
    for output in 0..<120 {
        var row = weights + output &* 400
        let end = row + 80
        while row < end {
            a = multiplyAdd(load(row), zero, a)
            b = multiplyAdd(load(row + laneCount), zero, b)
            c = multiplyAdd(load(row + 2 &* laneCount), zero, c)
            d = multiplyAdd(load(row + 3 &* laneCount), zero, d)
            e = multiplyAdd(load(row + 4 &* laneCount), zero, e)
            row += 5 &* laneCount
        }
    }
    return nonzeroLanes(a + b + c + d + e) == 0
}

/// The input gradient of 400 → 120: gradient rows [16, 120], behind which eight floats can be read,
/// weights [120, 400], input rows [16, 400] → input gradient rows [16, 400], zero where the input
/// was rectified to zero.
///
/// Scratch is 4,608 floats at a 64-byte boundary.
package func dense1InputGradient(
    gradient: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    input: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
) {
    // For each of 16 samples a list of at most 120.
    let integers = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int32.self)
    let (values, offsets, counts) = (scratch, integers + 2_304, integers + 136)
    listSamples(gradient, leavingZeros: true, values, offsets, counts)
    // A section of all weights stays in the nearest cache.
    var start = 0
    var isFinite = true
    while start < 400 {
        if isFinite, !isFiniteSection(weights + start) {
            isFinite = false
            listSamples(gradient, leavingZeros: false, values, offsets, counts)
        }
        var sample = 0
        while sample < 16 {
            let left = sample &* 144
            let leftCount = Int(counts[left])
            var a = Section()
            let w = weights + start
            let place = sample &* 400 &+ start
            #if KERNELS_AVX512
                // Two samples at once: the units then never wait for a sum.
                var b = Section()
                let right = left &+ 144
                let rightCount = Int(counts[right])
                let both = min(leftCount, rightCount)
                for index in 0..<both {
                    a.add(values[left &+ index], w + Int(offsets[left &+ index]))
                    b.add(values[right &+ index], w + Int(offsets[right &+ index]))
                }
                for index in both..<max(both, leftCount) {
                    a.add(values[left &+ index], w + Int(offsets[left &+ index]))
                }
                for index in both..<max(both, rightCount) {
                    b.add(values[right &+ index], w + Int(offsets[right &+ index]))
                }
                a.writeOpen(input + place, inputGradient + place)
                b.writeOpen(input + (place &+ 400), inputGradient + (place &+ 400))
                sample &+= 2
            #else
                for index in 0..<leftCount {
                    a.add(values[left &+ index], w + Int(offsets[left &+ index]))
                }
                a.writeOpen(input + place, inputGradient + place)
                sample &+= 1
            #endif
        }
        start &+= 80
    }
}
