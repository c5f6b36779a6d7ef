#if !arch(arm64)
    private import KernelsAVX512

    extension KernelSet {
        /// The kernels compiled for AVX-512 (x86-64-v4).
        static var avx512: KernelSet {
            KernelSet(
                name: "avx512",
                loadPixels: {
                    KernelsAVX512.loadPixels(
                        samples: $0,
                        stride: $1,
                        count: $2,
                        scratch: $3,
                        pixels: $4
                    )
                },
                padImages: { KernelsAVX512.padImages(pixels: $0, input: $1, isScaled: $2) },
                resizeImages: { KernelsAVX512.resizeImages(pixels: $0, input: $1, isScaled: $2) },
                convolution1Forward: {
                    KernelsAVX512.convolution1Forward(
                        input: $0,
                        weights: $1,
                        bias: $2,
                        output: $3,
                        winner: $4
                    )
                },
                convolution2Forward: {
                    KernelsAVX512.convolution2Forward(
                        input: $0,
                        weights: $1,
                        bias: $2,
                        output: $3,
                        winner: $4
                    )
                },
                denseForward: [
                    { KernelsAVX512.dense1Forward(input: $0, weights: $1, bias: $2, output: $3) },
                    { KernelsAVX512.dense2Forward(input: $0, weights: $1, bias: $2, output: $3) },
                    { KernelsAVX512.dense3Forward(input: $0, weights: $1, bias: $2, output: $3) },
                ],
                softmaxCrossEntropy: {
                    KernelsAVX512.softmaxCrossEntropy(
                        logits: $0,
                        labels: $1,
                        gradient: $2,
                        losses: $3,
                        isCorrect: $4
                    )
                },
                softmax: { KernelsAVX512.softmax(logits: $0, probabilities: $1) },
                transpose: {
                    KernelsAVX512.transpose(lanes: $0, rows: $1, scratch: $2, count: $3)
                },
                denseInputGradient: [
                    {
                        KernelsAVX512.dense1InputGradient(
                            gradient: $0,
                            weights: $1,
                            input: $2,
                            inputGradient: $3
                        )
                    },
                    {
                        KernelsAVX512.dense2InputGradient(
                            gradient: $0,
                            weights: $1,
                            input: $2,
                            inputGradient: $3
                        )
                    },
                    {
                        KernelsAVX512.dense3InputGradient(
                            gradient: $0,
                            weights: $1,
                            input: $2,
                            inputGradient: $3
                        )
                    },
                ],
                denseWeightGradient: [
                    {
                        KernelsAVX512.dense1WeightGradient(
                            gradient: $0,
                            rows: $1,
                            weightGradient: $2,
                            biasGradient: $3
                        )
                    },
                    {
                        KernelsAVX512.dense2WeightGradient(
                            gradient: $0,
                            rows: $1,
                            weightGradient: $2,
                            biasGradient: $3
                        )
                    },
                    {
                        KernelsAVX512.dense3WeightGradient(
                            gradient: $0,
                            rows: $1,
                            weightGradient: $2,
                            biasGradient: $3
                        )
                    },
                ],
                convolution2WeightGradient: {
                    KernelsAVX512.convolution2WeightGradient(
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
                    KernelsAVX512.convolution2InputGradient(
                        gradient: $0,
                        weights: $1,
                        input: $2,
                        inputGradient: $3
                    )
                },
                convolution1WeightGradient: {
                    KernelsAVX512.convolution1WeightGradient(
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
                    KernelsAVX512.adam(
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
                exponentials: { KernelsAVX512.exponentials($0, count: $1) },
                logarithms: { KernelsAVX512.logarithms($0, count: $1) },
                laneCount: KernelsAVX512.vectorLaneCount,
                multiplyAddRounds: { KernelsAVX512.multiplyAddRounds(count: $0, seed: $1) },
                addition: { KernelsAVX512.add(into: $0, $1, count: $2) }
            )
        }
    }
#endif
