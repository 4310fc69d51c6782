"""Everyone tells the colours apart: with any deficiency of colour vision, and in grey."""

import itertools

import numpy as np
import pytest

from coverage.palette import COLOURS, FAMILIES, ROOM, UNKNOWN_COLOUR
from coverage.vocabulary import LADDER

LISTS = {"status": tuple(COLOURS.values()), "families": FAMILIES, "room": ROOM}

# Colour vision: Machado, Oliveira & Fernandes (2009), severity 1, in linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}


def lab(colour, seen):
    """CIELAB (D65) of a hex colour as seen with a matrix on linear RGB."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    xyz = np.array(to_xyz) @ np.clip(np.array(seen) @ linear, 0, 1) / [0.95047, 1, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(first, second):
    """Colour difference CIEDE2000 (Sharma, Wu & Dalal 2005) of two CIELAB colours."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    return np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh)


def test_colour_difference_formula():
    # Pair 1 of the test data of Sharma, Wu & Dalal (2005).
    pair = (50, 2.6772, -79.7751), (50, 0, -82.7485)
    assert ciede2000(*pair) == pytest.approx(2.0425, abs=1e-4)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("colours", LISTS.values(), ids=LISTS)
def test_all_colours_are_told_apart(colours, deficiency):
    seen = [lab(colour, DEFICIENCIES[deficiency]) for colour in (*colours, UNKNOWN_COLOUR)]
    assert min(itertools.starmap(ciede2000, itertools.combinations(seen, 2))) > 9.1


@pytest.mark.parametrize("colours", LISTS.values(), ids=LISTS)
def test_lightness_falls_evenly(colours):
    lightness = np.array([lab(colour, np.eye(3))[0] for colour in colours])
    steps = -np.diff(lightness)
    assert steps.min() > 0.8 * steps.mean()
    assert steps.max() < 1.3 * steps.mean()
    assert lab(UNKNOWN_COLOUR, np.eye(3))[0] > lightness[0] + 9


def test_every_rung_has_its_colour():
    assert tuple(COLOURS) == LADDER
