/// How many of `count` floats lie before the first vector that crosses no cache line.
@_transparent
private func countBeforeVector(_ address: Floats, _ count: Int) -> Int {
    min(((0 &- Int(bitPattern: address)) / 4) & (laneCount &- 1), count)
}

/// left += right, element by element: the reduction tree's addition.
package func add(into left: UnsafeMutablePointer<Float>, _ right: UnsafePointer<Float>, count: Int)
{
    sum(left, right, into: left, count: count)
}

/// Whether each of `count` floats is finite: times zero, only such are zero.
package func areFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
    let zero = Lanes(repeating: 0)
    var products = zero
    var index = 0
    // Four chains: the units then never wait for one.
    var (second, third, fourth) = (zero, zero, zero)
    while index &+ 4 &* laneCount <= count {
        products = multiplyAdd(load(values + index), zero, products)
        second = multiplyAdd(load(values + (index &+ laneCount)), zero, second)
        third = multiplyAdd(load(values + (index &+ 2 &* laneCount)), zero, third)
        fourth = multiplyAdd(load(values + (index &+ 3 &* laneCount)), zero, fourth)
        index &+= 4 &* laneCount
    }
    products += second + third + fourth
    while index &+ laneCount <= count {
        products = multiplyAdd(load(values + index), zero, products)
        index &+= laneCount
    }
    if index < count {
        products = multiplyAdd(loadPart(values + index, count: count &- index), zero, products)
    }
    for lane in 0..<laneCount where products[lane] != 0 { return false }
    return true
}

/// sum = left + right, element by element: the same addition, into other memory or the same.
package func sum(
    _ left: UnsafePointer<Float>,
    _ right: UnsafePointer<Float>,
    into sum: UnsafeMutablePointer<Float>,
    count: Int
) {
    var index = 0
    let head = countBeforeVector(sum, count)
    while index < head {
        sum[index] = left[index] + right[index]
        index &+= 1
    }
    while index &+ laneCount <= count {
        store(load(left + index) + load(right + index), sum + index)
        index &+= laneCount
    }
    while index < count {
        sum[index] = left[index] + right[index]
        index &+= 1
    }
}

/// The numbers of one Adam step that all parameters share.
private struct AdamStep {
    let gradientScale, beta1, beta2, rest1, rest2, alpha, epsilon: Lanes
}

/// One Adam step over `count` parameters (Kingma & Ba 2015, algorithm 1, in the form at the end of
/// its section 2).
///
/// g = sum · scale; m = β₁·m + (1−β₁)·g; v = β₂·v + (1−β₂)·g²; p = p − α·m/(√v + ε), from the first
/// three into the next three, which may be the same memory. Other parameters are stored past the
/// cache, for workers read them next: at batches of 32 on a Zen 4 that takes 23 instead of 53 µs,
/// for they have read what was there before.
package func adam(
    parameters: UnsafePointer<Float>,
    firstMoment: UnsafePointer<Float>,
    secondMoment: UnsafePointer<Float>,
    nextParameters: UnsafeMutablePointer<Float>,
    nextFirstMoment: UnsafeMutablePointer<Float>,
    nextSecondMoment: UnsafeMutablePointer<Float>,
    gradientSum: UnsafePointer<Float>,
    count: Int,
    gradientScale: Float,
    beta1: Float,
    beta2: Float,
    alpha: Float,
    epsilon: Float
) {
    let step = AdamStep(
        gradientScale: broadcast(gradientScale),
        beta1: broadcast(beta1),
        beta2: broadcast(beta2),
        rest1: broadcast(1 - beta1),
        rest2: broadcast(1 - beta2),
        alpha: broadcast(-alpha),
        epsilon: broadcast(epsilon)
    )
    let arrays = AdamArrays(
        parameters: parameters,
        firstMoment: firstMoment,
        secondMoment: secondMoment,
        nextParameters: nextParameters,
        nextFirstMoment: nextFirstMoment,
        nextSecondMoment: nextSecondMoment,
        gradientSum: gradientSum
    )
    var index = countBeforeVector(parameters, count)
    if index > 0 { arrays.updatePart(at: 0, count: index, step) }
    if arrays.canStream(at: index) {
        while index &+ laneCount <= count {
            stream(arrays.updatedVector(at: index, step), nextParameters + index)
            index &+= laneCount
        }
        endStreaming()
    }
    while index &+ laneCount <= count {
        store(arrays.updatedVector(at: index, step), nextParameters + index)
        index &+= laneCount
    }
    if index < count { arrays.updatePart(at: index, count: count &- index, step) }
}

/// What an Adam step reads and writes.
private struct AdamArrays {
    let parameters, firstMoment, secondMoment: Floats
    let nextParameters, nextFirstMoment, nextSecondMoment: MutableFloats
    let gradientSum: Floats

    /// Whether the next parameters are not these, and begin with a whole vector at `index`.
    @_transparent
    func canStream(at index: Int) -> Bool {
        parameters != Floats(nextParameters)
            && Int(bitPattern: nextParameters + index) % MemoryLayout<Lanes>.size == 0
    }

    /// Updates a vector of the moments and returns that of the parameters.
    @_transparent
    func updatedVector(at index: Int, _ step: AdamStep) -> Lanes {
        var p = load(parameters + index)
        var m = load(firstMoment + index)
        var v = load(secondMoment + index)
        update(&p, &m, &v, load(gradientSum + index), step)
        store(m, nextFirstMoment + index)
        store(v, nextSecondMoment + index)
        return p
    }

    /// The same with fewer than a vector.
    @_transparent
    func updatePart(at index: Int, count: Int, _ step: AdamStep) {
        var p = loadPart(parameters + index, count: count)
        var m = loadPart(firstMoment + index, count: count)
        var v = loadPart(secondMoment + index, count: count)
        update(&p, &m, &v, loadPart(gradientSum + index, count: count), step)
        storePart(p, nextParameters + index, count: count)
        storePart(m, nextFirstMoment + index, count: count)
        storePart(v, nextSecondMoment + index, count: count)
    }
}

@_transparent
private func update(
    _ p: inout Lanes,
    _ m: inout Lanes,
    _ v: inout Lanes,
    _ sum: Lanes,
    _ step: AdamStep
) {
    let g = sum * step.gradientScale
    m = multiplyAdd(step.beta1, m, step.rest1 * g)
    v = multiplyAdd(step.beta2, v, step.rest2 * g * g)
    p = multiplyAdd(step.alpha, m / (squareRoots(v) + step.epsilon), p)
}
