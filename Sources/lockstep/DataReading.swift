import Checkpoints
import Configuration
import Foundation
import MNIST
import Model

extension RunConfiguration {
    /// What is known of the data set beside its files.
    var reading: MNISTDataset.Reading {
        MNISTDataset.Reading(
            classes: Classes.Known(
                count: data.classCount,
                names: data.classNames,
                firstLabel: data.firstLabel
            ),
            isTransposed: data.isTransposed
        )
    }

    /// Loads the data set, and settles what its labels and its folder say of its classes; the ten
    /// digits are what everything is for that says nothing.
    mutating func loadDataset() throws(MNISTError) -> MNISTDataset {
        let loaded = try MNISTDataset.load(directory: dataset, reading)
        if loaded.classes != .digits {
            data.classCount = loaded.classes.count
            data.classNames = loaded.classes.names
            data.firstLabel = loaded.classes.firstLabel
        }
        return loaded
    }
}

extension ModelFile {
    /// The network whose parameters the file holds.
    var network: LeNet {
        guard let network = LeNet(parameterCount: parameters.count) else {
            preconditionFailure("\(parameters.count) parameters were read")
        }
        return network
    }

    /// What the classes were called in training, and how their data set was read, as far as the
    /// file says.
    var classes: Classes {
        let count = network.classCount
        let names = inputSetting("classNames").map { text in
            text.split(separator: ",").map { String($0) }
        }
        return Classes(
            count: count,
            names: names?.count == count ? names : nil,
            firstLabel: inputSetting("firstLabel") == "1" ? 1 : 0
        )
    }

    /// How the labels of a data set to try the model on are read.
    func reading(isTransposed: Bool) -> MNISTDataset.Reading {
        let firstLabel = inputSetting("firstLabel").flatMap { Int($0) }
        return MNISTDataset.Reading(
            classes: Classes.Known(
                count: network.classCount,
                names: classes.names,
                firstLabel: firstLabel
            ),
            isTransposed: isTransposed || inputSetting("transpose") == "true"
        )
    }
}

extension RunSession {
    /// Loads the data set of a run, which the model that it starts from must suit.
    func loadDataset(
        of configuration: inout RunConfiguration,
        suiting initial: [Float]?
    ) throws -> MNISTDataset {
        let dataset = try configuration.loadDataset()
        try check(initial, suits: dataset.classes)
        return dataset
    }

    /// Checks that a model to start from has the data set's classes, or gets another last layer.
    private func check(_ initial: [Float]?, suits classes: Classes) throws(UsageError) {
        guard let initial, let found = LeNet(parameterCount: initial.count),
            found.classCount != classes.count,
            try !options.resetLayers().contains(.last)
        else { return }
        throw UsageError(
            "starting: \(options.initialModel ?? "") with \(found.classCount) classes was found where the data set's \(classes.count) were expected; add --reset \(LeNet.ResettableLayer.last.name) to draw its last layer anew"
        )
    }
}
