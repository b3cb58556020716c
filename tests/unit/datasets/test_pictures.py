"""Picture files: every kind of pixel that Pillow can write, damage, limits, and folders of them."""

import errno
import io
import logging
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

pytest.importorskip("PIL", reason="needs Pillow, from the extra 'data'")
from PIL import Image

import digitcompress as dc
from digitcompress.datasets import center_digit, load_images, read_image


def hook(height=120, width=90):
    """Dark ink on white: a bar down and a foot to the left, so that a turned or mirrored picture is another one."""
    picture = np.full((height, width), 255, dtype=np.uint8)
    picture[15:105, 50:60] = 0
    picture[95:105, 20:50] = 0
    return picture


WANTED = center_digit(hook())


def grey16(picture):
    return Image.fromarray(picture.astype(np.uint16) * 257)


def with_alpha(picture, ink, mode="RGBA"):
    """Ink of one grey on nothing."""
    grey, alpha = np.full_like(picture, ink), 255 - picture
    return Image.merge("RGBA", [Image.fromarray(band) for band in (grey, grey, grey, alpha)]).convert(mode)


def indexed(picture):
    """Entry 0, red, for paper and 1, black, for ink."""
    image = Image.fromarray((picture == 0).astype(np.uint8)).convert("P")
    image.putpalette([255, 0, 0, 0, 0, 0])
    return image


