#if arch(arm64)
    private import KernelsNEON

    extension KernelSet {
        /// The kernels compiled for arm64.
        static var neon: KernelSet {
            KernelSet(
                name: "neon",
                loadPixels: {
                    KernelsNEON.loadPixels(
                        samples: $0,
                        stride: $1,
                        count: $2,
                        scratch: $3,
                        pixels: $4
                    )
                },
                padImages: { KernelsNEON.padImages(pixels: $0, input: $1, isScaled: $2) },
                resizeImages: { KernelsNEON.resizeImages(pixels: $0, input: $1, isScaled: $2) },
                convolution1Forward: {
                    KernelsNEON.convolution1Forward(
                        input: $0,
                        weights: $1,
                        bias: $2,
                        output: $3,
                        winner: $4
                    )
                },
                convolution2Forward: {
                    KernelsNEON.convolution2Forward(
                        input: $0,
                        weights: $1,
                        bias: $2,
                        output: $3,
                        winner: $4
                    )
                },
                denseForward: [
                    { KernelsNEON.dense1Forward(input: $0, weights: $1, bias: $2, output: $3) },
                    { KernelsNEON.dense2Forward(input: $0, weights: $1, bias: $2, output: $3) },
                    { KernelsNEON.dense3Forward(input: $0, weights: $1, bias: $2, output: $3) },
                ],
                softmaxCrossEntropy: {
                    KernelsNEON.softmaxCrossEntropy(
                        logits: $0,
                        labels: $1,
                        gradient: $2,
                        losses: $3,
                        isCorrect: $4
                    )
                },
                softmax: { KernelsNEON.softmax(logits: $0, probabilities: $1) },
                transpose: {
                    KernelsNEON.transpose(lanes: $0, rows: $1, scratch: $2, count: $3)
                },
                denseInputGradient: [
                    {
                        KernelsNEON.dense1InputGradient(
                            gradient: $0,
                            weights: $1,
                            input: $2,
                            inputGradient: $3
                        )
                    },
                    {
                        KernelsNEON.dense2InputGradient(
                            gradient: $0,
                            weights: $1,
                            input: $2,
                            inputGradient: $3
                        )
                    },
                    {
                        KernelsNEON.dense3InputGradient(
                            gradient: $0,
                            weights: $1,
                            input: $2,
                            inputGradient: $3
                        )
                    },
                ],
                denseWeightGradient: [
                    {
                        KernelsNEON.dense1WeightGradient(
                            gradient: $0,
                            rows: $1,
                            weightGradient: $2,
                            biasGradient: $3
                        )
                    },
                    {
                        KernelsNEON.dense2WeightGradient(
                            gradient: $0,
                            rows: $1,
                            weightGradient: $2,
                            biasGradient: $3
                        )
                    },
                    {
                        KernelsNEON.dense3WeightGradient(
                            gradient: $0,
                            rows: $1,
                            weightGradient: $2,
                            biasGradient: $3
                        )
                    },
                ],
                convolution2WeightGradient: {
                    KernelsNEON.convolution2WeightGradient(
                        input: $0,
                        pooledGradient: $1,
                        winner: $2,
                        gradient: $3,
                        partials: $4,
                        weightGradient: $5,
                        biasGradient: $6
                    )
                },
                convolution2InputGradient: {
                    KernelsNEON.convolution2InputGradient(
                        gradient: $0,
                        weights: $1,
                        input: $2,
                        inputGradient: $3
                    )
                },
                convolution1WeightGradient: {
                    KernelsNEON.convolution1WeightGradient(
                        input: $0,
                        pooledGradient: $1,
                        winner: $2,
                        scratch: $3,
                        partials: $4,
                        weightGradient: $5,
                        biasGradient: $6
                    )
                },
                adam: {
                    KernelsNEON.adam(
                        parameters: $0,
                        firstMoment: $1,
                        secondMoment: $2,
                        gradientSum: $3,
                        count: $4,
                        gradientScale: $5,
                        beta1: $6,
                        beta2: $7,
                        alpha: $8,
                        epsilon: $9
                    )
                },
                exponentials: { KernelsNEON.exponentials($0, count: $1) },
                logarithms: { KernelsNEON.logarithms($0, count: $1) },
                laneCount: KernelsNEON.vectorLaneCount,
                multiplyAddRounds: { KernelsNEON.multiplyAddRounds(count: $0, seed: $1) },
                addition: { KernelsNEON.add(into: $0, $1, count: $2) }
            )
        }
    }
#endif
