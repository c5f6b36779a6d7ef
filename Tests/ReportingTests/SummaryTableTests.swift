import Testing

@testable import Reporting

@Suite struct SummaryTableTests {
    @Test func `draws the table as Keras does`() {
        let table = SummaryTable(rows: [
            SummaryTable.Row(name: "conv1 (Conv2D)", outputShape: "28×28×6", parameterCount: 156),
            SummaryTable.Row(name: "fc1 (Dense)", outputShape: "120", parameterCount: 48_120),
            SummaryTable.Row(name: "rest", outputShape: "", parameterCount: 13_430),
        ])
        #expect(
            table.rendered() == """
                ┏━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
                ┃ Layer (type)   ┃ Output Shape ┃ Param # ┃
                ┡━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
                │ conv1 (Conv2D) │ 28×28×6      │     156 │
                ├────────────────┼──────────────┼─────────┤
                │ fc1 (Dense)    │ 120          │  48,120 │
                ├────────────────┼──────────────┼─────────┤
                │ rest           │              │  13,430 │
                └────────────────┴──────────────┴─────────┘
                 Total params: 61,706 (241.04 KB)

                """
        )
    }

    @Test func `chooses the unit of the size`() {
        func total(_ count: Int) -> Substring {
            let row = SummaryTable.Row(name: "a", outputShape: "b", parameterCount: count)
            return SummaryTable(rows: [row]).rendered().split(separator: "\n").last ?? ""
        }
        #expect(total(0) == " Total params: 0 (0.00 B)")
        #expect(total(255) == " Total params: 255 (1020.00 B)")
        #expect(total(262_144) == " Total params: 262,144 (1.00 MB)")
        #expect(SummaryTable(rows: []).rendered().hasSuffix(" Total params: 0 (0.00 B)\n"))
    }
}
