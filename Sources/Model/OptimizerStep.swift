package import Kernels

/// One step of an optimizer, of which any part can be made by anybody.
///
/// It names the buffers' memory, which must outlive it.
package struct OptimizerStep {
    /// What becomes of a gradient, with the numbers of this step.
    enum Update {
        /// Adam, whose step size has both bias corrections.
        case adam(Adam, size: Float)
        /// Stochastic gradient descent.
        case descent(rate: Float)
        /// Stochastic gradient descent with momentum.
        case momentum(Float, rate: Float, isNesterov: Bool)
    }

    /// What the parameters, their gradient and their average are multiplied by.
    struct Factors {
        var gradientScale: Float
        /// What weight decay leaves of each parameter; 1 for all of it.
        var shrinking: Float
        /// Nil where no average is kept.
        var averageDecay: Float?
    }

    /// Where the parameters and the slots begin.
    private struct Memory {
        let parameters: KernelSet.Target
        let slots: (KernelSet.Target?, KernelSet.Target?, KernelSet.Target?)

        init(_ buffers: OptimizerBuffers) {
            parameters = buffers.parameters.start
            let all = buffers.slots
            func slot(_ index: Int) -> KernelSet.Target? {
                index < all.count ? all[index].start : nil
            }
            slots = (slot(0), slot(1), slot(2))
        }
    }

    private let update: Update
    private let current, next: Memory
    private let gradientSum: KernelSet.Source
    private let count: Int
    private let factors: Factors

    init(
        _ update: Update,
        from current: OptimizerBuffers,
        to next: OptimizerBuffers,
        gradientSum: ParameterBuffer,
        factors: Factors
    ) {
        self.update = update
        self.current = Memory(current)
        self.next = Memory(next)
        self.gradientSum = KernelSet.Source(gradientSum.start)
        count = gradientSum.count
        self.factors = factors
    }

    /// Makes a range of the next buffers; nothing else is touched.
    ///
    /// - Precondition: `range` is of the flat buffer.
    package func make(_ range: Range<Int>, kernels: KernelSet) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "range \(range) of \(count) parameters"
        )
        let start = range.lowerBound
        let target = next.parameters + start
        var source = KernelSet.Source(current.parameters + start)
        if factors.shrinking != 1 {
            kernels.descent.scale(source, factors.shrinking, target, range.count)
            source = KernelSet.Source(target)
        }
        let slotCount = apply(source, target, range, kernels)
        if let decay = factors.averageDecay {
            let (average, nextAverage) = slot(slotCount)
            let (from, to) = (average + start, nextAverage + start)
            kernels.descent.average(from, target, to, range.count, decay)
        }
    }

    /// Makes the step itself, and returns how many slots it took.
    private func apply(
        _ source: KernelSet.Source,
        _ target: KernelSet.Target,
        _ range: Range<Int>,
        _ kernels: KernelSet
    ) -> Int {
        let (start, count, scale) = (range.lowerBound, range.count, factors.gradientScale)
        let gradient = gradientSum + start
        switch update {
        case .adam(let adam, let size):
            let ((first, nextFirst), (second, nextSecond)) = (slot(0), slot(1))
            kernels.adam(
                source,
                first + start,
                second + start,
                target,
                nextFirst + start,
                nextSecond + start,
                gradient,
                count,
                scale,
                adam.beta1,
                adam.beta2,
                size,
                adam.epsilon
            )
            return 2
        case .descent(let rate):
            kernels.descent.gradientStep(source, target, gradient, count, scale, rate)
            return 0
        case .momentum(let momentum, let rate, let isNesterov):
            let (velocity, nextVelocity) = slot(0)
            kernels.descent.momentumStep(
                source,
                velocity + start,
                target,
                nextVelocity + start,
                gradient,
                count,
                scale,
                momentum,
                rate,
                isNesterov
            )
            return 1
        }
    }

    /// A slot's memory before and after the step.
    private func slot(_ index: Int) -> (current: KernelSet.Target, next: KernelSet.Target) {
        let pair =
            switch index {
            case 0: (current.slots.0, next.slots.0)
            case 1: (current.slots.1, next.slots.1)
            default: (current.slots.2, next.slots.2)
            }
        guard let before = pair.0, let after = pair.1 else {
            preconditionFailure("a step of \(update) without slot \(index)")
        }
        return (before, after)
    }
}
