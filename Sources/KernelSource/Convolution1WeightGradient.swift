internal import CKernelLanes

/// The sums of one channel's filter, a vector of eight for each row of five; the others are waste.
private struct FilterSums {
    var a, b, c, d, e: Eight

    @_transparent
    init(_ address: MutableFloats) {
        a = loadEight(address)
        b = loadEight(address + 8)
        c = loadEight(address + 16)
        d = loadEight(address + 24)
        e = loadEight(address + 32)
    }

    @_transparent
    mutating func add(_ g: Float, _ x: Floats) {
        let factor = Eight(repeating: g)
        a.addProduct(factor, loadEight(x))
        b.addProduct(factor, loadEight(x + imageRowStride))
        c.addProduct(factor, loadEight(x + 2 &* imageRowStride))
        d.addProduct(factor, loadEight(x + 3 &* imageRowStride))
        e.addProduct(factor, loadEight(x + 4 &* imageRowStride))
    }

    @_transparent
    func write(_ address: MutableFloats) {
        store(a, eight: address)
        store(b, eight: address + 8)
        store(c, eight: address + 16)
        store(d, eight: address + 24)
        store(e, eight: address + 32)
    }
}

/// The scratch of the kernel below, in floats.
private struct Lists {
    let start: MutableFloats

    /// Lists of at most 1,792: two rows of windows, all four positions of each, of 16 samples.
    @_transparent var capacity: Int { 1_808 }
    @_transparent var integers: MutableIntegers {
        UnsafeMutableRawPointer(start).assumingMemoryBound(to: Int32.self)
    }
    /// [6, 2, 5, 8].
    @_transparent var sums: MutableFloats { start }
    /// [6, 16].
    @_transparent var biasSums: MutableFloats { start + 480 }
    @_transparent var counts: MutableIntegers { integers + 576 }
    /// Of a window [16, 8], and transposed, of two, [2, 8, 16].
    @_transparent var block: MutableFloats { start + 592 }
    @_transparent var channels: MutableFloats { start + 720 }
    @_transparent
    func values(_ channel: Int) -> MutableFloats { start + (976 &+ channel &* capacity) }
    @_transparent
    func offsets(_ channel: Int) -> MutableIntegers {
        integers + (976 &+ (6 &+ channel) &* capacity)
    }
}

/// Brings the gradients of two neighbouring windows, where the rectifier was open, to channels of
/// samples [2, 8, 16].
@_transparent
private func takeWindows(_ pooledGradient: Floats, _ pooled: Floats, _ lists: Lists) {
    #if KERNELS_AVX512
        transpose_open_16x16(pooledGradient, pooled, pooledSampleStride, lists.channels, 16)
    #else
        for window in 0..<2 {
            let place = window &* positionStride
            for sample in 0..<16 {
                let g = loadEight(pooledGradient + (sample &* pooledSampleStride &+ place))
                let value = loadEight(pooled + (sample &* pooledSampleStride &+ place))
                store(openedEight(g, by: value), eight: lists.block + sample &* 8)
            }
            let channels = lists.channels + window &* 128
            transposeEight(lists.block, from: 8, channels, to: 16)
            transposeEight(lists.block + 64, from: 8, channels + 8, to: 16)
        }
    #endif
}

/// Adds a window's gradients to the bias sums.
@_transparent
private func addBias(_ lists: Lists, _ gradient: Floats) {
    var lane = 0
    while lane < 6 &* shardWidth {
        store(load(lists.biasSums + lane) + load(gradient + lane), lists.biasSums + lane)
        lane &+= laneCount
    }
}

/// Lists a window's gradients by channel, in the order of the samples, each with where its pixels
/// begin.
///
/// - Parameter ink: the samples with ink under the window; nil for a list with all zeros.
@_transparent
private func listWindow(
    _ lists: Lists,
    _ gradient: Floats,
    _ winner: Integers,
    origin: Int,
    ink: UInt32?
) {
    for channel in 0..<6 {
        var count = Int(lists.counts[channel])
        let (values, offsets) = (lists.values(channel), lists.offsets(channel))
        var lane = 0
        while lane < shardWidth {
            let g = load(gradient + (channel &* 16 &+ lane))
            let sample =
                laneNumbers &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: lane))
            let first =
                sample &* IntegerLanes(repeating: Int32(imageSize))
                &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: origin))
            let index = load(winner + (channel &* 16 &+ lane))
            if let ink {
                let inked = ink &>> UInt32(truncatingIfNeeded: lane) & everyLane
                let offset = first &+ winnerOffset(index, right: 1, down: Int32(imageRowStride))
                append(g, offset, nonzeroLanes(g) & inked, to: values, offsets, &count)
            } else {
                for position in 0..<4 {
                    let place = IntegerLanes(repeating: Int32(truncatingIfNeeded: position))
                    let part = Lanes(repeating: 0).replacing(with: g, where: index .== place)
                    let offset = first &+ winnerOffset(place, right: 1, down: Int32(imageRowStride))
                    append(part, offset, everyLane, to: values, offsets, &count)
                }
            }
            lane &+= laneCount
        }
        lists.counts[channel] = Int32(truncatingIfNeeded: count)
    }
}

