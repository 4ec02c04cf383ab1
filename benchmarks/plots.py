"""Curves and stacked bars as SVG, where a table says too little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # no screen

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.measure import Rate, wilson


def rates(folder: Path, name: str, title: str, x_label: str, series: Mapping[str, Sequence[tuple[float, Rate]]]) -> str:
    """Rates with their 95 % intervals against a quantity, one line a series; returns the file's name in `folder`."""
    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for label, points in series.items():
        counted = [(x, rate) for x, rate in points if rate.share is not None]
        shares = [100 * (rate.share or 0.0) for _, rate in counted]
        bands = [wilson(rate.hits, rate.total) for _, rate in counted]
        low = [share - 100 * band[0] for share, band in zip(shares, bands, strict=True)]
        high = [100 * band[1] - share for share, band in zip(shares, bands, strict=True)]
        axes.errorbar([x for x, _ in counted], shares, yerr=[low, high], label=label, marker="o", capsize=3)
    axes.set(title=title, xlabel=x_label, ylabel="%")
    return _write(figure, axes, folder, name)


def lines(
    folder: Path,
    name: str,
    title: str,
    labels: tuple[str, str],
    series: Mapping[str, Sequence[tuple[float, float]]],
) -> str:
    """Plain lines; labels = x, y; returns the file's name in `folder`."""
    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for label, points in series.items():
        axes.plot([x for x, _ in points], [y for _, y in points], label=label, marker=".")
    axes.set(title=title, xlabel=labels[0], ylabel=labels[1])
    return _write(figure, axes, folder, name)


def stacked(folder: Path, name: str, title: str, x_label: str, bars: Mapping[str, Mapping[str, float]]) -> str:
    """One horizontal bar a row, made of its parts; returns the file's name in `folder`."""
    figure, axes = plt.subplots(figsize=(6.4, 1.4 + 0.5 * len(bars)), layout="constrained")
    parts = list(dict.fromkeys(part for row in bars.values() for part in row))
    left = dict.fromkeys(bars, 0.0)
    for part in parts:
        widths = [row.get(part, 0.0) for row in bars.values()]
        axes.barh(list(bars), widths, left=list(left.values()), label=part)
        left = {row: start + width for (row, start), width in zip(left.items(), widths, strict=True)}
    axes.invert_yaxis()
    axes.set(title=title, xlabel=x_label)
    return _write(figure, axes, folder, name)


def _write(figure: Figure, axes: Axes, folder: Path, name: str) -> str:
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=2, fontsize="small")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)
    return f"{name}.svg"
