import Foundation
import Testing

@testable import Reporting

@Suite struct DecimalTextTests {
    @Test func `writes decimals as C does`() {
        let values = [0, 0.27914, 0.99995, 0.999951, 9.99999, -0.00001, -1.25, 123456.789, 1e11]
        for value in values + (0..<500).map({ Double($0) * 0.013_7 }) {
            for places in 0...4 {
                let expected = String(format: "%.\(places)f", value)
                let isNegativeZero = expected.first == "-" && (Double(expected) ?? 1) == 0
                let text = DecimalText.fixed(value, places: places)
                #expect(text == (isNegativeZero ? String(expected.dropFirst()) : expected))
            }
        }
    }

    @Test func `writes small metrics with an exponent`() {
        #expect(DecimalText.metric(0.00061) == "6.1000e-04")
        #expect(DecimalText.metric(0.001) == "1.0000e-03")
        #expect(DecimalText.metric(0.0010001) == "0.0010")
        #expect(DecimalText.metric(9.99999e-5) == "1.0000e-04")
        #expect(DecimalText.metric(0) == "0.0000")
        #expect(DecimalText.metric(-2.5e-12) == "-2.5000e-12")
    }

    @Test func `takes any number`() {
        for value in [
            Double.nan, .infinity, -.infinity, 1e300, .leastNonzeroMagnitude,
            .greatestFiniteMagnitude,
        ] {
            #expect(!DecimalText.metric(value).isEmpty)
            for places in 0...4 { #expect(!DecimalText.fixed(value, places: places).isEmpty) }
        }
        #expect(DecimalText.metric(.nan) == "nan")
        #expect(DecimalText.metric(-.infinity) == "-inf")
    }

    @Test func `groups digits by three`() {
        let texts = [0, 999, 1_000, 61_706, -1_234_567].map(DecimalText.grouped)
        #expect(texts == ["0", "999", "1,000", "61,706", "-1,234,567"])
        #expect(DecimalText.grouped(.min) == "-9,223,372,036,854,775,808")
    }
}
