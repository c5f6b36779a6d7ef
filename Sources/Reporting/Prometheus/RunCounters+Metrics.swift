import Figures

extension RunCounters {
    /// The counts as Prometheus's metrics.
    ///
    /// - Parameter epochCount: how many epochs the run is to have.
    package func metrics(epochCount: Int) -> [MetricFamily] {
        progress(epochCount: epochCount) + traffic + membership + events
    }

    private func progress(epochCount: Int) -> [MetricFamily] {
        var families = [
            MetricFamily("lockstep_steps_total", .counter, "Optimizer steps since this start.")
                .with(stepCount),
            MetricFamily("lockstep_samples_total", .counter, "Training samples since this start.")
                .with(sampleCount),
            MetricFamily(
                "lockstep_step_duration_seconds",
                .histogram,
                "Time from one step's end to the next, validation left out."
            ).with(stepDurations),
            MetricFamily("lockstep_epochs", .gauge, "Epochs that the run is to have.")
                .with(epochCount),
        ]
        if let step {
            families += [
                MetricFamily("lockstep_run_steps", .gauge, "Steps of the run, earlier starts' too.")
                    .with(step.completedStepCount),
                MetricFamily("lockstep_epoch", .gauge, "The epoch, from 1.")
                    .with(step.epoch.epochIndex + 1),
                MetricFamily("lockstep_loss", .gauge, "Mean loss of the epoch so far, in nats.")
                    .with(step.epoch.training.loss),
                MetricFamily("lockstep_accuracy", .gauge, "Accuracy of the epoch so far.")
                    .with(step.epoch.training.accuracy),
            ]
        }
        if let validation = epoch?.validation {
            families += [
                MetricFamily("lockstep_val_loss", .gauge, "Validation loss of the last epoch.")
                    .with(validation.loss),
                MetricFamily(
                    "lockstep_val_accuracy",
                    .gauge,
                    "Validation accuracy of the last epoch."
                ).with(validation.accuracy),
            ]
        }
        return families
    }

    private var traffic: [MetricFamily] {
        [
            MetricFamily("lockstep_messages_total", .counter, "Messages to and from workers.")
                .with(carried.messageCount),
            MetricFamily(
                "lockstep_sent_bytes_total",
                .counter,
                "Bytes to workers, those in shared memory too."
            ).with(carried.sentSize),
            MetricFamily(
                "lockstep_received_bytes_total",
                .counter,
                "Bytes from workers, those in shared memory too."
            ).with(carried.receivedSize),
            MetricFamily("lockstep_leases_total", .counter, "Subtrees of shards leased to workers.")
                .with(leases.count),
            MetricFamily(
                "lockstep_backup_leases_total",
                .counter,
                "Leases of what a slower worker held already."
            ).with(leases.backupCount),
            MetricFamily(
                "lockstep_straggler_leases_total",
                .counter,
                "Leases whose worker did not answer in time."
            ).with(leases.overdueCount),
        ]
    }

    private var membership: [MetricFamily] {
        [
            MetricFamily("lockstep_workers", .gauge, "Workers that take part, by state.")
                .with(workers.computingCount, [("state", "computing")])
                .with(workers.standbyCount, [("state", "standby")]),
            MetricFamily("lockstep_workers_joined_total", .counter, "Workers that were taken in.")
                .with(workers.joinedCount),
            MetricFamily("lockstep_workers_lost_total", .counter, "Workers that went, by how.")
                .with(workers.left, [("reason", "left")])
                .with(workers.disconnected, [("reason", "disconnected")])
                .with(workers.silent, [("reason", "silent")])
                .with(workers.distrusted, [("reason", "distrusted")]),
        ]
    }

    private var events: [MetricFamily] {
        [
            MetricFamily(
                "lockstep_checkpoints_total",
                .counter,
                "Checkpoints, by what became of them."
            )
            .with(checkpoints.savedCount, [("outcome", "saved")])
            .with(checkpoints.failedCount, [("outcome", "failed")])
            .with(checkpoints.supersededCount, [("outcome", "superseded")]),
            MetricFamily(
                "lockstep_overdue_rounds_total",
                .counter,
                "Rounds that took much longer than usual."
            ).with(troubles.overdueRoundCount),
            MetricFamily(
                "lockstep_rollbacks_total",
                .counter,
                "Returns to a checkpoint from before a wrong answer."
            ).with(troubles.wentBackCount),
            MetricFamily(
                "lockstep_foreign_messages_total",
                .counter,
                "Messages that are no part of the run, as far as the log tells of them."
            ).with(troubles.foreignCount),
        ]
    }
}
