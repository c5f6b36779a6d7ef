import Testing

@testable import Configuration

@Suite struct ResolutionTests {
    private func resolve(
        flags: [String: String] = [:],
        variables: [String: String] = [:],
        yaml: String? = nil
    ) throws(ConfigurationError) -> RunConfiguration {
        try RunConfiguration.resolve(
            commandLine: flags,
            environment: variables,
            yaml: yaml.map { ($0, "run.yaml") }
        )
    }

    private func failure(
        flags: [String: String] = [:],
        variables: [String: String] = [:],
        yaml: String? = nil
    ) -> String {
        do {
            let resolved = try resolve(flags: flags, variables: variables, yaml: yaml)
            return "resolved: \(resolved)"
        } catch {
            return "\(error)"
        }
    }

    @Test func `takes the command line over the environment over the file over defaults`() throws {
        let yaml = "batchSize: 64\nepochs: 7\nseed: 3\n"
        let variables = ["LOCKSTEP_BATCH_SIZE": "128", "LOCKSTEP_EPOCHS": "8", "PATH": "/bin"]
        let resolved = try resolve(flags: ["batchSize": "256"], variables: variables, yaml: yaml)
        var expected = RunConfiguration()
        (expected.batchSize, expected.epochs, expected.seed) = (256, 8, 3)
        #expect(resolved == expected)
    }

    @Test func `lets a later source go back to a default that is no value`() throws {
        let yaml = "dataset: /data\nworkers: 4\n"
        #expect(try resolve(yaml: yaml).dataset == "/data")
        let resolved = try resolve(
            flags: ["workers": "auto"],
            variables: ["LOCKSTEP_DATASET": "bundled"],
            yaml: yaml
        )
        #expect(resolved == RunConfiguration())
    }

    @Test func `takes an empty file for the defaults`() throws {
        for yaml in ["", "\n", "# nothing\n", "---\n", "---\n...\n", "{}"] {
            #expect(try resolve(yaml: yaml) == RunConfiguration(), "\(yaml)")
        }
    }

