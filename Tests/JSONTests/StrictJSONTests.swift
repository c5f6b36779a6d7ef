import Testing

@testable import JSON

@Suite struct StrictJSONTests {
    private func value(_ text: String) throws -> StrictJSON { try StrictJSON(parsing: text) }

    @Test func `reads every kind of value`() throws {
        let json = try value(
            #" {"a": [1, -2, 0.5, 1e3, -1.5E-2], "b": {"c": "d\u00e9\n"}, "t": true, "f": false, "n": null} "#
        )
        #expect(
            json["a"]?.elements == [.number(1), .real(-2), .real(0.5), .real(1_000), .real(-0.015)]
        )
        #expect(json["b"]?["c"]?.string == "d\u{e9}\n")
        #expect(json["t"] == .boolean(true) && json["f"] == .boolean(false))
        #expect(json["n"]?.double?.isNaN == true)
        #expect(json["z"] == nil && json["t"]?["z"] == nil)
    }

    @Test func `tells a whole number from another`() throws {
        #expect(try value("12").count == 12 && value("12").double == 12)
        #expect(try value("12.0").count == nil && value("12.0").double == 12)
        #expect(try value("-1").count == nil)
        #expect(try value("18446744073709551615") == .real(0x1p64))
        #expect(try value("\"12\"").count == nil && value("\"12\"").double == nil)
    }

    @Test(arguments: [
        "", "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "nan", "Infinity", "1e999", "tru",
        "nul",
        "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":1}", "[1] 2", "\"\\x\"",
        "\"\u{1}\"", "\"\\ud800\"", "[[[[[[[[[]]]]]]]]]", "'a'",
    ])
    func `refuses what is no JSON, and a key twice`(text: String) {
        #expect(throws: StrictJSON.Problem.self) { try value(text) }
    }

    @Test func `reads every number that it is given as Swift writes it`() throws {
        for number in [
            0.1, 1.0 / 3, Double.leastNonzeroMagnitude, 1.7976931348623157e308, 123_456.789, 1e-5,
        ] {
            #expect(try value("\(number)").double == number)
            #expect(try value("\(-number)").double == -number)
        }
    }

    @Test func `writes strings that it reads back`() throws {
        let strings = ["a\"b": "c\\d\n\u{1}", "é": ""]
        #expect(try StrictJSON.strings(parsing: StrictJSON.text(of: strings)) == strings)
        #expect(throws: StrictJSON.Problem.self) {
            try StrictJSON.strings(parsing: "{\"a\": 1}")
        }
    }
}
