internal import CKernelLanes

/// The sums of one filter row, five positions of eight channels.
///
/// A row begins at a cache line where the winner is on the left, and half a line behind it where it
/// is on the right: with the half line first, no vector crosses a line.
private struct TapRow {
    #if KERNELS_AVX512
        var a, b: Lanes
        var c: Eight

        @_transparent
        init(_ address: MutableFloats, _ isRight: Bool) {
            a = load(address + (isRight ? 8 : 0))
            b = load(address + (isRight ? 24 : 16))
            c = loadEight(address + (isRight ? 0 : 32))
        }

        @_transparent
        mutating func add(_ g: Float, _ x: Floats, _ isRight: Bool) {
            a = multiplyAdd(broadcast(g), load(x + (isRight ? 8 : 0)), a)
            b = multiplyAdd(broadcast(g), load(x + (isRight ? 24 : 16)), b)
            c = c.addingProduct(Eight(repeating: g), loadEight(x + (isRight ? 0 : 32)))
        }

        @_transparent
        func write(_ address: MutableFloats, _ isRight: Bool) {
            store(a, address + (isRight ? 8 : 0))
            store(b, address + (isRight ? 24 : 16))
            store(c, eight: address + (isRight ? 0 : 32))
        }
    #else
        var a, b, c, d, e: Eight

        @_transparent
        init(_ address: MutableFloats, _ isRight: Bool) {
            a = loadEight(address)
            b = loadEight(address + 8)
            c = loadEight(address + 16)
            d = loadEight(address + 24)
            e = loadEight(address + 32)
        }

        @_transparent
        mutating func add(_ g: Float, _ x: Floats, _ isRight: Bool) {
            let factor = Eight(repeating: g)
            a.addProduct(factor, loadEight(x))
            b.addProduct(factor, loadEight(x + 8))
            c.addProduct(factor, loadEight(x + 16))
            d.addProduct(factor, loadEight(x + 24))
            e.addProduct(factor, loadEight(x + 32))
        }

        @_transparent
        func write(_ address: MutableFloats, _ isRight: Bool) {
            store(a, eight: address)
            store(b, eight: address + 8)
            store(c, eight: address + 16)
            store(d, eight: address + 24)
            store(e, eight: address + 32)
        }
    #endif
}

/// How many samples go together: their inputs, and all sums, stay in the nearest cache.
@_transparent private var blockSampleCount: Int { 4 }

/// Floats of the sums of one output channel, [25, 8] in whole cache lines.
@_transparent private var channelSumsStride: Int { 208 }

/// Goes through the list of one output channel's winners on the left, or on the right, and adds to
/// its sums [25, 8].
@_transparent
private func addList(_ list: List, _ input: Floats, isRight: Bool, _ sums: MutableFloats) {
    let (values, offsets, count) = (list.values, list.offsets, list.count)
    var r0 = TapRow(sums, isRight)
    var r1 = TapRow(sums + 40, isRight)
    var r2 = TapRow(sums + 80, isRight)
    #if !KERNELS_AVX2
        var r3 = TapRow(sums + 120, isRight)
        var r4 = TapRow(sums + 160, isRight)
        for index in 0..<count {
            let (g, x) = (values[index], input + Int(offsets[index]))
            r0.add(g, x, isRight)
            r1.add(g, x + pooledRowStride, isRight)
            r2.add(g, x + 2 &* pooledRowStride, isRight)
            r3.add(g, x + 3 &* pooledRowStride, isRight)
            r4.add(g, x + 4 &* pooledRowStride, isRight)
        }
    #else
        // Sixteen registers hold three rows, then two.
        for index in 0..<count {
            let (g, x) = (values[index], input + Int(offsets[index]))
            r0.add(g, x, isRight)
            r1.add(g, x + pooledRowStride, isRight)
            r2.add(g, x + 2 &* pooledRowStride, isRight)
        }
        var r3 = TapRow(sums + 120, isRight)
        var r4 = TapRow(sums + 160, isRight)
        for index in 0..<count {
            let (g, x) = (values[index], input + Int(offsets[index]))
            r3.add(g, x + 3 &* pooledRowStride, isRight)
            r4.add(g, x + 4 &* pooledRowStride, isRight)
        }
    #endif
    r3.write(sums + 120, isRight)
    r4.write(sums + 160, isRight)
    r0.write(sums, isRight)
    r1.write(sums + 40, isRight)
    r2.write(sums + 80, isRight)
}