PICTURES = {
    "grey": lambda p: (Image.fromarray(p), {"format": "PNG"}),
    "white ink": lambda p: (Image.fromarray(255 - p), {"format": "PNG"}),
    "one bit": lambda p: (Image.fromarray(p).convert("1"), {"format": "PNG"}),
    "sixteen bits": lambda p: (grey16(p), {"format": "PNG"}),
    "colours": lambda p: (Image.merge("RGB", [Image.fromarray(each) for each in (p, p // 2 + 120, p)]), {"format": "PNG"}),
    "grey and alpha": lambda p: (with_alpha(p, 0, "LA"), {"format": "PNG"}),
    "black ink on nothing": lambda p: (with_alpha(p, 0), {"format": "PNG"}),
    "white ink on nothing": lambda p: (with_alpha(p, 255), {"format": "PNG"}),
    "palette": lambda p: (Image.fromarray(p).convert("P"), {"format": "PNG"}),
    "colours of a palette": lambda p: (Image.fromarray(p).convert("RGB").quantize(4), {"format": "PNG"}),
    "interlaced": lambda p: (Image.fromarray(p), {"format": "PNG", "interlace": 1}),
    "gif": lambda p: (Image.fromarray(p), {"format": "GIF"}),
    "bmp": lambda p: (Image.fromarray(p), {"format": "BMP"}),
    "bmp of one bit": lambda p: (Image.fromarray(p).convert("1"), {"format": "BMP"}),
    "bmp of colours": lambda p: (Image.fromarray(p).convert("RGB"), {"format": "BMP"}),
    "palette with a transparent entry": lambda p: (indexed(p), {"format": "PNG", "transparency": 0}),
}


def saved(picture, path, **options):
    picture.save(path, **options)
    return path


@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_pixels_gives_the_same_image(name, tmp_path):
    picture, options = PICTURES[name](hook())
    found = read_image(saved(picture, tmp_path / "picture", **options))
    assert (found.shape, found.dtype) == ((28, 28), np.uint8)
    assert np.abs(found.astype(int) - WANTED).max() <= 2


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg(mode, tmp_path):
    path = saved(Image.fromarray(hook()).convert(mode), tmp_path / "photo.jpg", quality=85)
    assert np.abs(read_image(path).astype(int) - WANTED).mean() < 6


UPRIGHT = {1: lambda p: p, 2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud, 6: np.rot90, 8: lambda p: np.rot90(p, -1)}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_pictures_are_turned_as_exif_says(orientation, tmp_path):
    exif = Image.Exif()
    exif[274] = orientation
    picture = Image.fromarray(np.ascontiguousarray(UPRIGHT[orientation](hook())))
    assert_array_equal(read_image(saved(picture, tmp_path / "photo.png", exif=exif)), WANTED)


def test_content_decides_not_the_name(tmp_path):
    path = saved(Image.fromarray(hook()), tmp_path / "picture.jpg", format="PNG")
    assert_array_equal(read_image(path), WANTED)


def png():
    file = io.BytesIO()
    Image.fromarray(hook()).save(file, format="PNG")
    return file.getvalue()


def animated(kind):
    file = io.BytesIO()
    frames = [Image.fromarray(hook()), Image.fromarray(255 - hook())]
    frames[0].save(file, format=kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def declared(width, height):
    """A PNG that declares a size and brings no pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def blank():
    file = io.BytesIO()
    Image.new("RGBA", (40, 40)).save(file, format="PNG")
    return file.getvalue()


BROKEN = {
    "empty": (b"", dc.FormatError, "must be an intact PNG, JPEG, BMP or GIF picture, got an empty file"),
    "text": (b"No digit, only words.", dc.FormatError, "got something else"),
    "html": (b"<!DOCTYPE html>", dc.FormatError, "got a web page"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", dc.FormatError, "got a web page"),
    "pdf": (b"%PDF-1.7 and more", dc.FormatError, "got a PDF document"),
    "tiff": (b"II*\0\x08\0\0\0\0\0", dc.FormatError, "got something else"),
    "head alone": (png()[:8], dc.FormatError, "must be an intact"),
    "no pixels": (declared(100, 100), dc.FormatError, "must be an intact"),
    "bomb": (declared(8000, 8000), dc.LimitError, "at most 4096 x 4096 pixels, got 8000 x 8000"),
    "larger bomb": (declared(60_000, 60_000), dc.LimitError, "at most 4096 x 4096 pixels, got"),
    "long": (declared(1, 5000), dc.LimitError, "got 1 x 5000"),
    "no width": (declared(0, 10), dc.FormatError, "picture"),
    "width beyond PNG": (declared(2**32 - 1, 1), dc.FormatError, "picture"),
    "animated gif": (animated("GIF"), dc.FormatError, "must be a still picture"),
    "animated png": (animated("PNG"), dc.FormatError, "must be a still picture"),
    "transparent": (blank(), dc.DataError, "picture must show a digit, got no ink"),
}


@pytest.mark.parametrize(("content", "kind", "message"), BROKEN.values(), ids=BROKEN)
def test_a_faulty_file_is_refused_by_name(content, kind, message, tmp_path):
    path = tmp_path / "3_mine.png"
    path.write_bytes(content)
    with pytest.raises(kind, match=f"3_mine.png: .*{message}"):
        read_image(path)


def outcome(path):
    """Return the image of a file, or the message of its refusal."""
    try:
        return read_image(path)
    except (dc.FormatError, dc.DataError) as error:
        return str(error)


@pytest.mark.parametrize("length", range(len(png())))
def test_a_truncated_file_is_refused_or_has_all_its_pixels(length, tmp_path):
    path = tmp_path / "cut.png"
    path.write_bytes(png()[:length])
    found = outcome(path)
    assert found.startswith(str(path)) if isinstance(found, str) else np.array_equal(found, WANTED)
    assert isinstance(found, str) or length > len(png()) - 25  # two checksums of the pixels and the closing chunk


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8), st.sampled_from(["PNG", "JPEG", "GIF", "BMP"])
)
def test_damage_ends_in_an_image_or_a_typed_refusal(tmp_path_factory, changes, kind):
    file = io.BytesIO()
    Image.fromarray(hook()).save(file, format=kind)
    damaged = bytearray(file.getvalue())
    for place, value in changes:
        damaged[place % len(damaged)] = value
    path = tmp_path_factory.mktemp("damaged", numbered=True) / "picture"
    path.write_bytes(damaged)
    found = outcome(path)
    if isinstance(found, str):
        assert "picture" in found
        assert "0x7" not in found  # the address of an object differs from run to run
    else:
        assert found.shape == (28, 28)


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(dc.LimitError, match=r"large\.png: must have at most 67,108,864 bytes, got 8,589,934,592"):
        read_image(path)


def test_missing_files_and_folders_keep_errno(tmp_path):
    for path, code in ((tmp_path / "none.png", errno.ENOENT), (tmp_path, errno.EISDIR)):
        with pytest.raises(OSError, match=r"\[Errno") as refusal:
            read_image(path)
        assert (refusal.value.errno, refusal.value.filename) == (code, str(path))


@pytest.fixture
def folder(tmp_path):
    """Three pictures in two ways of naming, and what does not belong there."""
    root = tmp_path / "mine"
    for name in ("7", "others", ".hidden"):
        (root / name).mkdir(parents=True)
    for name in ("3_anna.png", "7/anna.png", "others/5.bmp", ".hidden/1.png", "x.png", "others/four.gif", ".9.png"):
        Image.fromarray(hook()).save(root / name)
    (root / "1_notes.txt").write_text("No digit")
    (root / "2_blank.png").write_bytes(blank())
    (root / "4_cut.png").write_bytes(png()[:100])
    return root


def test_a_folder_is_labelled_by_its_names(folder):
    data = load_images(folder)
    assert (data.name, len(data.train), data.validation, data.test) == ("mine", 3, None, None)
    assert data.train.labels.tolist() == [3, 7, 5]
    for image in data.train.images:
        assert_array_equal(image, WANTED)


def test_what_cannot_be_read_is_listed_and_stops_nothing(folder, caplog):
    with caplog.at_level(logging.WARNING):
        data = load_images(folder)
    found = {str(Path(path).relative_to(folder)): type(error) for path, error in data.failures.items()}
    assert found == {
        "1_notes.txt": dc.FormatError,
        "2_blank.png": dc.DataError,
        "4_cut.png": dc.FormatError,
        "others/four.gif": dc.DataError,
        "x.png": dc.DataError,
    }
    assert all(Path(path).name in str(error) for path, error in data.failures.items())
    assert "5 files not read" in repr(data)
    assert "5 files were not read" in caplog.text
    assert data.take(2).failures == data.failures


def test_some_may_be_held_out(folder):
    data = load_images(folder, validation=1, seed=3)
    assert (len(data.train), len(data.validation)) == (2, 1)


def test_a_folder_without_pictures_is_refused(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(dc.DataError, match="empty: must hold pictures of digits, got no file"):
        load_images(tmp_path / "empty")
    (folder / "others" / "5.bmp").unlink()
    with pytest.raises(dc.DataError, match=r"others: must hold pictures of digits, got 1 others; .*four\.gif: name must begin"):
        load_images(folder / "others")
    with pytest.raises(FileNotFoundError):
        load_images(tmp_path / "missing")
    with pytest.raises(NotADirectoryError):
        load_images(folder / "x.png")
