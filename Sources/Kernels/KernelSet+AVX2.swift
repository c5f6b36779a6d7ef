#if !arch(arm64)
    private import KernelsAVX2

    extension KernelSet {
        /// The kernels compiled for AVX2 and FMA (x86-64-v3).
        static var avx2: KernelSet {
            KernelSet(
                name: "avx2",
                loadPixels: KernelsAVX2.loadPixels,
                padImages: KernelsAVX2.padImages,
                resizeImages: KernelsAVX2.resizeImages,
                mapInk: KernelsAVX2.mapInk,
                convolution1Forward: KernelsAVX2.convolution1Forward,
                convolution2Forward: KernelsAVX2.convolution2Forward,
                channelsOfWindows: KernelsAVX2.channelsOfWindows,
                lanesOfRows: KernelsAVX2.lanesOfRows,
                denseForward: [
                    KernelsAVX2.dense1Forward,
                    KernelsAVX2.dense2Forward,
                    KernelsAVX2.dense3Forward,
                ],
                softmaxCrossEntropy: KernelsAVX2.softmaxCrossEntropy,
                softmax: KernelsAVX2.softmax,
                transpose: KernelsAVX2.transpose,
                rowsOfImages: KernelsAVX2.rowsOfImages,
                denseInputGradient: [
                    KernelsAVX2.dense2InputGradient,
                    KernelsAVX2.dense3InputGradient,
                ],
                denseWeightGradient: [
                    KernelsAVX2.dense1WeightGradient,
                    KernelsAVX2.dense2WeightGradient,
                    KernelsAVX2.dense3WeightGradient,
                ],
                dense1WeightGradientSum: KernelsAVX2.dense1WeightGradientSum,
                dense1InputGradient: KernelsAVX2.dense1InputGradient,
                convolution2WeightGradient: KernelsAVX2.convolution2WeightGradient,
                convolution2InputGradient: KernelsAVX2.convolution2InputGradient,
                convolution1WeightGradient: KernelsAVX2.convolution1WeightGradient,
                adam: KernelsAVX2.adam,
                descent: Descent(
                    scale: KernelsAVX2.scaled,
                    gradientStep: KernelsAVX2.gradientStep,
                    momentumStep: KernelsAVX2.momentumStep,
                    average: KernelsAVX2.averaged
                ),
                smoothLabels: KernelsAVX2.smoothLabels,
                affineImage: KernelsAVX2.affineImage,
                exponentials: KernelsAVX2.exponentials,
                logarithms: KernelsAVX2.logarithms,
                laneCount: KernelsAVX2.vectorLaneCount,
                multiplyAddRounds: KernelsAVX2.multiplyAddRounds,
                addition: KernelsAVX2.add,
                outOfPlaceAddition: KernelsAVX2.sum,
                finiteness: KernelsAVX2.areFinite
            )
        }
    }
#endif
