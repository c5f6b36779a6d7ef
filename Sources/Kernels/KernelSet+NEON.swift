#if arch(arm64)
    private import KernelsNEON

    extension KernelSet {
        /// The kernels compiled for arm64.
        static var neon: KernelSet {
            KernelSet(
                name: "neon",
                loadPixels: KernelsNEON.loadPixels,
                padImages: KernelsNEON.padImages,
                resizeImages: KernelsNEON.resizeImages,
                mapInk: KernelsNEON.mapInk,
                convolution1Forward: KernelsNEON.convolution1Forward,
                convolution2Forward: KernelsNEON.convolution2Forward,
                channelsOfWindows: KernelsNEON.channelsOfWindows,
                lanesOfRows: KernelsNEON.lanesOfRows,
                denseForward: [
                    KernelsNEON.dense1Forward,
                    KernelsNEON.dense2Forward,
                    KernelsNEON.dense3Forward,
                ],
                softmaxCrossEntropy: KernelsNEON.softmaxCrossEntropy,
                softmax: KernelsNEON.softmax,
                transpose: KernelsNEON.transpose,
                rowsOfImages: KernelsNEON.rowsOfImages,
                denseInputGradient: [
                    KernelsNEON.dense2InputGradient,
                    KernelsNEON.dense3InputGradient,
                ],
                denseWeightGradient: [
                    KernelsNEON.dense1WeightGradient,
                    KernelsNEON.dense2WeightGradient,
                    KernelsNEON.dense3WeightGradient,
                ],
                dense1WeightGradientSum: KernelsNEON.dense1WeightGradientSum,
                dense1InputGradient: KernelsNEON.dense1InputGradient,
                convolution2WeightGradient: KernelsNEON.convolution2WeightGradient,
                convolution2InputGradient: KernelsNEON.convolution2InputGradient,
                convolution1WeightGradient: KernelsNEON.convolution1WeightGradient,
                adam: KernelsNEON.adam,
                descent: Descent(
                    scale: KernelsNEON.scaled,
                    gradientStep: KernelsNEON.gradientStep,
                    momentumStep: KernelsNEON.momentumStep,
                    average: KernelsNEON.averaged
                ),
                smoothLabels: KernelsNEON.smoothLabels,
                affineImage: KernelsNEON.affineImage,
                exponentials: KernelsNEON.exponentials,
                logarithms: KernelsNEON.logarithms,
                laneCount: KernelsNEON.vectorLaneCount,
                multiplyAddRounds: KernelsNEON.multiplyAddRounds,
                addition: KernelsNEON.add,
                outOfPlaceAddition: KernelsNEON.sum,
                finiteness: KernelsNEON.areFinite
            )
        }
    }
#endif
