package import Figures

/// A number, a picture or another thing that TensorBoard shows under a tag.
///
/// Field numbers: `Summary.Value` and what it holds in tensorboard/compat/proto/summary.proto,
/// tensor.proto and plugins/hparams/plugin_data.proto.
package struct EventValue: Equatable, Sendable {
    /// The name under which it is shown.
    package let tag: String
    /// Its `Summary.Value`.
    let bytes: [UInt8]

    private init(tag: String, _ content: [UInt8]) {
        self.tag = tag
        bytes = ProtobufEncoding.text(1, tag) + content
    }

    /// A point of a curve, which TensorBoard holds as binary32.
    package static func scalar(_ tag: String, _ value: Double) -> EventValue {
        EventValue(tag: tag, ProtobufEncoding.float(2, Float(value)))
    }

    /// How numbers are spread.
    package static func histogram(_ tag: String, _ histogram: Histogram) -> EventValue {
        let content =
            ProtobufEncoding.double(1, histogram.least)
            + ProtobufEncoding.double(2, histogram.greatest)
            + ProtobufEncoding.double(3, Double(histogram.count))
            + ProtobufEncoding.double(4, histogram.sum)
            + ProtobufEncoding.double(5, histogram.squareSum)
            + ProtobufEncoding.doubles(6, histogram.limits)
            + ProtobufEncoding.doubles(7, histogram.buckets.map(Double.init))
        return EventValue(tag: tag, ProtobufEncoding.bytes(5, content))
    }

    /// A picture, and what a reader should know of it.
    package static func image(_ tag: String, _ picture: PlainPicture, title: String) -> EventValue {
        let parts = [Array("\(picture.width)".utf8), Array("\(picture.height)".utf8), picture.png]
        return EventValue(tag: tag, strings(parts) + plugin("images", title: title))
    }

    /// Charts that have several curves in one frame, by their titles.
    package static func charts(
        _ charts: [(title: String, tags: [String])],
        category: String
    ) -> EventValue {
        let encoded = charts.flatMap { chart in
            let curves = chart.tags.flatMap { ProtobufEncoding.text(1, "^\($0)$") }
            return ProtobufEncoding.bytes(
                2,
                ProtobufEncoding.text(1, chart.title) + ProtobufEncoding.bytes(2, curves)
            )
        }
        let layout = ProtobufEncoding.bytes(2, ProtobufEncoding.text(1, category) + encoded)
        return EventValue(
            tag: "custom_scalars__config__",
            strings([layout], isVector: false) + plugin("custom_scalars")
        )
    }

    /// What a run was started with, for the table of hyper-parameters.
    package static func hyperparameters(
        _ settings: [String: SettingValue],
        group: String,
        start: Double
    ) -> EventValue {
        let entries = settings.sorted { $0.key < $1.key }.flatMap { key, value in
            ProtobufEncoding.bytes(
                1,
                ProtobufEncoding.text(1, key) + ProtobufEncoding.bytes(2, value.protobuf)
            )
        }
        let info =
            entries + ProtobufEncoding.text(4, group) + ProtobufEncoding.double(5, start)
        return session("_hparams_/session_start_info", ProtobufEncoding.bytes(3, info))
    }

    /// That a run which was started with hyper-parameters has come to its end.
    package static func success(end: Double) -> EventValue {
        let info = ProtobufEncoding.varint(1, 1) + ProtobufEncoding.double(2, end)
        return session("_hparams_/session_end_info", ProtobufEncoding.bytes(4, info))
    }

    private static func session(_ tag: String, _ content: [UInt8]) -> EventValue {
        EventValue(tag: tag, plugin("hparams", content))
    }

    /// A tensor of strings.
    private static func strings(_ strings: [[UInt8]], isVector: Bool = true) -> [UInt8] {
        let type = 7
        let size = ProtobufEncoding.bytes(2, ProtobufEncoding.varint(1, strings.count))
        let shape = ProtobufEncoding.bytes(2, isVector ? size : [])
        let content = strings.flatMap { ProtobufEncoding.bytes(8, $0) }
        return ProtobufEncoding.bytes(8, ProtobufEncoding.varint(1, type) + shape + content)
    }

    /// Which part of TensorBoard shows a value, what else it needs to, and the value's title.
    private static func plugin(
        _ name: String,
        _ content: [UInt8] = [],
        title: String = ""
    ) -> [UInt8] {
        let data = ProtobufEncoding.text(1, name) + ProtobufEncoding.bytes(2, content)
        let metadata = ProtobufEncoding.bytes(1, data) + ProtobufEncoding.text(2, title)
        return ProtobufEncoding.bytes(9, metadata)
    }
}