/// Gradients that are not zero, each with where its inputs begin.
private struct List {
    let values: MutableFloats
    let offsets: MutableIntegers
    var count = 0

    @_transparent
    mutating func append(_ value: Lanes, _ offset: IntegerLanes, _ bits: UInt32) {
        count &+= append_lanes(value, offset, bits, values + count, offsets + count)
    }
}

/// Lists the gradients that a block of samples gives one output channel, sample by sample, window
/// by window: those of winners on the left, and those of winners on the right.
///
/// Without `leavingZeros`, each window gives four: its gradient at the winner, and three zeros.
@_transparent
private func listChannel(
    _ gradient: Floats,
    _ winner: Integers,
    _ windowOffsets: Integers,
    leavingZeros: Bool,
    _ left: inout List,
    _ right: inout List
) {
    for sample in 0..<blockSampleCount {
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
                let listed = nonzeroLanes(g) & new
                let onRight = nonzeroLanes(floats(index & IntegerLanes(repeating: 1)))
                left.append(g, offset, listed & ~onRight)
                right.append(g, offset, listed & onRight)
            } else {
                for position in 0..<4 {
                    let place = IntegerLanes(repeating: Int32(truncatingIfNeeded: position))
                    let part = Lanes(repeating: 0).replacing(with: g, where: index .== place)
                    let offset = origin &+ winnerOffset(place, right: 8, down: 112)
                    if position % 2 == 0 {
                        left.append(part, offset, new)
                    } else {
                        right.append(part, offset, new)
                    }
                }
            }
            window &+= laneCount
        }
    }
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
/// gradient by windows [16, 5, 5, 16], weight gradient [16, 6, 5, 5], bias gradient [16]. Of
/// each four samples, a weight's sum goes over the windows whose winner is on the left, sample by
/// sample, then over the others; of those whose gradient is not zero. Scratch is 4,256 floats at a
/// 64-byte boundary.
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
    // The sums, where the windows begin, then two lists of at most 200.
    let (sums, lists) = (scratch, scratch + 3_360)
    let windowOffsets = UnsafeMutableRawPointer(sums + 3_328).assumingMemoryBound(to: Int32.self)
    let integers = UnsafeMutableRawPointer(lists).assumingMemoryBound(to: Int32.self)
    for y in 0..<5 {
        for x in 0..<5 { windowOffsets[y &* 5 &+ x] = Int32(y &* 224 &+ x &* 16) }
    }
    sums.update(repeating: 0, count: 16 &* channelSumsStride)
    var sample = 0
    while sample < 16 {
        let block = input + sample &* pooledSampleStride
        let leavingZeros = areFinite(block, count: blockSampleCount &* pooledSampleStride)
        for o in 0..<16 {
            let first = sample &* 400 &+ o &* 25
            var left = List(values: lists, offsets: integers + 224)
            var right = List(values: lists + 448, offsets: integers + 672)
            listChannel(
                pooledGradient + first,
                winner + first,
                windowOffsets,
                leavingZeros: leavingZeros,
                &left,
                &right
            )
            addList(left, block, isRight: false, sums + o &* channelSumsStride)
            addList(right, block, isRight: true, sums + o &* channelSumsStride)
        }
        sample &+= blockSampleCount
    }
    for o in 0..<16 {
        let (source, target) = (sums + o &* channelSumsStride, weightGradient + o &* 150)
        var tap = 0
        while tap < 25 {
            // The last block overlaps the one before it.
            let first = min(tap, 17)
            transposeEight(source + first &* 8, from: 8, target + first, to: 25, columnCount: 6)
            tap &+= 8
        }
    }
}