    @Test func `names flag, variable or line with found and expected`() {
        let remedy = "; write such a value, or leave it out for the default"
        #expect(
            failure(flags: ["batchSize": "0"]) == "--batch-size: 0 where a whole number from 1 to "
                + "65,536 was expected\(remedy)"
        )
        #expect(
            failure(variables: ["LOCKSTEP_SCALE": ""]) == "LOCKSTEP_SCALE: \"\" where unit or none "
                + "was expected\(remedy)"
        )
        #expect(
            failure(yaml: "# run\nepochs: 5\nbeta1: 1e999\n") == "run.yaml:3: beta1: 1e999 where a "
                + "number from 0 to below 1 was expected\(remedy)"
        )
        #expect(
            failure(yaml: "epochs: [1, 2]") == "run.yaml:1: epochs: a list where a whole number "
                + "from 1 to 100,000 was expected\(remedy)"
        )
        #expect(failure(yaml: "epochs:").hasPrefix("run.yaml:1: epochs: \"\" where"))
        #expect(failure(yaml: "epochs: ' 5 '").hasPrefix("run.yaml:1: epochs: \" 5 \" where"))
    }

    @Test func `names the word that was probably meant`() {
        #expect(
            failure(flags: ["input": "padd"])
                == "--input: padd where pad or resize was expected; did you mean pad?"
        )
        #expect(failure(flags: ["workers": "atuo"]).hasSuffix("; did you mean auto?"))
        #expect(failure(yaml: "keepGoing: ture").hasSuffix("; did you mean true?"))
    }

    @Test func `checks a value that another source overrides`() {
        #expect(failure(flags: ["epochs": "2"], yaml: "epochs: two").contains("run.yaml:1: epochs"))
    }

    @Test func `names the nearest right key`() {
        #expect(
            failure(yaml: "epochs: 5\nbatch_size: 5\n")
                == "run.yaml:2: batch_size: no such setting "
                + "where one that lockstep train --help lists was expected; did you mean batchSize?"
        )
        #expect(failure(yaml: "learningrate: 1").hasSuffix("did you mean learningRate?"))
        #expect(failure(yaml: "sede: 1").hasSuffix("did you mean seed?"))
        #expect(failure(yaml: "checkpointKept: 1").hasSuffix("did you mean checkpointsKept?"))
        #expect(failure(yaml: "lr: 1").hasSuffix("did you mean learningRate?"))
        #expect(failure(yaml: "colour: red").hasSuffix("correct it, or leave it out"))
        #expect(failure(flags: ["epoch": "1"]).hasSuffix("did you mean --epochs?"))
        #expect(failure(yaml: "? {a: 1}\n: 1").contains("run.yaml:1: a mapping as a key"))
    }

    @Test func `refuses variables that look like a slip and lets others through`() throws {
        #expect(
            failure(variables: ["LOCKSTEP_BATCHSIZE": "5"]).hasSuffix(
                "did you mean LOCKSTEP_BATCH_SIZE?"
            )
        )
        #expect(
            failure(variables: ["LOCKSTEP_WORKER": "5"]).hasSuffix("did you mean LOCKSTEP_WORKERS?")
        )
        #expect(
            failure(variables: ["LOCKSTEP_LR": "1"]).hasSuffix(
                "did you mean LOCKSTEP_LEARNING_RATE?"
            )
        )
        for name in ["CONFIG", "KERNELS", "LOG_LEVEL", "PEER_PYTHON", "REQUIRE_PEERS", "SITE"] {
            #expect(try resolve(variables: ["LOCKSTEP_\(name)": "x"]) == RunConfiguration())
        }
    }

    @Test func `says which key is written twice and where`() {
        #expect(
            failure(yaml: "seed: 1\nepochs: 2\nepochs: 3\n").contains(
                "epochs: written twice where once was expected; remove one of them"
            )
        )
    }

    @Test func `refuses what is no mapping and what is no YAML`() {
        #expect(failure(yaml: "- epochs: 5").hasPrefix("run.yaml:1: a list where a mapping"))
        #expect(failure(yaml: "epochs").hasPrefix("run.yaml:1: epochs where a mapping"))
        #expect(failure(yaml: "epochs: 5\nseed: [1\n").hasPrefix("run.yaml:3: \"did not find"))
        #expect(failure(yaml: "epochs: 5\n\tseed: 1").contains("where YAML was expected"))
        #expect(failure(yaml: "epochs: *x").contains("found undefined alias"))
        #expect(failure(yaml: "epochs: 5\n---\nepochs: 6").contains("one document"))
        #expect(failure(yaml: "epochs: \u{1}").contains("where YAML was expected"))
    }

    @Test func `refuses bombs before they go off`() {
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...40 {
            bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(failure(yaml: bomb + "? *a40\n: 1\n").contains("asterisks"))
        #expect(failure(yaml: String(repeating: "[", count: 60_000)).contains("where YAML was"))
        #expect(failure(yaml: String(repeating: "- ", count: 30_000)).contains("where"))
        #expect(failure(yaml: String(repeating: "# x\n", count: 20_000)).contains("65536 bytes"))
    }

    @Test func `answers any mutilated file with a configuration or a sentence`() {
        let whole =
            RunConfiguration.yamlText(of: RunConfiguration()) + "x: [{a: &b 'c'}, *b, !!t |\n d]"
        let pieces = [
            "*", "&", "[", "{", "\"", "'", ":", "\n", "- ", "? ", "%", "!", "|", "\u{0}", "é",
        ]
        let scalars = Array(whole.unicodeScalars)
        for cut in 0..<scalars.count {
            for piece in ["", pieces[cut % pieces.count], pieces[(cut / 7) % pieces.count]] {
                var text = String(String.UnicodeScalarView(scalars[..<cut])) + piece
                text += String(String.UnicodeScalarView(scalars[cut...].dropFirst(cut % 5)))
                let sentence = failure(yaml: text)
                #expect(!sentence.isEmpty && !sentence.contains("\n"), "cut \(cut), \(piece)")
            }
        }
    }
}
