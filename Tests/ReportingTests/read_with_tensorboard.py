"""Prints what TensorBoard finds in a run's folder, for the test of this folder.

    read_with_tensorboard.py FOLDER
"""

import io
import sys

import PIL.Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import types_pb2
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util

folder = sys.argv[1]
events = EventAccumulator(folder, size_guidance={"tensors": 0})
events.Reload()


def describe(plugin, event):
    tensor = event.tensor_proto
    if plugin == "histograms":
        buckets = tensor_util.make_ndarray(tensor)
        return f"{len(buckets)} buckets of {buckets[:, 2].sum():g} from {buckets[0, 0]:g} to {buckets[-1, 1]:g}"
    if plugin == "images":
        width, height, *pictures = tensor_util.make_ndarray(tensor)
        picture = PIL.Image.open(io.BytesIO(pictures[0]))
        picture.load()
        return f"{int(width)}x{int(height)} {picture.size} {picture.convert('RGB').getpixel((4, 4))}"
    if plugin == "custom_scalars":
        layout = layout_pb2.Layout.FromString(tensor_util.make_ndarray(tensor).item())
        return "; ".join(
            f"{chart.title}: {', '.join(chart.multiline.tag)}"
            for category in layout.category for chart in category.chart
        )
    return f"{tensor_util.make_ndarray(tensor):.6g}" if tensor.dtype == types_pb2.DT_FLOAT else "?"


for tag in sorted(events.Tags()["scalars"]):
    for point in events.Scalars(tag):
        print("scalar", tag, point.step, f"{point.value:.6g}", point.wall_time)
for tag in sorted(events.Tags()["histograms"]):
    for point in events.Histograms(tag):
        histogram = point.histogram_value
        print("histogram", tag, point.step, histogram.num, histogram.min, histogram.max, sum(histogram.bucket))
for tag in sorted(events.Tags()["images"]):
    for point in events.Images(tag):
        picture = PIL.Image.open(io.BytesIO(point.encoded_image_string))
        picture.load()
        place = picture.convert("RGB").getpixel((4, 4))
        print("image", tag, point.step, point.width, point.height, picture.size, place)
for tag in sorted(events.Tags()["tensors"]):
    plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
    for point in events.Tensors(tag):
        print("tensor", plugin, tag, point.step, describe(plugin, point))
for tag in sorted(events.PluginTagToContent("hparams")):
    data = plugin_data_pb2.HParamsPluginData.FromString(events.PluginTagToContent("hparams")[tag])
    start = data.session_start_info
    settings = {key: getattr(value, value.WhichOneof("kind")) for key, value in start.hparams.items()}
    print("hparams", tag, dict(sorted(settings.items())), start.group_name, data.session_end_info.status)
