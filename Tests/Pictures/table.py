#!/usr/bin/env python3
"""Draws digits under many conditions, has `lockstep predict` read them, and prints how many of 100 are right in each row.

    .build-peers/venv/bin/python Tests/Pictures/table.py LOCKSTEP MODEL [ROW…]

Ends with 1 if a row has fewer than 95. Each digit is drawn ten times, its strokes moved, turned and scaled at random.
"""

import csv
import io
import math
import random
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = 300


def arc(x, y, rx, ry, start, end, count=40):
    angles = np.radians(np.linspace(start, end, count + 1))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def strokes(digit):
    """The strokes of a digit, in a square of side 1."""
    return {
        0: [arc(0.5, 0.5, 0.23, 0.35, -90, 270)],
        1: [[(0.42, 0.27), (0.52, 0.15), (0.50, 0.86)]],
        2: [arc(0.5, 0.33, 0.21, 0.18, 190, 380) + [(0.30, 0.84), (0.74, 0.84)]],
        3: [arc(0.47, 0.33, 0.21, 0.18, 210, 450) + arc(0.47, 0.68, 0.23, 0.17, -90, 150)],
        4: [[(0.38, 0.16), (0.28, 0.54), (0.74, 0.54)], [(0.62, 0.24), (0.60, 0.86)]],
        5: [[(0.70, 0.17), (0.37, 0.17), (0.34, 0.46)] + arc(0.47, 0.64, 0.23, 0.20, -125, 150)],
        6: [[(0.60, 0.14), (0.42, 0.38), (0.32, 0.62)] + arc(0.49, 0.67, 0.18, 0.18, 180, 540)],
        7: [[(0.28, 0.18), (0.72, 0.18), (0.46, 0.86)]],
        8: [arc(0.5, 0.32, 0.17, 0.16, -90, 270), arc(0.5, 0.67, 0.21, 0.19, -90, 270)],
        9: [arc(0.48, 0.33, 0.18, 0.17, 0, 360), [(0.66, 0.33), (0.61, 0.86)]],
    }[digit]


def ink(digit, rng, width=24, size=SIZE):
    """How much ink each pixel has, 0 to 1."""
    sharp = 3
    image = Image.new("L", (size * sharp, size * sharp), 0)
    draw = ImageDraw.Draw(image)
    turn = math.radians(rng.uniform(-7, 7))
    scale, aspect = rng.uniform(0.7, 1.0), rng.uniform(0.9, 1.1)
    dx, dy = rng.uniform(-0.06, 0.06), rng.uniform(-0.06, 0.06)
    thick = width * sharp * size / SIZE * rng.uniform(0.85, 1.15)

    def place(point):
        x, y = (point[0] - 0.5) * scale * aspect, (point[1] - 0.5) * scale
        x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        return (0.5 + x + dx) * size * sharp, (0.5 + y + dy) * size * sharp

    for stroke in strokes(digit):
        points = [place(point) for point in stroke]
        draw.line(points, fill=255, width=max(1, round(thick)), joint="curve")
        for x, y in points:
            r = thick / 2
            draw.ellipse([x - r, y - r, x + r, y + r], fill=255)
    return np.asarray(image.resize((size, size), Image.LANCZOS)).astype(float) / 255


def grid(size=SIZE):
    return np.mgrid[0:size, 0:size] / (size - 1)


def gray(levels):
    return Image.fromarray(np.clip(levels, 0, 255).round().astype(np.uint8))


def page(amount, paper, inked=0.25, noise=2.0, rng=None):
    """Ink that lets a share of the page's light through."""
    levels = paper * (1 - amount * (1 - inked))
    return levels + np.random.default_rng(rng.randrange(1 << 30)).normal(0, noise, amount.shape)


def shadow(digit, rng, depth):
    y, x = grid()
    angle = rng.uniform(0, 2 * math.pi)
    along = (x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle)
    soft = 1 / (1 + np.exp(-along / 0.12))
    return gray(page(ink(digit, rng), 225 - depth * soft, rng=rng))


def vignette(digit, rng):
    y, x = grid()
    return gray(page(ink(digit, rng), 225 * (1 - 0.9 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)), rng=rng))


def dust(digit, rng):
    image = gray(page(ink(digit, rng), 235, rng=rng))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randrange(2, 9)):
        x, y, r = rng.uniform(0, SIZE), rng.uniform(0, SIZE), rng.uniform(1, 4)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=60)
    return image


def frame(digit, rng):
    image = gray(page(ink(digit, rng), 240, rng=rng))
    inset = rng.choice([0, 0, 2, 4])
    ImageDraw.Draw(image).rectangle(
        [inset, inset, SIZE - 1 - inset, SIZE - 1 - inset], outline=20, width=rng.randrange(2, 7)
    )
    return image


