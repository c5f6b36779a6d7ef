"""Makes the pictures beside this file from MNIST's first test image, a 7.

python3 -m venv venv && venv/bin/pip install pillow==13.0.0 && venv/bin/python make.py T10K-IMAGES.gz
"""

import gzip
import os
import random
import sys

from PIL import Image, ImageDraw, ImageOps

os.chdir(os.path.dirname(os.path.abspath(__file__)))
pixels = gzip.open(sys.argv[1]).read()[16 : 16 + 784]
digit = Image.frombytes("L", (28, 28), pixels)
random.seed(1)

# The digit itself in every kind of PNG.
digit.save("gray.png")
digit.convert("RGB").save("rgb.png")
digit.convert("RGBA").save("rgba.png")
digit.convert("P").save("palette.png")
digit.convert("I;16").point(lambda v: v * 257).save("gray16.png")
ImageOps.invert(digit).save("inverted.png")
white = Image.new("L", (28, 28), 255)
black = Image.new("L", (28, 28), 0)
Image.merge("LA", (white, digit)).save("white-on-nothing.png")
Image.merge("LA", (black, digit)).save("black-on-nothing.png")

# The digit itself in every other format.
digit.save("digit.gif")
digit.convert("RGB").save("digit.webp", lossless=True)
digit.save("digit.tif")
digit.convert("RGB").save("lzw.tif", compression="tiff_lzw")
digit.save("digit.bmp")
digit.convert("RGB").save("rgb.bmp")
digit.save("digit.pgm")
digit.convert("RGB").save("digit.ppm")

# A drawing: black on white, ten times as large, off centre.
large = ImageOps.invert(digit.resize((280, 280), Image.BICUBIC))
drawing = Image.new("L", (500, 400), 255)
drawing.paste(large, (200, 20))
drawing.save("drawing.png", optimize=True)
drawing.save("drawing.jpg", quality=85)
drawing.save("progressive.jpg", quality=85, progressive=True)

# A photo: gray ink on grayish paper, brighter to the right, with noise; and one of a phone on its side.
photo = drawing.convert("RGB")
access = photo.load()
for y in range(photo.height):
    for x in range(photo.width):
        shade = 60 + access[x, y][0] * 0.3 + x * 0.04 + random.uniform(-5, 5)
        access[x, y] = (int(shade) + 8, int(shade), int(shade) - 8)
photo.save("photo.jpg", quality=80)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Maker"
    undo = [None, None, 0, 3, 1, 5, 2, 6, 4][orientation]
    stored = drawing if undo is None else drawing.transpose(Image.Transpose(undo))
    stored.resize((stored.width // 2, stored.height // 2)).save(
        f"orientation-{orientation}.jpg", quality=85, exif=exif
    )

    if orientation in (3, 6):
        half = stored.resize((stored.width // 2, stored.height // 2))
        half.convert("RGB").save(f"orientation-{orientation}.webp", quality=50, exif=exif)
        half.save(f"orientation-{orientation}.tif", compression="tiff_deflate", tiffinfo={0x0112: orientation})

    # A PNG says so in a chunk of its own.
    stored.resize((stored.width // 4, stored.height // 4)).save(
        f"orientation-{orientation}.png", optimize=True, exif=exif
    )

# For print, in black ink alone.
key = drawing.point(lambda v: 255 - v)
none = Image.new("L", drawing.size, 0)
Image.merge("CMYK", (none, none, none, key)).save("cmyk.jpg", quality=85)
drawing.convert("RGB").convert("CMYK").save("cmyk.tif", compression="tiff_lzw")
drawing.convert("RGB").save("jpeg.tif", compression="jpeg")

# An animation.
digit.convert("RGB").save("animation.webp", save_all=True, append_images=[digit.rotate(90).convert("RGB")])

# Small enough to be cut and damaged at every byte.
exif = Image.Exif()
exif[0x0112] = 6
digit.save("small.jpg", quality=85, exif=exif)

# What must be refused.
Image.new("L", (64, 64), 200).save("blank.png")
Image.new("L", (16385, 1), 0).save("wide.png")
Image.new("L", (1, 16385), 0).save("tall.jpg")
Image.new("L", (8193, 8192), 0).save("large.png")
os.truncate("large.png", 100)
