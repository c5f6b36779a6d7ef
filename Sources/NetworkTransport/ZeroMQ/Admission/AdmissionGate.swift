import TrainingProtocol
import Wire
import ZeroMQ

/// Who may connect to the coordinator's encrypted socket, and who may not any more.
struct AdmissionGate {
    /// The list.
    let admission: Admission
    private let authenticator: Authenticator
    private var workers: WorkerAdmission

    /// Decides for the sockets of a context, none of which is bound yet: libzmq lets every key in
    /// where nobody decides.
    init(_ admission: Admission, in context: Context) throws(ZeroMQError) {
        self.admission = admission
        authenticator = try Authenticator(in: context)
        workers = WorkerAdmission(admission)
    }

    /// Has a poller wake for handshakes and for changes of the list.
    func add(to poller: inout Poller) {
        _ = poller.add(admission.wakeUp)
        _ = poller.add(authenticator)
    }

    /// Answers handshakes that wait, and returns the keys that were refused.
    func answerHandshakes() throws(ZeroMQError) -> [CurveKey] {
        try authenticator.answer { admission.admits($0) || admission.isInvited($0) }
    }

    /// Why a message is not to be heard; nil if it is.
    mutating func objection(
        to worker: WorkerID,
        under key: CurveKey?
    ) -> WorkerAdmission.Objection? {
        workers.objection(to: worker, under: key)
    }

    /// Forgets the workers whose keys are listed no more, and returns them, once the list has
    /// changed.
    mutating func removeRevoked() -> [WorkerID] {
        admission.wakeUp.drain() ? workers.removeRevoked() : []
    }
}
