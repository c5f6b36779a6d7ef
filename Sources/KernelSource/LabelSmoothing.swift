/// What label smoothing adds to the cross-entropy of a shard: logits [C, 16], labels [16] →
/// gradient [C, 16] and losses [16], which `softmaxCrossEntropy` has written.
///
/// With smoothing ε the target is (1 − ε)·one-hot + ε/C (Szegedy et al. 2016, section 7). So the
/// loss grows by ε·(z_label − mean z), and the gradient by ε·one-hot − ε/C. A lane whose label is
/// negative is not a sample and stays as it is.
package func smoothLabels(
    logits: UnsafePointer<Float>,
    labels: UnsafePointer<Int32>,
    gradient: UnsafeMutablePointer<Float>,
    losses: UnsafeMutablePointer<Float>,
    smoothing: Float,
    classCount: Int
) {
    let zero = Lanes(repeating: 0)
    let count = Float(classCount)
    let (epsilon, share) = (broadcast(smoothing), broadcast(smoothing / count))
    let part = broadcast(1 / count)
    var lane = 0
    while lane < shardWidth {
        let label = load(labels + lane)
        let isSample = label .>= IntegerLanes(repeating: 0)
        var (sum, ofLabel) = (zero, zero)
        for index in 0..<classCount {
            let logit = load(logits + (lane + index * shardWidth))
            let isLabel = label .== IntegerLanes(repeating: Int32(truncatingIfNeeded: index))
            sum += logit
            ofLabel.replace(with: logit, where: isLabel)
            let address = gradient + (lane + index * shardWidth)
            let addition = zero.replacing(with: epsilon, where: isLabel) - share
            store(load(address) + zero.replacing(with: addition, where: isSample), address)
        }
        let addition = epsilon * (ofLabel - sum * part)
        store(load(losses + lane) + zero.replacing(with: addition, where: isSample), losses + lane)
        lane &+= laneCount
    }
}
