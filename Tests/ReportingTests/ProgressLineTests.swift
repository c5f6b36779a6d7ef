import Testing

@testable import Reporting

@Suite struct ProgressLineTests {
    @Test func `writes seconds as Keras does`() {
        let texts = [0.4, 12.9, 59, 60, 65, 3_599, 7_384, 1e300].map(ProgressLine.clock)
        #expect(
            texts == ["0s", "12s", "59s", "60s", "1:05", "59:59", "2:03:04", "277777:46:40"]
        )
    }

    @Test func `writes the time of a step as Keras does`() {
        let texts = [2.4, 1, 0.0071, 0.001, 0.00031, 0].map(ProgressLine.perStep)
        #expect(
            texts == ["2s/step", "1s/step", "7ms/step", "1ms/step", "310us/step", "0us/step"]
        )
    }

    @Test(arguments: [
        (56, "1688/1688 12s 7ms/step - accuracy: 0.9152 - loss: 0.2791"),
        (55, "1688/1688 12s - accuracy: 0.9152 - loss: 0.2791"),
        (45, "1688/1688 accuracy: 0.9152 - loss: 0.2791"),
        (39, "1688/1688 12s acc 0.9152 loss 0.2791"),
        (34, "1688/1688 acc 0.9152 loss 0.2791"),
        (20, "1688/1688 acc 0.9152"),
        (0, ""),
    ])
    func `shows accuracy and loss on narrow terminals too`(columns: Int, expected: String) {
        let line = ProgressLine(
            doneCount: 1_688,
            stepCount: 1_688,
            times: ["12s", "7ms/step"],
            metrics: [("accuracy", 0.91524), ("loss", 0.27912)]
        )
        #expect(line.cut(toColumns: columns) == expected)
    }
}
