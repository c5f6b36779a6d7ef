package import Figures

/// The progress of a run's epochs, in the manner of Keras.
///
/// It renders only: each call returns the text to write to standard output, often none. Time is an
/// argument, counted from any fixed instant, and so is the terminal's width, which may change.
package struct ProgressBar: Equatable, Sendable {
    /// Where the text goes.
    package enum Style: Equatable, Sendable {
        /// To a terminal: the epoch's line is drawn anew in its place.
        case redrawn
        /// To a file or a pipe: one plain line an epoch.
        case lines
    }

    /// The least time between two drawings: 15 a second at most.
    package static let drawingInterval = Duration.nanoseconds(66_666_667)

    private struct Epoch: Equatable {
        let number: Int
        let stepCount: Int
        let firstStepIndex: Int
        let start: Duration
        var nextDrawing: Duration
        var isDrawn = false
    }

    private let style: Style
    private let epochCount: Int
    private var epoch: Epoch?

    /// Takes the style and the number of epochs that the run has in all.
    package init(style: Style, epochCount: Int) {
        self.style = style
        self.epochCount = epochCount
    }

    /// Begins an epoch.
    ///
    /// - Parameters:
    ///   - number: which epoch, from 1.
    ///   - stepCount: the epoch's steps.
    ///   - doneCount: its steps that were done before, in a run that is resumed.
    package mutating func began(
        epoch number: Int,
        stepCount: Int,
        doneCount: Int = 0,
        at now: Duration
    ) -> String {
        epoch = Epoch(
            number: number,
            stepCount: stepCount,
            firstStepIndex: doneCount,
            start: now,
            nextDrawing: now
        )
        return style == .redrawn ? "Epoch \(number)/\(epochCount)\n" : ""
    }

    /// Shows that `doneCount` of the epoch's steps are done, with means since its start.
    ///
    /// Nothing is drawn sooner than `drawingInterval` after the last time.
    package mutating func advanced(
        doneCount: Int,
        _ metrics: Metrics,
        at now: Duration,
        columnCount: @autoclosure () -> Int
    ) -> String {
        guard style == .redrawn, var current = epoch, now >= current.nextDrawing else { return "" }
        current.nextDrawing = now + Self.drawingInterval
        current.isDrawn = true
        epoch = current
        let elapsed = seconds(now - current.start)
        let perStep = elapsed / Double(max(1, doneCount - current.firstStepIndex))
        let remaining = perStep * Double(max(0, current.stepCount - doneCount))
        let line = ProgressLine(
            doneCount: doneCount,
            stepCount: current.stepCount,
            times: [ProgressLine.clock(remaining), ProgressLine.perStep(perStep)],
            metrics: [("accuracy", metrics.accuracy), ("loss", metrics.loss)]
        )
        return "\r" + line.cut(toColumns: columnCount() - 1) + Self.eraseToEnd
    }

    /// Ends the epoch with its figures.
    package mutating func ended(
        _ record: EpochRecord,
        at now: Duration,
        columnCount: Int
    ) -> String {
        guard let current = epoch else { return "" }
        epoch = nil
        guard style == .redrawn else { return plainLine(record, stepCount: current.stepCount) }
        let elapsed = seconds(now - current.start)
        let stepCount = max(1, current.stepCount - current.firstStepIndex)
        var metrics = [("accuracy", record.training.accuracy), ("loss", record.training.loss)]
        if let validation = record.validation {
            metrics += [("val_accuracy", validation.accuracy), ("val_loss", validation.loss)]
        }
        if let average = record.averageValidation {
            metrics += [("ema_val_accuracy", average.accuracy), ("ema_val_loss", average.loss)]
        }
        let line = ProgressLine(
            doneCount: current.stepCount,
            stepCount: current.stepCount,
            times: [
                ProgressLine.clock(elapsed), ProgressLine.perStep(elapsed / Double(stepCount)),
            ],
            metrics: metrics
        )
        return line.folded(toColumns: columnCount - 1)
            .map { "\r\($0)\(Self.eraseToEnd)\n" }.joined()
    }

    /// Leaves the epoch's line as it stands, so that other text can follow on a line of its own.
    package mutating func interrupted() -> String {
        guard let current = epoch, current.isDrawn else { return "" }
        epoch?.isDrawn = false
        return "\n"
    }

    /// ECMA-48's erase-in-line, from the cursor on.
    private static let eraseToEnd = "\u{1B}[K"

    private func plainLine(_ record: EpochRecord, stepCount: Int) -> String {
        var text = "epoch \(record.epochIndex + 1)/\(epochCount): \(stepCount) steps, "
        text += "\(DecimalText.fixed(record.seconds, places: 1)) s, "
        text += "\(DecimalText.fixed(record.throughputSamplesPerSecond, places: 0)) samples/s, "
        text += "loss \(DecimalText.metric(record.training.loss)), "
        text += "accuracy \(DecimalText.metric(record.training.accuracy))"
        if let validation = record.validation {
            text += ", val_loss \(DecimalText.metric(validation.loss))"
            text += ", val_accuracy \(DecimalText.metric(validation.accuracy))"
        }
        if let average = record.averageValidation {
            text += ", ema_val_loss \(DecimalText.metric(average.loss))"
            text += ", ema_val_accuracy \(DecimalText.metric(average.accuracy))"
        }
        return text + "\n"
    }

    private func seconds(_ duration: Duration) -> Double { max(0, duration / .seconds(1)) }
}
