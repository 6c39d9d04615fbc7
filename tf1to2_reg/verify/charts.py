"""Line charts as inline SVG, drawn with the page's CSS variables so that they follow light and dark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 480.0, 280.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 14.0, 14.0, 46.0
_MOST_POINTS = 600
_MOST_MARKERS = 30


@dataclass(frozen=True)
class Series:
    """One line: `style` is the CSS class that colours it. Values that are not finite leave a gap."""

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True)
class _Frame:
    """The drawing area: the range of x, of y, and how y maps to 0..1."""

    last_step: int
    low: float
    high: float
    scale: Callable[[float], float]

    def x(self, step: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / max(1, self.last_step)

    def y(self, value: float) -> float:
        low, high = self.scale(self.low), self.scale(self.high)
        share = (self.scale(value) - low) / (high - low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share


def line_chart(title: str, series: Sequence[Series]) -> str:
    """Values by step on a linear scale."""
    finite = [value for line in series for value in line.values if math.isfinite(value)]
    ticks = _linear_ticks(min(finite, default=0.0), max(finite, default=1.0))
    frame = _Frame(_last_step(series), ticks[0], ticks[-1], float)
    return _svg(title, frame, [(tick, f"{tick:.6g}") for tick in ticks], series)


def log_chart(title: str, series: Sequence[Series], floor: float) -> str:
    """Values by step on a logarithmic scale; values below `floor`, and zero, are drawn on it."""
    finite = [value for line in series for value in line.values if math.isfinite(value)]
    lowest = math.floor(math.log10(floor))
    highest = max(lowest + 3, math.ceil(math.log10(max([floor, *finite]))))
    stride = max(1, math.ceil((highest - lowest) / 6))
    ticks = [10.0**power for power in range(lowest, highest + 1, stride)]
    frame = _Frame(_last_step(series), 10.0**lowest, max(10.0**highest, ticks[-1]), math.log10)
    raised = [Series(line.name, line.style, [max(value, floor) for value in line.values]) for line in series]
    labels = [(tick, f"{tick:.0e}".replace("e-0", "e-").replace("e+0", "e+")) for tick in ticks]
    return _svg(title, frame, labels, raised)


def _last_step(series: Sequence[Series]) -> int:
    return max((len(line.values) for line in series), default=1) - 1


def _linear_ticks(low: float, high: float) -> list[float]:
    """About five round numbers that enclose the values."""
    if high <= low:
        pad = abs(high) * 0.1 or 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(size * magnitude for size in (1, 2, 2.5, 5, 10) if size * magnitude >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]


def _svg(title: str, frame: _Frame, ticks: Sequence[tuple[float, str]], series: Sequence[Series]) -> str:
    parts = [
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="{escape(title)}">',
        *(_horizontal(frame, value, label) for value, label in ticks),
        *_step_labels(frame),
        *(_line(frame, line) for line in series),
        "</svg>",
    ]
    return "\n".join(parts)


def _horizontal(frame: _Frame, value: float, label: str) -> str:
    y = frame.y(value)
    return (
        f'<line class="grid" x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{_LEFT - 6:g}" y="{y + 5:.1f}" text-anchor="end">{escape(label)}</text>'
    )


def _step_labels(frame: _Frame) -> list[str]:
    last = frame.last_step
    stride = max(1, math.ceil(last / 5))
    steps = sorted({*range(0, last + 1, stride)})
    y = _HEIGHT - _BOTTOM + 20
    labels = [
        f'<text class="tick" x="{frame.x(step):.1f}" y="{y:g}" text-anchor="middle">{step}</text>' for step in steps
    ]
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    labels.append(f'<text class="tick" x="{middle:g}" y="{_HEIGHT - 6:g}" text-anchor="middle">training step</text>')
    return labels


def _line(frame: _Frame, line: Series) -> str:
    stride = max(1, math.ceil(len(line.values) / _MOST_POINTS))
    points = [(step, value) for step, value in enumerate(line.values) if step % stride == 0 and math.isfinite(value)]
    path = " ".join(f"{frame.x(step):.1f},{frame.y(value):.1f}" for step, value in points)
    drawn = f'<polyline class="line {line.style}" points="{path}"/>'
    if len(points) > _MOST_MARKERS:
        return drawn
    return drawn + "".join(
        f'<circle class="dot {line.style}" cx="{frame.x(step):.1f}" cy="{frame.y(value):.1f}" r="3">'
        f"<title>{escape(line.name)}, step {step}: {value:.7g}</title></circle>"
        for step, value in points
    )
