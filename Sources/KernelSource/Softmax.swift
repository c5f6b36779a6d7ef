/// The loss, its gradient and the predictions of a shard: logits [C, 16] → gradient [C, 16], losses
/// [16].
///
/// Softmax and cross-entropy together: loss = ln Σ e^(z−max) − (z_label − max), gradient = softmax
/// − one-hot. A lane whose label is negative is not a sample: its gradient and its loss are exact
/// zeros, and it is not correct. The prediction is the first class of the greatest logit; none is
/// where the probabilities are NaN.
package func softmaxCrossEntropy(
    logits: UnsafePointer<Float>,
    labels: UnsafePointer<Int32>,
    gradient: UnsafeMutablePointer<Float>,
    losses: UnsafeMutablePointer<Float>,
    isCorrect: UnsafeMutablePointer<Int32>,
    classCount: Int
) {
    if classCount == digitCount {
        crossEntropy(logits, labels, gradient, losses, isCorrect, classCount: digitCount)
    } else {
        crossEntropy(logits, labels, gradient, losses, isCorrect, classCount: classCount)
    }
}

@inline(__always)
private func crossEntropy(
    _ logits: Floats,
    _ labels: UnsafePointer<Int32>,
    _ gradient: MutableFloats,
    _ losses: MutableFloats,
    _ isCorrect: UnsafeMutablePointer<Int32>,
    classCount: Int
) {
    var lane = 0
    while lane < shardWidth {
        let label = load(labels + lane)
        let isSample = label .>= IntegerLanes(repeating: 0)
        let (greatest, best) = greatestLogit(logits + lane, classCount)
        let sum = exponentials(logits + lane, classCount, greatest: greatest, gradient + lane)
        var ofLabel = Lanes(repeating: 0)
        for index in 0..<classCount {
            let isLabel = label .== IntegerLanes(repeating: Int32(truncatingIfNeeded: index))
            ofLabel.replace(with: load(logits + (lane + index * shardWidth)), where: isLabel)
            let oneHot = Lanes(repeating: 0).replacing(with: broadcast(1), where: isLabel)
            let address = gradient + (lane + index * shardWidth)
            let difference = load(address) / sum - oneHot
            store(Lanes(repeating: 0).replacing(with: difference, where: isSample), address)
        }
        let loss = logarithm(sum) - (ofLabel - greatest)
        store(Lanes(repeating: 0).replacing(with: loss, where: isSample), losses + lane)
        let correct = IntegerLanes(repeating: 0).replacing(
            with: IntegerLanes(repeating: 1),
            where: (best .== label) .& (sum .== sum)
        )
        store(correct, isCorrect + lane)
        lane &+= laneCount
    }
}

/// Probabilities of the classes: logits [C, 16] → probabilities [C, 16].
package func softmax(
    logits: UnsafePointer<Float>,
    probabilities: UnsafeMutablePointer<Float>,
    classCount: Int
) {
    var lane = 0
    while lane < shardWidth {
        let (greatest, _) = greatestLogit(logits + lane, classCount)
        let sum = exponentials(
            logits + lane,
            classCount,
            greatest: greatest,
            probabilities + lane
        )
        for index in 0..<classCount {
            let address = probabilities + (lane + index * shardWidth)
            store(load(address) / sum, address)
        }
        lane &+= laneCount
    }
}

@_transparent
private func greatestLogit(_ logits: Floats, _ classCount: Int) -> (Lanes, IntegerLanes) {
    var greatest = load(logits)
    var best = IntegerLanes(repeating: 0)
    for index in 1..<classCount {
        let logit = load(logits + index * shardWidth)
        let isGreater = logit .> greatest
        greatest.replace(with: logit, where: isGreater)
        best.replace(
            with: IntegerLanes(repeating: Int32(truncatingIfNeeded: index)),
            where: isGreater
        )
    }
    return (greatest, best)
}

/// Writes e^(z − greatest) of each class and returns their sum, taken in the order of the classes.
@_transparent
private func exponentials(
    _ logits: Floats,
    _ classCount: Int,
    greatest: Lanes,
    _ output: MutableFloats
) -> Lanes {
    var sum = Lanes(repeating: 0)
    for index in 0..<classCount {
        let value = exponential(load(logits + index * shardWidth) - greatest)
        store(value, output + index * shardWidth)
        sum += value
    }
    return sum
}
