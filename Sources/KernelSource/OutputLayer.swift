/// Classes that the kernels of the last layer are compiled for; others they count as they go.
let digitCount = 10

/// The third fully connected layer, 84 → a logit for each class.
package func dense3Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    if outputCount == digitCount {
        denseForward(
            input,
            weights,
            bias,
            output,
            inputCount: 84,
            outputCount: digitCount,
            isRectified: false
        )
    } else {
        denseForward(
            input,
            weights,
            bias,
            output,
            inputCount: 84,
            outputCount: outputCount,
            isRectified: false
        )
    }
}

/// The input gradient of 84 → a logit for each class.
package func dense3InputGradient(
    gradient: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    input: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    if outputCount == digitCount {
        denseInputGradient(
            gradient,
            weights,
            input,
            inputGradient,
            inputCount: 84,
            outputCount: digitCount
        )
    } else {
        denseInputGradient(
            gradient,
            weights,
            input,
            inputGradient,
            inputCount: 84,
            outputCount: outputCount
        )
    }
}

/// The weight and bias gradients of 84 → a logit for each class.
package func dense3WeightGradient(
    gradient: UnsafePointer<Float>,
    rows: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    if outputCount == digitCount {
        denseWeightGradient(
            gradient,
            rows,
            weightGradient,
            biasGradient,
            inputCount: 84,
            outputCount: digitCount
        )
    } else if outputCount >= 4 {
        denseWeightGradient(
            gradient,
            rows,
            weightGradient,
            biasGradient,
            inputCount: 84,
            outputCount: outputCount
        )
    } else {
        fewWeightGradients(
            gradient,
            rows,
            weightGradient,
            biasGradient,
            inputCount: 84,
            outputCount: outputCount
        )
    }
}
