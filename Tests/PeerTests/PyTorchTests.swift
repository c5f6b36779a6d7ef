import Model
import TestTools
import Testing

/// The same weights and the same batches, trained here and by PyTorch.
///
/// Where a rectifier or a pooling window is nearer to a tie than floats can tell, rounding decides
/// for one branch or the other, and from there on two trajectories part; PyTorch's own in float and
/// in double precision do. Of eight runs of 200 steps three met such a tie, and with raw pixels
/// most do within a hundred. A mistake parts all, so a seed that meets no tie is looked for among
/// four. PyTorch computes in double precision: all rounding is ours, hence the same on every
/// machine, and so is the outcome.
@Suite(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"))
struct PyTorchTests {
    @Test(
        arguments: InputTransform.Geometry.allCases,
        [(InputTransform.Scale.unit, 200), (.none, 20)]
    )
    func `trains as PyTorch does`(
        geometry: InputTransform.Geometry,
        scaleAndStepCount: (scale: InputTransform.Scale, stepCount: Int)
    ) throws {
        let transform = InputTransform(geometry: geometry, scale: scaleAndStepCount.scale)
        var found: [Differences] = []
        for seed in UInt64(1)...4 {
            let ours = try ReferenceRun(
                transform: transform,
                seed: seed,
                stepCount: scaleAndStepCount.stepCount
            )
            let theirs = try PyTorchRun(like: ours, transform: transform)
            found.append(Differences(seed: seed, ours, theirs))
            if found[found.count - 1].areRounding { return }
        }
        Issue.record("all differ:\n\(found.map(\.description).joined(separator: "\n"))")
    }
}
