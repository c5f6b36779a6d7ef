import Reporting
import Testing

/// A run's first line.
struct RunHeadingTests {
    private func heading(workerCount: Int, startsWorkers: Bool, resumedStep: Int?) -> RunHeading {
        RunHeading(
            folder: "runs/20261124-142742",
            workerCount: workerCount,
            startsWorkers: startsWorkers,
            parameterCount: 61_706,
            kernels: "avx2",
            resumedStep: resumedStep
        )
    }

    @Test func `says where a run is kept, who computes it and with what`() {
        #expect(
            heading(workerCount: 2, startsWorkers: true, resumedStep: nil).text()
                == "run    runs/20261124-142742, 2 workers, 61,706 parameters, avx2 kernels\n"
        )
        #expect(
            heading(workerCount: 1, startsWorkers: false, resumedStep: 500).text()
                == "run    runs/20261124-142742, waiting for 1 worker, 61,706 parameters, "
                + "avx2 kernels, resuming from step 500\n"
        )
    }

    @Test func `folds between its parts on a narrow terminal`() {
        let heading = heading(workerCount: 2, startsWorkers: true, resumedStep: 500)
        #expect(
            heading.text(columnCount: 40) == """
                run    runs/20261124-142742, 2 workers,
                       61,706 parameters, avx2 kernels,
                       resuming from step 500

                """
        )
        for columnCount in 40...100 {
            let lines = heading.text(columnCount: columnCount).split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= columnCount }, "\(columnCount): \(lines)")
            #expect(
                lines.map { $0.drop { $0 == " " } }.joined(separator: " ") + "\n" == heading.text()
            )
        }
    }
}
