internal import Kernels
internal import Model

/// The measurements of one set of kernels.
struct KernelReport {
    let kernels: KernelSet
    /// How often each measurement is repeated.
    private let repetitionCount: Int

    init(kernels: KernelSet, short: Bool) {
        self.kernels = kernels
        repetitionCount = short ? 2 : 300
    }

    /// Measures, and gives the table's lines.
    func lines(_ shard: BenchmarkShard) -> [String] {
        let cases = BenchmarkArrays(kernels: kernels, shard: shard).cases()
        // In order once, so that every kernel has its input, and for the hashes.
        let outcomes = cases.map { item in
            item.run()
            return (zeros: item.zeros(), hash: hash(item.output))
        }
        let peakBefore = peak()
        let seconds = cases.map { shortest($0.run) }
        let shardSeconds = shortest { shard.gradient() }
        let shardHash = hash(UnsafeRawBufferPointer(shard.gradient().bytes))
        let peak = max(peakBefore, peak())
        let copying = copyRate()

        var lines = [
            "peak \(decimal(peak)) GFLOP/s of fp32 multiply-adds on one core;"
                + " copying a parameter buffer \(decimal(copying)) GB/s",
            "GFLOP/s, and their share of the peak: useful are those of numbers that are not zero;"
                + " dense are all that the layer's definition has, which may pass 100 % of the peak",
            row(
                "kernel",
                "µs",
                "useful",
                "% peak",
                "dense",
                "% peak",
                "% zeros",
                "GB/s",
                "hash of the result"
            ),
        ]
        var usefulCount = 0.0
        for (item, (time, outcome)) in zip(cases, zip(seconds, outcomes)) {
            usefulCount += Double(item.multiplyAddCount) * (1 - outcome.zeros)
            lines.append(
                item.multiplyAddCount == 0
                    ? row(
                        item.name,
                        decimal(time * 1e6),
                        "",
                        "",
                        "",
                        "",
                        "",
                        decimal(Double(item.byteCount) / time / 1e9),
                        outcome.hash
                    )
                    : line(
                        item.name,
                        Double(item.multiplyAddCount),
                        outcome.zeros,
                        time,
                        peak,
                        outcome.hash
                    )
            )
        }
        // The multiply-adds of a sample, forward and backward.
        let denseCount = 16.0 * 1_131_960
        lines.append(
            line(
                "whole shard",
                denseCount,
                1 - usefulCount / denseCount,
                shardSeconds,
                peak,
                shardHash
            )
        )
        lines += turns(shard)
        let loading = zip(cases, seconds).reduce(0) { $0 + ($1.0.isLoading ? $1.1 : 0) }
        // The last two cases.
        let updates = seconds.suffix(2).reduce(0, +)
        let share = (updates + 2 * loading) / (2 * shardSeconds)
        lines.append(
            "\(Int(16 / shardSeconds)) samples/s; loading two shards, adding their gradients and one step"
                + " of Adam take \(decimal(100 * share)) % of the time of two shards"
        )
        return lines
    }

    /// The line of `count` multiply-adds, of which the share `zeros` is of zeros.
    private func line(
        _ name: String,
        _ count: Double,
        _ zeros: Double,
        _ time: Double,
        _ peak: Double,
        _ hash: String
    ) -> String {
        let dense = 2 * count / time / 1e9
        let useful = dense * (1 - zeros)
        return row(
            name,
            decimal(time * 1e6),
            decimal(useful),
            decimal(100 * useful / peak),
            decimal(dense),
            decimal(100 * dense / peak),
            decimal(100 * zeros),
            "",
            hash
        )
    }

    /// Different shards in turn, and one again and again.
    private func turns(_ shard: BenchmarkShard) -> [String] {
        let same = Array(repeating: shard.shardCount - 1, count: turnCount(of: shard))
        return [
            "different shards in turn: " + differentShards(shard),
            "the same one again, whose branches the CPU foretells: "
                + parts(shard.times(of: same, passCount: passCount)),
        ]
    }

    /// What different shards take in turn.
    func differentShards(_ shard: BenchmarkShard) -> String {
        parts(shard.times(of: Array(0..<turnCount(of: shard)), passCount: passCount))
    }

    private var passCount: Int { min(10, repetitionCount) }

    private func turnCount(of shard: BenchmarkShard) -> Int {
        min(shard.shardCount, repetitionCount)
    }

    private func parts(_ times: ShardTimes) -> String {
        "\(decimal(times.sum * 1e6)) µs, forward \(decimal(times.forward * 1e6)),"
            + " backward fc \(decimal(times.fullyConnectedBackward * 1e6)),"
            + " backward conv \(decimal(times.convolutionsBackward * 1e6))"
    }

    /// The shortest time of one call, in seconds.
    private func shortest(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let once = seconds(clock.measure(body))
        // Enough calls to a measurement that the clock's own time does not show.
        let callCount = repetitionCount < 10 ? 1 : max(1, Int(20e-6 / max(once, 1e-8)))
        var best = Double.infinity
        for _ in 0..<repetitionCount {
            let time = clock.measure { for _ in 0..<callCount { body() } }
            best = min(best, seconds(time) / Double(callCount))
        }
        return best
    }

    private func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }

    /// GFLOP/s of multiply-adds on registers.
    private func peak() -> Double {
        let roundCount = 10_000
        // Using the result keeps the optimizer from dropping the work.
        var total: Float = 0
        let time = shortest { total += kernels.multiplyAddRounds(roundCount, 1e-3) }
        precondition(total.isFinite, "multiply-adds of small numbers gave \(total)")
        return Double(2 * 24 * roundCount * kernels.laneCount) / time / 1e9
    }

    /// GB/s read and written by copying one parameter buffer to another.
    private func copyRate() -> Double {
        let (source, target) = (ParameterBuffer(), ParameterBuffer())
        return 2 * Double(source.bytes.count) / shortest { target.copy(from: source) } / 1e9
    }

    /// FNV-1a, 64 bits, in hexadecimal.
    private func hash(_ bytes: UnsafeRawBufferPointer) -> String {
        let value = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private func row(_ name: String, _ columns: String...) -> String {
        let padded = columns.map { column in
            String(repeating: " ", count: max(1, 9 - column.count)) + column
        }
        return name + String(repeating: " ", count: max(1, 24 - name.count)) + padded.joined()
    }
}
