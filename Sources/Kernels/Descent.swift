/// The kernels that optimizers beside Adam are made of.
package struct Descent: Sendable {
    /// Source, factor, target, count: decoupled weight decay.
    package let scale: @Sendable (KernelSet.Source, Float, KernelSet.Target, Int) -> Void
    /// Parameters, the next ones, gradient sum, count, gradient scale, rate: a step of SGD.
    package let gradientStep:
        @Sendable (KernelSet.Source, KernelSet.Target, KernelSet.Source, Int, Float, Float) -> Void
    /// Parameters, velocity, the next of each, gradient sum, count, gradient scale, momentum, rate,
    /// whether to look ahead: a step of SGD with momentum.
    package let momentumStep:
        @Sendable (
            KernelSet.Source, KernelSet.Source, KernelSet.Target, KernelSet.Target,
            KernelSet.Source, Int, Float, Float, Float, Bool
        ) -> Void
    /// Average, parameters, the next average, count, decay: an exponential moving average.
    package let average:
        @Sendable (KernelSet.Source, KernelSet.Source, KernelSet.Target, Int, Float) -> Void
}
