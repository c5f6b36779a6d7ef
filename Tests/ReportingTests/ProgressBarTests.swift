import Figures
import Testing

@testable import Reporting

@Suite struct ProgressBarTests {
    private let result = EpochRecord(
        epochIndex: 0,
        training: Metrics(loss: 0.27912, accuracy: 0.91524),
        validation: Metrics(loss: 0.07309, accuracy: 0.97806),
        seconds: 12.1,
        throughputSamplesPerSecond: 4_462.81
    )

    @Test func `draws an epoch as Keras does`() {
        var bar = ProgressBar(style: .redrawn, epochCount: 5)
        var text = bar.began(epoch: 1, stepCount: 1_688, at: .seconds(100))
        text += bar.advanced(
            doneCount: 844,
            Metrics(loss: 0.5, accuracy: 0.75),
            at: .seconds(106),
            columnCount: 160
        )
        text += bar.ended(result, at: .milliseconds(112_100), columnCount: 160)
        #expect(
            text == "Epoch 1/5\n"
                + "\r 844/1688 ━━━━━━━━━━────────── 6s 7ms/step"
                + " - accuracy: 0.7500 - loss: 0.5000\u{1B}[K"
                + "\r1688/1688 ━━━━━━━━━━━━━━━━━━━━ 12s 7ms/step - accuracy: 0.9152 - loss: 0.2791"
                + " - val_accuracy: 0.9781 - val_loss: 0.0731\u{1B}[K\n"
        )
    }

    @Test func `folds the last drawing on a terminal of 80 columns`() {
        var bar = ProgressBar(style: .redrawn, epochCount: 5)
        _ = bar.began(epoch: 1, stepCount: 1_688, at: .zero)
        #expect(
            bar.ended(result, at: .milliseconds(12_100), columnCount: 80)
                == "\r1688/1688 ━━━━━━━━━━━━━━━━━━━━ 12s 7ms/step - accuracy: 0.9152 - loss: 0.2791"
                + "\u{1B}[K\n\r  val_accuracy: 0.9781 - val_loss: 0.0731\u{1B}[K\n"
        )
    }

    @Test func `never fills the last column of any width`() {
        for columnCount in 0...200 {
            var bar = ProgressBar(style: .redrawn, epochCount: 5)
            _ = bar.began(epoch: 1, stepCount: 1_688, at: .zero)
            var text = bar.advanced(
                doneCount: 9,
                Metrics(loss: 2.3, accuracy: 0.1),
                at: .seconds(1),
                columnCount: columnCount
            )
            text += bar.ended(result, at: .seconds(9), columnCount: columnCount)
            for line in text.replacing("\r", with: "").replacing("\u{1B}[K", with: "\n")
                .split(separator: "\n")
            {
                #expect(line.count <= max(0, columnCount - 1), "\(columnCount): \(line)")
            }
        }
    }

    @Test func `draws 15 times a second at most`() {
        var bar = ProgressBar(style: .redrawn, epochCount: 1)
        _ = bar.began(epoch: 1, stepCount: 2_000, at: .zero)
        let drawings = (1...2_000).filter { step in
            let text = bar.advanced(
                doneCount: step,
                Metrics(loss: 1, accuracy: 0),
                at: .milliseconds(step),
                columnCount: 80
            )
            return !text.isEmpty
        }
        #expect((28...31).contains(drawings.count))
        #expect(drawings.first == 1)
    }

    @Test func `writes one plain line an epoch where nothing can be redrawn`() {
        var bar = ProgressBar(style: .lines, epochCount: 5)
        var text = bar.began(epoch: 1, stepCount: 1_688, at: .zero)
        text += bar.advanced(
            doneCount: 5,
            Metrics(loss: 1, accuracy: 0),
            at: .seconds(1),
            columnCount: 80
        )
        text += bar.interrupted()
        text += bar.ended(result, at: .seconds(12), columnCount: 80)
        #expect(
            text == "epoch 1/5: 1688 steps, 12.1 s, 4463 samples/s, loss 0.2791, accuracy 0.9152, "
                + "val_loss 0.0731, val_accuracy 0.9781\n"
        )
    }

    @Test func `leaves validation out where there is none`() {
        var plain = result
        plain.validation = nil
        for style in [ProgressBar.Style.lines, .redrawn] {
            var bar = ProgressBar(style: style, epochCount: 5)
            _ = bar.began(epoch: 1, stepCount: 10, at: .zero)
            let text = bar.ended(plain, at: .seconds(1), columnCount: 200)
            #expect(text.contains("0.2791") && !text.contains("val_"))
        }
    }

    @Test func `counts a resumed epoch's time over the steps it did itself`() {
        var bar = ProgressBar(style: .redrawn, epochCount: 5)
        _ = bar.began(epoch: 2, stepCount: 1_000, doneCount: 900, at: .zero)
        let text = bar.advanced(
            doneCount: 910,
            Metrics(loss: 1, accuracy: 0),
            at: .seconds(1),
            columnCount: 200
        )
        #expect(text.contains(" 910/1000 ━━━━━━━━━━━━━━━━━━── 9s 100ms/step - "))
        #expect(bar.ended(result, at: .seconds(10), columnCount: 200).contains(" 10s 100ms/step"))
    }

    @Test func `ends the line once before other text`() {
        var bar = ProgressBar(style: .redrawn, epochCount: 5)
        #expect(bar.interrupted() == "")
        _ = bar.began(epoch: 1, stepCount: 10, at: .zero)
        #expect(bar.interrupted() == "")
        _ = bar.advanced(
            doneCount: 1,
            Metrics(loss: 1, accuracy: 0),
            at: .seconds(1),
            columnCount: 80
        )
        #expect(bar.interrupted() == "\n")
        #expect(bar.interrupted() == "")
    }

    @Test func `takes odd counts, times and numbers`() {
        for style in [ProgressBar.Style.lines, .redrawn] {
            var bar = ProgressBar(style: style, epochCount: 0)
            var odd = result
            (odd.training, odd.seconds) = (Metrics(loss: .nan, accuracy: .infinity), .nan)
            #expect(bar.ended(odd, at: .zero, columnCount: 80) == "")
            for (done, count) in [(0, 0), (5, 0), (-1, 3), (7, 3), (.max, 1)] {
                _ = bar.began(epoch: -1, stepCount: count, doneCount: 2, at: .seconds(5))
                _ = bar.advanced(
                    doneCount: done,
                    Metrics(loss: .nan, accuracy: -.infinity),
                    at: .seconds(6),
                    columnCount: -4
                )
                _ = bar.ended(odd, at: .zero, columnCount: 80)
            }
        }
    }
}
