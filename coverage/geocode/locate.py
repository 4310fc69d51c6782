"""The municipality in which a point lies, of very many points at once.

A grid of squares of 200 m lies over the country. Most squares lie wholly inside one
municipality (or outside all): a point in such a square is known at once. Only in squares
that a border runs through, the point is held against the boundaries themselves, and only
those that run through that square. The answers are those of ``geopandas.sjoin``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

from coverage.editions import load_edition

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.editions import Edition

CELL = 200.0
"""Side of a square in metres; the figure with which a million points take the least time."""

_OUTSIDE, _BORDER = -1, -2
_MARGIN = 0.01
"""Metres by which a border is taken to be wider, so that no rounding lets it out of a square."""

_AT_ONCE = 250_000
"""Points that are worked on together: it bounds the memory, whatever the number of points."""


def municipality_at(
    x: npt.ArrayLike, y: npt.ArrayLike, edition: Edition
) -> npt.NDArray[np.object_]:
    """Municipality in which each point lies.

    Parameters
    ----------
    x, y
        Points in EPSG:28992, metres; arrays of the same shape (n,). A coordinate that is
        not known is NaN.
    edition
        Whose detailed boundaries are used.

    Returns
    -------
    numpy.ndarray
        Codes, shape (n,). Empty for a point outside all municipalities (abroad, at sea) and
        for one that is not known. A point exactly on a border belongs to each municipality
        that it touches; of these, the lowest code is given.

    Notes
    -----
    The same as ``geopandas.sjoin(points, edition.boundaries, predicate="intersects")`` with
    the first of each point kept. The grid of an edition is made when it is first asked for
    (well under a second), and kept.

    Examples
    --------
    >>> municipality_at([121500, 0], [487500, 0], load_edition(2025)).tolist()
    ['GM0363', '']
    """
    grid = _grid(edition.year)
    numbers = grid.numbers(*_points(x, y))
    return grid.codes[numbers]


def municipalities_within(
    x: npt.ArrayLike, y: npt.ArrayLike, metres: npt.ArrayLike, edition: Edition
) -> npt.NDArray[np.object_]:
    """Municipalities that lie, at least in part, within a distance of each point.

    Parameters
    ----------
    x, y
        Points in EPSG:28992, metres; arrays of the same shape (n,), NaN where not known.
    metres
        Distance in metres: one for all points, or one for each.
    edition
        Whose detailed boundaries are used.

    Returns
    -------
    numpy.ndarray
        Codes separated by ``;``, sorted, shape (n,); the municipality of the point itself is
        among them. Empty where there is none, or the point is not known.

    Examples
    --------
    >>> municipalities_within([121500], [487500], 100.0, load_edition(2025)).tolist()
    ['GM0363']
    """
    xs, ys = _points(x, y)
    reach = np.broadcast_to(np.asarray(metres, dtype=float), xs.shape)
    grid = _grid(edition.year)
    known = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys) & np.isfinite(reach))
    points = shapely.points(xs[known], ys[known])
    which, polygon = grid.tree.query(points, predicate="dwithin", distance=reach[known])
    found: list[list[str]] = [[] for _ in range(len(xs))]
    for point, number in sorted(zip(known[which].tolist(), polygon.tolist(), strict=True)):
        found[point].append(str(grid.codes[number]))
    result = np.empty(len(xs), dtype=object)
    result[:] = [";".join(codes) for codes in found]
    return result


def _points(
    x: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    xs, ys = (np.asarray(values, dtype=float) for values in (x, y))
    if xs.shape != ys.shape or xs.ndim != 1:
        raise ValueError(f"x and y must be of one length, not {xs.shape} and {ys.shape}")
    return xs, ys


@dataclass(frozen=True)
class Grid:
    """The squares of an edition, and the boundaries that run through them.

    Parameters
    ----------
    polygons
        Municipalities in the order of their codes; they do not overlap.
    codes
        Their codes, and empty text at the end: number -1 is outside all.
    cell
        Side of a square, metres.
    """

    polygons: npt.NDArray[np.object_]
    codes: npt.NDArray[np.object_]
    cell: float = CELL

    def numbers(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.int16]:
        """Number of the municipality of each point; -1 outside all of them."""
        result = np.empty(len(x), dtype=np.int16)
        for start in range(0, len(x), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            result[part] = self._some(x[part], y[part])
        return result

    def _some(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.int16]:
        left, bottom, columns, rows = self._frame
        column, row = (x - left) / self.cell, (y - bottom) / self.cell
        # NaN compares as False, and so counts as outside.
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        square = np.zeros(len(x), dtype=np.int64)
        np.copyto(square, row, casting="unsafe", where=inside)
        square *= columns
        np.add(square, column, out=square, casting="unsafe", where=inside)
        result = np.where(inside, self._squares[square], np.int16(_OUTSIDE))
        border = np.flatnonzero(result == _BORDER)
        if len(border):
            result[border] = self._exact(x[border], y[border], square[border])
        return result

    def _exact(
        self,
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
        square: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int16]:
        """Municipality of points in squares that a border runs through."""
        keys, polygon = self._crossed
        first = np.searchsorted(keys, square, side="left")
        count = np.searchsorted(keys, square, side="right") - first
        point = np.repeat(np.arange(len(square)), count)
        place = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
        asked = polygon[first[point] + place]
        order = np.argsort(asked, kind="stable")
        point, asked = point[order], asked[order]
        result = np.full(len(square), len(self.polygons), dtype=np.int16)
        ends = np.flatnonzero(np.diff(asked)) + 1
        for group in np.split(np.arange(len(asked)), ends):
            if len(group) == 0:
                continue
            number, own = asked[group[0]], point[group]
            hit = own[shapely.intersects_xy(self.polygons[number], x[own], y[own])]
            # On a border more than one fits: the lowest.
            result[hit] = np.minimum(result[hit], number)
        # Outside, or in a square that a border only comes near, of a municipality without any.
        left = np.flatnonzero(result == len(self.polygons))
        result[left] = self._asked(shapely.points(x[left], y[left]))
        return result

    def _asked(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.int16]:
        """Municipality of points, straight from the boundaries."""
        which, polygon = self.tree.query(points, predicate="intersects")
        result: npt.NDArray[np.int16]
        result = np.full(len(points), len(self.polygons), dtype=np.int16)
        np.minimum.at(result, which, polygon.astype(np.int16))
        result[result == len(self.polygons)] = _OUTSIDE
        return result

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the polygons."""
        return shapely.STRtree(self.polygons)

    @cached_property
    def _frame(self) -> tuple[float, float, int, int]:
        """Left and lower side, and the number of columns and rows.

        One square of room all around, so that all squares outside are one field. Borders have
        whole metres: the half metre keeps them off the sides of squares.
        """
        bounds = shapely.total_bounds(self.polygons)
        left, bottom = np.floor(bounds[:2]) - 1.5 * self.cell - 0.5
        columns, rows = np.ceil((bounds[2:] - (left, bottom)) / self.cell).astype(int) + 2
        return float(left), float(bottom), int(columns), int(rows)

    @cached_property
    def _crossed(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
        """Pairs of a square and a municipality whose border runs through it, sorted."""
        left, bottom, columns, _rows = self._frame
        start, end, owner = _segments(self.polygons)
        # With their margin, pieces of at most one side long touch squares in a block of two by two.
        longest = self.cell - 2 * _MARGIN
        pieces = np.maximum(np.ceil(np.abs(end - start).max(axis=1) / longest), 1).astype(int)
        segment = np.repeat(np.arange(len(pieces)), pieces)
        number = np.arange(len(segment)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        step = (end - start)[segment] / pieces[segment, None]
        ends = np.stack(
            [start[segment] + step * number[:, None], start[segment] + step * (number[:, None] + 1)]
        )
        low = ((ends.min(axis=0) - _MARGIN - (left, bottom)) // self.cell).astype(np.int64)
        high = ((ends.max(axis=0) + _MARGIN - (left, bottom)) // self.cell).astype(np.int64)
        keys = [
            (np.minimum(low[:, 1] + up, high[:, 1]) * columns
             + np.minimum(low[:, 0] + right, high[:, 0]))
            for up in (0, 1)
            for right in (0, 1)
        ]  # fmt: skip
        pairs = np.concatenate(keys) * len(self.polygons) + np.tile(owner[segment], 4)
        square, polygon = np.divmod(np.unique(pairs), len(self.polygons))
        return square, polygon.astype(np.int16)

    @cached_property
    def _squares(self) -> npt.NDArray[np.int16]:
        """Municipality of each square, row by row; or outside, or with a border."""
        left, bottom, columns, rows = self._frame
        free = np.ones(rows * columns, dtype=bool)
        free[self._crossed[0]] = False
        # No border runs through these squares or between them: one answer for each field.
        fields, count = ndimage.label(free.reshape(rows, columns))
        flat = fields.ravel()
        square = np.zeros(count + 1, dtype=np.int64)
        square[flat] = np.arange(len(flat))
        row, column = np.divmod(square, columns)
        centre = shapely.points(left + (column + 0.5) * self.cell, bottom + (row + 0.5) * self.cell)
        numbers = self._asked(centre)
        numbers[0] = _BORDER
        squares: npt.NDArray[np.int16] = numbers[flat]
        return squares


def _segments(
    polygons: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Begin and end (n, 2) of every straight piece of border, and whose it is (n,)."""
    rings, ring_owner = shapely.get_rings(
        shapely.get_parts(polygons, return_index=True)[0], return_index=True
    )
    part_owner = shapely.get_parts(polygons, return_index=True)[1]
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    owner = part_owner[ring_owner[ring]]
    return points[:-1][same], points[1:][same], owner[:-1][same]


@cache
def _grid(year: int) -> Grid:
    boundaries = load_edition(year).boundaries.sort_index()
    polygons = boundaries.geometry.to_numpy().copy()
    shapely.prepare(polygons)
    codes = np.array([*boundaries.index, ""], dtype=object)
    return Grid(polygons, codes)