def ruled(digit, rng):
    levels = np.full((SIZE, SIZE), 240.0)
    step, thick = rng.randrange(36, 70), rng.randrange(1, 4)
    for y in range(rng.randrange(step), SIZE, step):
        levels[y : y + thick, :] = rng.uniform(120, 190)
    return gray(page(ink(digit, rng), levels, rng=rng))


def blue(digit, rng):
    amount = ink(digit, rng)[..., None]
    levels = np.array([238, 236, 230]) * (1 - amount) + np.array([40, 70, 190]) * amount
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def chalk(digit, rng):
    rough = np.random.default_rng(rng.randrange(1 << 30))
    amount = ink(digit, rng) * np.clip(rough.normal(0.85, 0.15, (SIZE, SIZE)), 0, 1)
    return gray(45 + 170 * amount + rough.normal(0, 5, amount.shape))


def cmyk(digit, rng):
    return gray(page(ink(digit, rng), 245, rng=rng)).convert("RGB").convert("CMYK")


def deep(digit, rng):
    return Image.fromarray((np.clip(page(ink(digit, rng), 235, rng=rng), 0, 255) * 257).astype(np.uint16))


def transparent(digit, rng):
    alpha = Image.fromarray((ink(digit, rng) * 255).astype(np.uint8))
    level = rng.choice([0, 0, 255])
    plain = Image.new("L", alpha.size, level)
    return Image.merge("LA", (plain, alpha))


def turned(digit, rng, orientation):
    undo = [None, None, 0, 3, 1, 5, 2, 6, 4][orientation]
    image = gray(page(ink(digit, rng), 235, rng=rng)).crop((20, 0, 290, 300))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return (image if undo is None else image.transpose(Image.Transpose(undo))), {"exif": exif}


ROWS = {
    "clean": (lambda d, r: gray(255 - 255 * ink(d, r)), "png"),
    "shadow of 90 levels": (lambda d, r: shadow(d, r, 90), "jpg"),
    "shadow of 120 levels": (lambda d, r: shadow(d, r, 120), "jpg"),
    "vignette": (vignette, "jpg"),
    "dust": (dust, "png"),
    "frame": (frame, "png"),
    "ruled paper": (ruled, "png"),
    "gray paper": (lambda d, r: gray(page(ink(d, r), r.uniform(110, 170), rng=r)), "jpg"),
    "thin strokes": (lambda d, r: gray(page(ink(d, r, width=6), 235, rng=r)), "png"),
    "thick strokes": (lambda d, r: gray(page(ink(d, r, width=40), 235, rng=r)), "png"),
    "blue ink": (blue, "jpg"),
    "chalk": (chalk, "jpg"),
    "CMYK": (cmyk, "jpg"),
    "16 bit": (deep, "png"),
    "transparent": (transparent, "png"),
}
for _format in ("webp", "bmp", "pgm", "gif", "tif"):
    ROWS[f"shadow of 90 levels, {_format}"] = (lambda d, r: shadow(d, r, 90), _format)
for _name, _size in (("12 megapixels", (4000, 3000)), ("48 megapixels", (8000, 6000))):
    ROWS[_name] = (lambda d, r, s=_size: shadow(d, r, 90).resize(s, Image.BICUBIC), "jpg")
for _format in ("jpg", "png"):
    for _way in range(1, 9):
        ROWS[f"orientation {_way}, {_format}"] = (lambda d, r, w=_way: turned(d, r, w), _format)


def main():
    lockstep, model, *names = sys.argv[1:]
    is_good = True
    for name in names or ROWS:
        draw, ending = ROWS[name]
        rng = random.Random(name)
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for index in range(100):
                drawn = draw(index % 10, rng)
                image, options = drawn if isinstance(drawn, tuple) else (drawn, {})
                paths.append(f"{folder}/{index}.{ending}")
                image.save(paths[-1], **options)
            command = [lockstep, "predict", model, "--format", "csv", *paths]
            run = subprocess.run(command, capture_output=True, text=True)
        seen = [row for row in csv.DictReader(io.StringIO(run.stdout)) if row["p0"]]
        found = {row["name"]: row["verdict"] for row in seen}
        right = sum(found.get(path) == str(index % 10) for index, path in enumerate(paths))
        silent = sum(found.get(path, "not sure") == "not sure" for path in paths)
        wrong = [f"{i % 10}→{found[p]}" for i, p in enumerate(paths) if found.get(p, "not sure") not in ("not sure", str(i % 10))]
        print(f"{name:24} {right:4} right, {silent:3} not told, {len(wrong):3} wrong {' '.join(wrong[:12])}", flush=True)
        is_good = is_good and right >= 95
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
