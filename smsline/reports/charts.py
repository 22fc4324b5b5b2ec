"""Charts as pictures that can be copied into a document: SVG without script, made by pygal, each in one address.

A picture is loaded from nowhere: it stands in its own address (`data:`), in a report of one file as on a page.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

LABELS = 14
"""Names of weeks below a chart at most: more would lie over each other."""

WIDTH, ROW, AROUND = 760, 26, 115
"""Measures in pixels: of a chart, of one of its bars that lie, and what is around those."""

COLOURS = ("#1f5f6b", "#c9761a", "#6f9a3c")


@dataclass(frozen=True)
class Chart:
    """A picture, what it shows in words for who does not see it, and the name of its file."""

    address: str
    says: str
    file: str


def columns(file: str, says: str, labels: Sequence[str], values: Sequence[int | None]) -> Chart | None:
    """Columns side by side, such as weeks; none where there is nothing to show."""
    if not any(values):
        return None
    chart = _made("Bar", title=says, height=320, show_legend=False, x_label_rotation=35, show_minor_x_labels=False)
    chart.x_labels = list(labels)
    chart.x_labels_major = list(labels[:: ceil(len(labels) / LABELS)])
    chart.add("", list(values))
    return _chart(chart, file, says)


def bars(file: str, says: str, labels: Sequence[str], series: Mapping[str, Sequence[int | None]]) -> Chart | None:
    """Bars that lie, one for each label, the first on top; several series stand in one bar, one after the other."""
    if not any(value for values in series.values() for value in values):
        return None
    several = len(series) > 1
    kind = "HorizontalStackedBar" if several else "HorizontalBar"
    chart = _made(kind, title=says, height=AROUND + ROW * len(labels) + (20 if several else 0), show_legend=several,
                  legend_at_bottom=True, show_x_guides=True, show_y_guides=False)  # fmt: skip
    chart.x_labels = list(reversed(labels))
    for name, values in series.items():
        chart.add(name, list(reversed(values)))
    return _chart(chart, file, says)


def _made(kind: str, **options: object) -> Any:
    """A chart of pygal, which is slow to import and needed by reports alone."""
    import pygal
    from pygal.style import Style

    style = Style(background="white", plot_background="white", foreground="#1c2526", foreground_strong="#1c2526",
                  foreground_subtle="#5c6b6d", colors=COLOURS, font_family="sans-serif", opacity=1, opacity_hover=1,
                  label_font_size=12, major_label_font_size=12, value_font_size=12, legend_font_size=13,
                  title_font_size=15, guide_stroke_color="#cfd8d9", major_guide_stroke_color="#cfd8d9",
                  guide_stroke_dasharray="none", major_guide_stroke_dasharray="none", transition="none")  # fmt: skip
    return getattr(pygal, kind)(
        style=style, js=[], width=WIDTH, explicit_size=True, margin=8, truncate_label=40, truncate_legend=-1,
        value_formatter=lambda value: f"{value:.0f}" if value is not None else "", **options,
    )  # fmt: skip


def _chart(chart: Any, file: str, says: str) -> Chart:
    """The picture without the script that pygal puts into each."""
    from pygal.etree import etree

    tree = chart.render_tree()
    for element in [*tree.iter()]:
        for script in [part for part in element if str(part.tag).endswith("script")]:
            element.remove(script)
    svg: bytes = etree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return Chart("data:image/svg+xml;base64," + b64encode(svg).decode(), says, file)
