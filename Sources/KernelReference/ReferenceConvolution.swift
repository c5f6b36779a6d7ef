/// A 5×5 convolution of one sample, stride 1, without padding, in naive loops: the kernels' oracle.
///
/// Arrays are row-major: inputs [I, S, S], weights [O, I, 5, 5], outputs [O, S−4, S−4].
package struct ReferenceConvolution: Sendable {
    /// I, O and S.
    package let inputChannelCount, outputChannelCount, inputSide: Int

    /// Describes a convolution of I inputs to O outputs on S × S positions.
    package init(inputChannelCount: Int, outputChannelCount: Int, inputSide: Int) {
        self.inputChannelCount = inputChannelCount
        self.outputChannelCount = outputChannelCount
        self.inputSide = inputSide
    }

    /// S − 4.
    package var outputSide: Int { inputSide - 4 }

    /// Computes the output: the bias, then a fused multiply-add for each input channel, filter row
    /// and filter column.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package func output<Scalar: ReferenceScalar>(
        input: [Scalar],
        weights: [Scalar],
        bias: [Scalar]
    ) -> [Scalar] {
        var output: [Scalar] = []
        for o in 0..<outputChannelCount {
            for y in 0..<outputSide {
                for x in 0..<outputSide {
                    var sum = bias[o]
                    forEachTap { i, ky, kx in
                        sum.addProduct(
                            weights[weightIndex(o, i, ky, kx)],
                            input[inputIndex(i, y + ky, x + kx)]
                        )
                    }
                    output.append(sum)
                }
            }
        }
        return output
    }

    /// Computes the gradient of the input from that of the output.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package func inputGradient<Scalar: ReferenceScalar>(
        gradient: [Scalar],
        weights: [Scalar]
    ) -> [Scalar] {
        var result = [Scalar](repeating: 0, count: inputChannelCount * inputSide * inputSide)
        forEachOutput { o, y, x, index in
            forEachTap { i, ky, kx in
                result[inputIndex(i, y + ky, x + kx)].addProduct(
                    gradient[index],
                    weights[weightIndex(o, i, ky, kx)]
                )
            }
        }
        return result
    }

    /// Computes the gradients of weights and bias.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package func weightGradient<Scalar: ReferenceScalar>(
        gradient: [Scalar],
        input: [Scalar]
    ) -> (weights: [Scalar], bias: [Scalar]) {
        var weights = [Scalar](repeating: 0, count: outputChannelCount * inputChannelCount * 25)
        var bias = [Scalar](repeating: 0, count: outputChannelCount)
        forEachOutput { o, y, x, index in
            bias[o] += gradient[index]
            forEachTap { i, ky, kx in
                weights[weightIndex(o, i, ky, kx)].addProduct(
                    gradient[index],
                    input[inputIndex(i, y + ky, x + kx)]
                )
            }
        }
        return (weights, bias)
    }

    private func forEachTap(_ body: (Int, Int, Int) -> Void) {
        for i in 0..<inputChannelCount {
            for ky in 0..<5 {
                for kx in 0..<5 { body(i, ky, kx) }
            }
        }
    }

    private func forEachOutput(_ body: (Int, Int, Int, Int) -> Void) {
        for o in 0..<outputChannelCount {
            for y in 0..<outputSide {
                for x in 0..<outputSide { body(o, y, x, (o * outputSide + y) * outputSide + x) }
            }
        }
    }

    private func weightIndex(_ o: Int, _ i: Int, _ ky: Int, _ kx: Int) -> Int {
        ((o * inputChannelCount + i) * 5 + ky) * 5 + kx
    }

    private func inputIndex(_ i: Int, _ y: Int, _ x: Int) -> Int {
        (i * inputSide + y) * inputSide + x
    }
}
