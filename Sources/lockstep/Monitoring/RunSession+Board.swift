import Configuration
import Foundation
import Training
import TrainingDriver
import TrainingProtocol

extension RunSession {
    /// Who follows the run: its report, and the board where somebody may watch.
    func watched(
        _ report: RunReport,
        by board: RunBoard?,
        _ run: Run,
        in folder: RunFolder,
        _ configuration: RunConfiguration
    ) -> any RunObserver {
        guard let board else { return report }
        let schedule = run.start.settings.schedule
        board.begin(
            RunBoard.Plan(
                name: URL(fileURLWithPath: folder.path).lastPathComponent,
                folder: folder.path,
                schedule: schedule,
                settings: Setting.all.map { ($0.key, $0.text(in: configuration)) }
            )
        )
        return ObserverPair(report, BoardWriter(board, schedule: schedule))
    }
}