/// Goes through the lists, each alternately into two sums, and empties them.
@_transparent
private func addLists(_ images: Floats, _ lists: Lists) {
    for channel in 0..<6 {
        let (values, offsets) = (lists.values(channel), lists.offsets(channel))
        let count = Int(lists.counts[channel])
        let target = lists.sums + channel &* 80
        var even = FilterSums(target)
        var odd = FilterSums(target + 40)
        var index = 0
        while index &+ 2 <= count {
            even.add(values[index], images + Int(offsets[index]))
            odd.add(values[index &+ 1], images + Int(offsets[index &+ 1]))
            index &+= 2
        }
        if index < count { even.add(values[index], images + Int(offsets[index])) }
        even.write(target)
        odd.write(target + 40)
        lists.counts[channel] = 0
    }
}

/// Lists what the windows give, row by row, and adds it up.
@_transparent
private func addWindows(
    _ images: Floats,
    _ ink: UnsafePointer<UInt16>,
    _ pooledGradient: Floats,
    _ pooled: Floats,
    _ winner: Integers,
    leavingZeros: Bool,
    _ lists: Lists
) {
    // Of sums, bias sums and counts.
    lists.start.update(repeating: 0, count: 592)
    for y in 0..<14 {
        for pair in 0..<7 {
            let first = y &* 14 &+ 2 &* pair
            takeWindows(
                pooledGradient + first &* positionStride,
                pooled + first &* positionStride,
                lists
            )
            for right in 0..<2 {
                let gradient = lists.channels + right &* 128
                addBias(lists, gradient)
                let inked = UInt32(ink[y &* 16 &+ 2 &* pair &+ right])
                // At the border of the image, few windows have ink of any sample.
                guard !leavingZeros || inked != 0 else { continue }
                listWindow(
                    lists,
                    gradient,
                    winner + (first &+ right) &* 96,
                    origin: 2 &* y &* imageRowStride &+ imagePlace(window: 2 &* pair &+ right),
                    ink: leavingZeros ? inked : nil
                )
            }
        }
        if y % 2 == 1 { addLists(images, lists) }
    }
}

/// The weight and bias gradients of the first convolution.
///
/// images as `rowsOfImages` writes them, all numbers finite as those of bytes are, with zeros
/// behind, windows with ink [14, 16] as `mapInk` has them, pooled gradient and pooled output
/// [16, 14, 14, 8], winner [196, 6, 16] → weight gradient [6, 1, 5, 5], bias gradient [6].
///
/// Of each two rows of windows, a weight's sum goes over the windows, and in a window over the
/// samples, of those whose gradient is not zero and whose patch has ink, alternately into two sums;
/// they are added at the end. Scratch is 22,672 floats at a 64-byte boundary.
package func convolution1WeightGradient(
    images: UnsafePointer<Float>,
    ink: UnsafePointer<UInt16>,
    pooledGradient: UnsafePointer<Float>,
    pooled: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    scratch: UnsafeMutablePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>
) {
    let lists = Lists(start: scratch)
    addWindows(images, ink, pooledGradient, pooled, winner, leavingZeros: true, lists)
    // A gradient that is NaN or infinite shows in its bias sum, and NaN times a pixel without ink is
    // NaN: then nothing is left out.
    if !areFinite(lists.biasSums, count: 96) {
        addWindows(images, ink, pooledGradient, pooled, winner, leavingZeros: false, lists)
    }
    for channel in 0..<6 {
        let sums = lists.sums + channel &* 80
        for tap in 0..<25 {
            let place = tap / 5 &* 8 &+ tap % 5
            weightGradient[channel &* 25 &+ tap] = sums[place] + sums[place &+ 40]
        }
    }
    laneSums(lists.biasSums, vectorCount: 6, biasGradient)
}
