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
        let hashes = cases.map { item in
            item.run()
            return hash(item.output)
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
            row("kernel", "µs", "GFLOP/s", "% peak", "GB/s", "hash of the result"),
        ]
        var ancillary = 0.0
        for (item, (time, hash)) in zip(cases, zip(seconds, hashes)) {
            if item.isAncillary { ancillary += time }
            lines.append(line(item, time, peak, hash))
        }
        // 2 operations for each of 1,131,960 multiply-adds of a sample, forward and backward.
        let rate = 2 * 16 * 1_131_960 / shardSeconds / 1e9
        lines.append(
            row(
                "whole shard",
                decimal(shardSeconds * 1e6),
                decimal(rate),
                decimal(100 * rate / peak),
                "",
                shardHash
            )
        )
        lines.append(
            "\(Int(16 / shardSeconds)) samples/s; loading, transposing, softmax, addition and Adam take"
                + " \(decimal(100 * ancillary / shardSeconds)) % of a shard's time"
        )
        return lines
    }

    private func line(
        _ item: BenchmarkCase,
        _ time: Double,
        _ peak: Double,
        _ hash: String
    ) -> String {
        if item.multiplyAddCount > 0 {
            let rate = 2 * Double(item.multiplyAddCount) / time / 1e9
            return row(
                item.name,
                decimal(time * 1e6),
                decimal(rate),
                decimal(100 * rate / peak),
                "",
                hash
            )
        }
        return row(
            item.name,
            decimal(time * 1e6),
            "",
            "",
            decimal(Double(item.byteCount) / time / 1e9),
            hash
        )
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
