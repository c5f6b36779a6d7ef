#if !arch(arm64)
    private import KernelsAVX512

    extension KernelSet {
        /// The kernels compiled for AVX-512 (x86-64-v4).
        static var avx512: KernelSet {
            KernelSet(
                name: "avx512",
                loadPixels: KernelsAVX512.loadPixels,
                padImages: KernelsAVX512.padImages,
                resizeImages: KernelsAVX512.resizeImages,
                mapInk: KernelsAVX512.mapInk,
                convolution1Forward: KernelsAVX512.convolution1Forward,
                convolution2Forward: KernelsAVX512.convolution2Forward,
                channelsOfWindows: KernelsAVX512.channelsOfWindows,
                lanesOfRows: KernelsAVX512.lanesOfRows,
                denseForward: [
                    KernelsAVX512.dense1Forward,
                    KernelsAVX512.dense2Forward,
                    KernelsAVX512.dense3Forward,
                ],
                softmaxCrossEntropy: KernelsAVX512.softmaxCrossEntropy,
                softmax: KernelsAVX512.softmax,
                transpose: KernelsAVX512.transpose,
                rowsOfImages: KernelsAVX512.rowsOfImages,
                denseInputGradient: [
                    KernelsAVX512.dense2InputGradient,
                    KernelsAVX512.dense3InputGradient,
                ],
                denseWeightGradient: [
                    KernelsAVX512.dense1WeightGradient,
                    KernelsAVX512.dense2WeightGradient,
                    KernelsAVX512.dense3WeightGradient,
                ],
                dense1WeightGradientSum: KernelsAVX512.dense1WeightGradientSum,
                dense1InputGradient: KernelsAVX512.dense1InputGradient,
                convolution2WeightGradient: KernelsAVX512.convolution2WeightGradient,
                convolution2InputGradient: KernelsAVX512.convolution2InputGradient,
                convolution1WeightGradient: KernelsAVX512.convolution1WeightGradient,
                adam: KernelsAVX512.adam,
                descent: Descent(
                    scale: KernelsAVX512.scaled,
                    gradientStep: KernelsAVX512.gradientStep,
                    momentumStep: KernelsAVX512.momentumStep,
                    average: KernelsAVX512.averaged
                ),
                smoothLabels: KernelsAVX512.smoothLabels,
                affineImage: KernelsAVX512.affineImage,
                exponentials: KernelsAVX512.exponentials,
                logarithms: KernelsAVX512.logarithms,
                laneCount: KernelsAVX512.vectorLaneCount,
                multiplyAddRounds: KernelsAVX512.multiplyAddRounds,
                addition: KernelsAVX512.add,
                outOfPlaceAddition: KernelsAVX512.sum,
                finiteness: KernelsAVX512.areFinite
            )
        }
    }
#endif
