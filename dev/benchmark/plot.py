"""One picture of a benchmark: throughput and latency of Keva and the floor, as SVG."""

from collections.abc import Sequence
from html import escape

from dev.benchmark.figures import Spread, plain
from dev.benchmark.summary import LevelSummary

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 540, 320, 60, 50, 40
_COLOURS = {"Keva": "#1f6feb", "floor": "#8b949e"}
_Bars = Sequence[tuple[str, dict[str, Spread]]]


def picture(levels: Sequence[LevelSummary]) -> str:
    """The whole SVG file."""
    rates: _Bars = [(level.level, _both(level, "rate")) for level in levels if level.is_closed_loop]
    latencies: _Bars = [(level.level, _both(level, "p99")) for level in levels]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * _WIDTH}" height="{_HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        *_panel(0, "Texts a second (median, range)", rates),
        *_panel(_WIDTH, "99 of 100 texts within, ms (median, range)", latencies),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _both(level: LevelSummary, figure: str) -> dict[str, Spread]:
    return {"Keva": level.keva[figure], "floor": level.floor[figure]}


def _panel(left: float, title: str, bars: _Bars) -> list[str]:
    most = max((spread.high for _, by_who in bars for spread in by_who.values()), default=1) or 1
    parts = [_text(left + _LEFT, 24, title, "start", "bold"), *_axis(left, most)]
    room = (_WIDTH - _LEFT - 20) / max(len(bars), 1)
    for i, (name, by_who) in enumerate(bars):
        at = left + _LEFT + i * room
        parts.append(_text(at + room / 2, _HEIGHT - _BOTTOM + 18, name, "middle"))
        for j, (who, spread) in enumerate(by_who.items()):
            parts += _bar(at + room * (0.14 + 0.37 * j), room * 0.33, spread, most, _COLOURS[who])
    for j, (who, colour) in enumerate(_COLOURS.items()):
        at = left + _LEFT + 80 * j
        parts.append(f'<rect x="{at}" y="{_HEIGHT - 20}" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(at + 16, _HEIGHT - 11, who, "start"))
    return parts


def _axis(left: float, most: float) -> list[str]:
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(most * share, most)
        line = f'x1="{left + _LEFT}" x2="{left + _WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}"'
        parts.append(f'<line {line} stroke="#d0d7de"/>')
        parts.append(_text(left + _LEFT - 6, y + 4, plain(most * share) if share else "0", "end"))
    return parts


def _bar(x: float, width: float, spread: Spread, most: float, colour: str) -> list[str]:
    top, bottom, middle = _y(spread.median, most), _y(0, most), x + width / 2
    box = f'x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{bottom - top:.1f}"'
    ends = f'x1="{middle:.1f}" x2="{middle:.1f}" y1="{_y(spread.low, most):.1f}" y2="{_y(spread.high, most):.1f}"'
    return [f'<rect {box} fill="{colour}"/>', f'<line {ends} stroke="black"/>']


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / most


def _text(x: float, y: float, text: str, anchor: str, weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}"'
    return f"<text {place}>{escape(text)}</text>"
