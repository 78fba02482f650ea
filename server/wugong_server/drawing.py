"""Pictures and rows computed exactly: slips, gauges, flows of money, page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from wugong import N_, STAGES, Matter, Words
from wugong_server import formats

STATE_WORDS = {
    "open": N_("Under way"),
    "held": N_("On hold"),
    "done": N_("Done"),
    "todo": N_("Not yet"),
    "skipped": N_("Skipped, filed"),
}
GAP = 8  # between the bars of a flow, in its own units of a thousandth of the width
WIDTH = 1000
# About how wide a Chinese sign is on a telephone, in thousandths, by the size of type.
EM = {"": 48, "on": 57, "max": 80}
LETTERS = "甲乙丙丁戊己庚辛壬癸"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"


@dataclass(frozen=True, slots=True)
class Slip:
    """One of the five slips: its name, its look and its state in words."""

    title: str
    look: str
    word: str
    current: bool


def slips(matter: Matter, words: Words) -> list[Slip]:
    """Return the five slips of a matter."""
    found = []
    for stage in STAGES:
        state = matter.status(stage)
        look = "todo" if state == "skipped" else state
        word = words(STATE_WORDS[state])
        found.append(Slip(words(stage.title), look, word, state in ("open", "held")))
    return found


def per_cent(part: int, whole: int) -> str:
    """Return ``part`` of ``whole`` as a width in SVG, at most 100, cut to thousandths.

    >>> per_cent(51, 72)
    '70.833%'
    """
    if whole <= 0:
        return "0%"
    thousandths = min(part, whole) * 100_000 // whole
    return f"{thousandths // 1000}.{thousandths % 1000:03d}%"


def page_numbers(number: int, pages: int) -> list[int]:
    """Return the numbers that a pager shows; 0 stands for a gap.

    >>> page_numbers(6, 12)
    [1, 0, 5, 6, 7, 0, 12]
    """
    wanted = sorted({1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)})
    shown: list[int] = []
    for n in wanted:
        if shown and n - shown[-1] == 2:
            shown.append(n - 1)
        elif shown and n - shown[-1] > 2:
            shown.append(0)
        shown.append(n)
    return shown


def in_unit(value: int, unit: str) -> str:
    """Write a figure of a measure: areas with two decimals, the rest grouped."""
    return formats.decimal(value) if unit == "area" else formats.number(value)


UNIT_WORDS = {"heads": N_("people"), "households": N_("households"), "area": N_("m²")}
MEASURE_WORDS = {"heads": N_("People"), "households": N_("Households"), "area": N_("Floor area")}
BASE_WORDS = {
    "all": N_("all entitled"),
    "part": N_("those who took part"),
    "present": N_("those present"),
    "voted": N_("the votes cast"),
    "sides": N_("those for and against"),
}


def test_title(test: Any, words: Words) -> str:
    """Say what one requirement of a poll measures: ``参与人数``, ``同意面积``."""
    measure = words(MEASURE_WORDS[test.measure])
    if test.id.startswith("not_opposed"):
        return words(N_("{measure} not against"), measure=measure)
    quorum = test.base == "all" and not test.id.startswith(("consent", "yes"))
    message = N_("{measure} taking part") if quorum else N_("{measure} in favour")
    return words(message, measure=measure)


def test_words(test: Any, words: Words) -> str:
    """Say a requirement with its figures: of whom, which share, how much there was."""
    unit = words(UNIT_WORDS[test.measure])
    share = formats.share(test.share, words)
    message = (
        N_("at least {share} of {base} ({of} {unit}) are needed; there were {have}.")
        if test.op == ">="
        else N_("more than {share} of {base} ({of} {unit}) are needed; there were {have}.")
    )
    return words(
        message,
        share=share,
        base=words(BASE_WORDS[test.base]),
        of=in_unit(test.of, test.measure),
        have=in_unit(test.have, test.measure),
        unit=unit,
    )


def test_sum(test: Any) -> str:
    """Write a requirement as a comparison of integers that anybody can check.

    Where a line is too short the sign begins the next one. ``3 × 58 = 174 ≥ 2 × 72 = 144``
    """
    n, d = test.share.numerator, test.share.denominator
    left, right = d * test.have, n * test.of
    signs = ("≥", "<", left >= right) if test.op == ">=" else (">", "≤", left > right)
    sign = signs[0] if signs[2] else signs[1]
    number = formats.number
    return (
        f"{d} × {number(test.have)} = {number(left)} {sign}\N{NO-BREAK SPACE}"
        f"{n} × {number(test.of)} = {number(right)}"
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A piece of a flow: its class and its path."""

    look: str
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A letter beside a bar, which the table below repeats."""

    text: str
    x: str
    y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Flow:
    """Two rows of bars of equal length, sources and uses, with ribbons between."""

    width: int
    bars: tuple[Drawn, ...]
    links: tuple[Drawn, ...]
    labels: tuple[Mark, ...]


def flow(
    sources: Sequence[tuple[str, int]],
    uses: Sequence[tuple[str, int]],
    size: str = "",
    letters: str = LETTERS,
) -> Flow | None:
    """Draw where money comes from and where it goes; sums must agree and be above zero.

    ``size`` is that of the type, as in 長者模式: names that find no room leave their letter,
    one of ``letters``, which the table beside it has, too.

    The ribbons share each source among the uses in their order: which yuan paid for what is not
    known, and the picture says only how much.
    """
    sources = [one for one in sources if one[1] > 0]
    uses = [one for one in uses if one[1] > 0]
    total = sum(amount for _, amount in sources)
    if not total or total != sum(amount for _, amount in uses):
        return None
    tops = _bars([amount for _, amount in sources], total)
    ends = _bars([amount for _, amount in uses], total)
    bars = [Drawn(f"f{'abc'[min(i, 2)]}", _bar(*at, 6)) for i, at in enumerate(tops)]
    bars += [Drawn(f"f{'def'[min(i, 2)]}", _bar(*at, 80)) for i, at in enumerate(ends)]
    links = _ribbons([a for _, a in sources], [a for _, a in uses], tops, ends)
    labels = _marks(letters, [name for name, _ in sources], tops, "11%", size)
    labels += _marks(CIRCLED, [name for name, _ in uses], ends, "97%", size)
    return Flow(WIDTH, tuple(bars), tuple(links), tuple(labels))


def _bars(amounts: Sequence[int], total: int) -> list[tuple[int, int]]:
    """Return start and end of each bar, in thousandths of the width, gaps between them."""
    room = WIDTH - GAP * (len(amounts) - 1)
    found, before = [], 0
    for i, amount in enumerate(amounts):
        start = room * before // total + GAP * i
        before += amount
        found.append((start, room * before // total + GAP * i))
    return found


def _bar(start: int, end: int, y: int) -> str:
    return f"M{start} {y}H{max(end, start + 1)}V{y + 14}H{start}z"


def _ribbons(
    sources: Sequence[int],
    uses: Sequence[int],
    tops: Sequence[tuple[int, int]],
    ends: Sequence[tuple[int, int]],
) -> list[Drawn]:
    links: list[Drawn] = []
    source, used_of_source, use, used_of_use = 0, 0, 0, 0
    while source < len(sources) and use < len(uses):
        amount = min(sources[source] - used_of_source, uses[use] - used_of_use)
        top = _part(tops[source], sources[source], used_of_source, amount)
        end = _part(ends[use], uses[use], used_of_use, amount)
        links.append(Drawn(f"f{'abc'[min(source, 2)]}", _ribbon(top, end)))
        used_of_source += amount
        used_of_use += amount
        if used_of_source == sources[source]:
            source, used_of_source = source + 1, 0
        if used_of_use == uses[use]:
            use, used_of_use = use + 1, 0
    return links


def _part(bar: tuple[int, int], whole: int, before: int, amount: int) -> tuple[int, int]:
    start, end = bar
    length = end - start
    return start + length * before // whole, start + length * (before + amount) // whole


def _ribbon(top: tuple[int, int], end: tuple[int, int]) -> str:
    (a, b), (c, d) = top, end
    return f"M{a} 20C{a} 50 {c} 50 {c} 80H{d}C{d} 50 {b} 50 {b} 20z"


def _marks(
    signs: str, names: Sequence[str], bars: Sequence[tuple[int, int]], y: str, size: str
) -> list[Mark]:
    """Name the bars of a row, the longest first; a name without room leaves its letter."""
    said = [signs[i % 10] for i in range(len(names))]
    for i in sorted(range(len(names)), key=lambda i: bars[i][0] - bars[i][1]):
        longer = [*said[:i], f"{said[i]} {names[i]}", *said[i + 1 :]]
        if _beside(longer, bars, size):
            said = longer
    return [
        _mark(text, *place, y) for text, place in zip(said, _places(said, bars, size), strict=True)
    ]


def _beside(said: Sequence[str], bars: Sequence[tuple[int, int]], size: str) -> bool:
    """Tell whether there is room for all, names over their own bars, letters beside."""
    places = _places(said, bars, size)
    return places[0][0] >= 0 and all(
        (len(text) == 1 and start - EM[size] <= bar[1] and end + EM[size] >= bar[0])
        or start <= (bar[0] + bar[1]) // 2 <= end
        or bar[0] <= (start + end) // 2 <= bar[1]
        for text, (start, end), bar in zip(said, places, bars, strict=True)
    )


def _places(
    said: Sequence[str], bars: Sequence[tuple[int, int]], size: str
) -> list[tuple[int, int]]:
    """Return start and end of each text: in the middle of its bar, or as near as the others let."""
    widths = [width_of(text, size) for text in said]
    starts: list[int] = []
    edge, gap = 0, EM[size] // 2
    for width, (start, end) in zip(widths, bars, strict=True):
        starts.append(max(edge, min((start + end - width) // 2, WIDTH - width)))
        edge = starts[-1] + width + gap
    edge = WIDTH
    for i in reversed(range(len(said))):
        starts[i] = min(starts[i], edge - widths[i])
        edge = starts[i] - gap
    return [(start, start + width) for start, width in zip(starts, widths, strict=True)]


def width_of(text: str, size: str = "") -> int:
    """Return about how long a text is, in thousandths of the width."""
    em = EM[size]
    return sum(em if east_asian_width(one) in "WFA" else em * 5 // 8 for one in text)


def _mark(text: str, start: int, end: int, y: str) -> Mark:
    if start <= 0:
        return Mark(text, "0%", y, "start")
    if end >= WIDTH:
        return Mark(text, "100%", y, "end")
    middle = (start + end) // 2
    return Mark(text, f"{middle // 10}.{middle % 10}%", y, "middle")
