// What optimizers other than plain Adam are made of. Each float depends on its own place alone, so
// that any part can be computed by anybody.

/// target = source · factor, element by element: decoupled weight decay, before a step (Loshchilov
/// & Hutter 2019, algorithm 2). Both may be the same memory.
package func scaled(
    _ source: UnsafePointer<Float>,
    _ factor: Float,
    _ target: UnsafeMutablePointer<Float>,
    _ count: Int
) {
    let factors = broadcast(factor)
    var index = 0
    while index &+ laneCount <= count {
        store(load(source + index) * factors, target + index)
        index &+= laneCount
    }
    let rest = count &- index
    if rest > 0 {
        let values = loadPart(source + index, count: rest) * factors
        storePart(values, target + index, count: rest)
    }
}

/// One step down the gradient: g = sum · scale; p = p − rate·g.
package func gradientStep(
    parameters: UnsafePointer<Float>,
    nextParameters: UnsafeMutablePointer<Float>,
    gradientSum: UnsafePointer<Float>,
    count: Int,
    gradientScale: Float,
    rate: Float
) {
    let (scale, descent) = (broadcast(gradientScale), broadcast(-rate))
    var index = 0
    while index &+ laneCount <= count {
        let g = load(gradientSum + index) * scale
        store(multiplyAdd(descent, g, load(parameters + index)), nextParameters + index)
        index &+= laneCount
    }
    let rest = count &- index
    if rest > 0 {
        let g = loadPart(gradientSum + index, count: rest) * scale
        let p = multiplyAdd(descent, g, loadPart(parameters + index, count: rest))
        storePart(p, nextParameters + index, count: rest)
    }
}

/// One step with momentum: g = sum · scale; v = μ·v + g; p = p − rate·d, where d is v or, looking
/// ahead, μ·v + g (Sutskever et al. 2013, in the form that keeps the rate out of v).
package func momentumStep(
    parameters: UnsafePointer<Float>,
    velocity: UnsafePointer<Float>,
    nextParameters: UnsafeMutablePointer<Float>,
    nextVelocity: UnsafeMutablePointer<Float>,
    gradientSum: UnsafePointer<Float>,
    count: Int,
    gradientScale: Float,
    momentum: Float,
    rate: Float,
    isNesterov: Bool
) {
    let (scale, descent, decay) = (
        broadcast(gradientScale), broadcast(-rate), broadcast(momentum)
    )
    // d = ahead·v + here·g, one form for both.
    let (ahead, here) = isNesterov ? (decay, broadcast(1)) : (broadcast(1), broadcast(0))
    var index = 0
    while index &+ laneCount <= count {
        let g = load(gradientSum + index) * scale
        let v = multiplyAdd(decay, load(velocity + index), g)
        let d = multiplyAdd(ahead, v, here * g)
        store(v, nextVelocity + index)
        store(multiplyAdd(descent, d, load(parameters + index)), nextParameters + index)
        index &+= laneCount
    }
    let rest = count &- index
    if rest > 0 {
        let g = loadPart(gradientSum + index, count: rest) * scale
        let v = multiplyAdd(decay, loadPart(velocity + index, count: rest), g)
        let d = multiplyAdd(ahead, v, here * g)
        let p = multiplyAdd(descent, d, loadPart(parameters + index, count: rest))
        storePart(v, nextVelocity + index, count: rest)
        storePart(p, nextParameters + index, count: rest)
    }
}

/// The exponential moving average a' = decay·a + (1 − decay)·p.
package func averaged(
    average: UnsafePointer<Float>,
    parameters: UnsafePointer<Float>,
    nextAverage: UnsafeMutablePointer<Float>,
    count: Int,
    decay: Float
) {
    let (kept, added) = (broadcast(decay), broadcast(1 - decay))
    var index = 0
    while index &+ laneCount <= count {
        let share = load(parameters + index) * added
        store(multiplyAdd(kept, load(average + index), share), nextAverage + index)
        index &+= laneCount
    }
    let rest = count &- index
    if rest > 0 {
        let share = loadPart(parameters + index, count: rest) * added
        let value = multiplyAdd(kept, loadPart(average + index, count: rest), share)
        storePart(value, nextAverage + index, count: rest)
    }
}
