"""Files in Kaggle's format, for the tests of its reader."""

NAMES = ("label", *(f"pixel{i}" for i in range(784)))
GRID_NAMES = ("label", *(f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)))
HEADER = ",".join(NAMES)


def row(label="5", **pixels):
    """Return a line of zeros, but for pixel_N=text."""
    fields = [str(label), *["0"] * 784]
    for name, text in pixels.items():
        fields[1 + int(name.removeprefix("pixel_"))] = text
    return ",".join(fields)


def lines(*rows, end="\n"):
    """Return the bytes of a file that ends with a line end."""
    return "".join(line + end for line in rows).encode()
