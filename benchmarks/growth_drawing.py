"""The picture of an axis: latency at the left, memory at the right, both against the size on scales of powers.

Two charts of pygal in one file, with no script and no font but what a reader has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import log10

import pygal
from growth_measuring import Axis, short
from pygal.style import Style

LATENCY, MEMORY, HEIGHT = 600, 360, 400
"""Pixels: the width of each chart, and the height of both."""

COLOURS = ("#1f5f6b", "#c9761a", "#6f9a3c", "#8a4f8d", "#b3413a", "#4a6fb5", "#7a6a4f")


def drawn(axis: Axis) -> str:
    """The picture as SVG."""
    width = LATENCY + MEMORY
    milliseconds = {name: [value / 1000 for value in curve] for name, curve in axis.curves.items()}
    parts = [
        _chart(f"Median latency in ms against {axis.name}", axis.sizes, milliseconds, LATENCY),
        _chart(f"Memory in MiB against {axis.name}", axis.sizes, axis.memory, MEMORY),
    ]
    at = (0, LATENCY)
    placed = [re.sub(r"<svg ", f'<svg x="{x}" ', part, count=1) for x, part in zip(at, parts, strict=True)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" '
        f'height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" role="img">'
        f"<title>Latency and memory against {axis.name}</title>" + "".join(placed) + "</svg>\n"
    )


def _chart(title: str, sizes: Sequence[int], curves: Mapping[str, Sequence[float]], width: int) -> str:
    style = Style(background="white", plot_background="white", foreground="#1c2526", foreground_strong="#1c2526",
                  foreground_subtle="#5c6b6d", colors=COLOURS, font_family="sans-serif", opacity=1, opacity_hover=1,
                  label_font_size=12, major_label_font_size=12, legend_font_size=12, title_font_size=14,
                  guide_stroke_color="#cfd8d9", major_guide_stroke_color="#cfd8d9", guide_stroke_dasharray="none",
                  major_guide_stroke_dasharray="none", transition="none")  # fmt: skip
    values = [value for curve in curves.values() for value in curve]
    powers = _powers(min(values), max(values))
    chart = pygal.XY(style=style, js=[], width=width, height=HEIGHT, explicit_size=True, margin=8, title=title,
                     logarithmic=True, range=(powers[0], powers[-1]), y_labels=powers, value_formatter=_figure,
                     legend_at_bottom=True, legend_at_bottom_columns=2, legend_box_size=10, show_legend=len(curves) > 1,
                     margin_right=24, margin_bottom=28, truncate_legend=-1,
                     dots_size=3.5, show_x_guides=True, stroke_style={"width": 2}, no_prefix=True,
                     disable_xml_declaration=True)  # fmt: skip
    chart.x_labels = [{"value": log10(size), "label": short(size)} for size in sizes]
    for name, curve in curves.items():
        chart.add(name.replace("`", ""), [(log10(size), value) for size, value in zip(sizes, curve, strict=True)])
    text: str = chart.render(is_unicode=True)
    return re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def _power(value: float) -> float:
    """The power of ten at or below a value."""
    power = 1.0
    while power > value:
        power /= 10
    while power * 10 <= value:
        power *= 10
    return power


def _powers(least: float, most: float) -> list[float]:
    found = [_power(least)]
    while found[-1] < most:
        found.append(found[-1] * 10)
    return found


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:.3f}".rstrip("0")
