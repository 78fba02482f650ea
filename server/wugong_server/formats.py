"""How figures and times are written for people, in three languages. Pure functions."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction

from wugong import N_, Words

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DIGITS = "零一二三四五六七八九十"
GROUP = 4


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark a message with its plural for translation and return both unchanged."""
    return one, many


def number(value: int) -> str:
    """Write an integer in groups of three: ``1,284``; the minus sign is a real one."""
    return f"{value:,}".replace("-", "−")


def decimal(value: int) -> str:
    """Write hundredths with two decimals, exactly.

    >>> decimal(156000005)
    '1,560,000.05'
    """
    sign = "−" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def money(fen: int, words: Words) -> str:
    """Write an amount in 分 as yuan: ``1,560,000.00元``."""
    return words(N_("{amount} yuan"), amount=decimal(fen))


def area(dm2: int, words: Words) -> str:
    """Write an area in 0.01 m²: ``98.60平方米``."""
    return words(N_("{area} m²"), area=decimal(dm2))


def share(value: Fraction, words: Words) -> str:
    """Write a share in words where Chinese has them, else as a fraction: ``三分之二``, ``2/3``.

    What is a whole or more is written as a mixed number: ``4``, ``4又2/3``, and ``4 2/3``
    with a blank at which no line breaks.
    """
    whole, rest = divmod(value.numerator, value.denominator)
    if whole > 0:
        between = "\N{NO-BREAK SPACE}" if words.language == "en" else "又"
        return f"{whole}{between}{rest}/{value.denominator}" if rest else str(whole)
    if words.language == "en" or not 0 < value < 1 or value.denominator > len(DIGITS) - 1:
        return f"{value.numerator}/{value.denominator}"
    if value == Fraction(1, 2):
        return "二分之一"
    return f"{DIGITS[value.denominator]}分之{DIGITS[value.numerator]}"


def short(digest: str) -> str:
    """Write the beginning of a hash in two groups: ``7d1c 02ab``."""
    return f"{digest[:4]} {digest[4:8]}".strip()


def head(digest: str) -> str:
    """Write beginning and end of a hash: ``3f9a 71c0 … 5be2``."""
    return f"{short(digest)} … {digest[-4:]}"


def grouped(code: str) -> str:
    """Write a code in groups of four: ``4Q7M 2K9P``."""
    plain = code.replace(" ", "").replace("-", "").upper()
    return " ".join(plain[i : i + GROUP] for i in range(0, len(plain), GROUP))


def calendar_day(day: date, words: Words) -> str:
    """Write a date with its year: ``2026年1月1日``."""
    if words.language == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def day(at: datetime, now: datetime, zone: tzinfo, words: Words) -> str:
    """Write a day, with its year only where it is another: ``12月10日``, ``2027年1月8日``."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    other_year = local.year != today.year
    if words.language == "en":
        written = f"{local.day} {MONTHS[local.month - 1]}"
        return f"{written} {local.year}" if other_year else written
    written = f"{local.month}月{local.day}日"
    return f"{local.year}年{written}" if other_year else written


def moment(at: datetime, now: datetime, zone: tzinfo, words: Words) -> str:
    """Write day and hour: ``今天10:20``, ``昨天16:02``, ``12月4日09:30``."""
    local = at.astimezone(zone)
    gap = now.astimezone(zone).date() - local.date()
    named = {timedelta(0): N_("today"), timedelta(days=1): N_("yesterday")}.get(gap)
    written = words(named) if named else day(at, now, zone, words)
    return f"{written}{' ' if words.language == 'en' else ''}{local:%H:%M}"


def deadline(at: datetime, now: datetime, zone: tzinfo, words: Words) -> str:
    """Write the end of a term; midnight is the 24:00 of the day that ends: ``12月10日24:00``."""
    local = at.astimezone(zone)
    gap = " " if words.language == "en" else ""
    if local.hour == local.minute == 0:
        return f"{day(at - timedelta(minutes=1), now, zone, words)}{gap}24:00"
    return f"{day(at, now, zone, words)}{gap}{local:%H:%M}"


def remaining(at: datetime, now: datetime, words: Words) -> str:
    """Say how long is left: ``还剩4天``; never without the date beside it.

    What the clock ends is ended within the hour; what is later still waits for somebody.
    """
    left = at - now
    if left <= timedelta(days=-1):
        return words.plural(*ngettext("{count} day overdue", "{count} days overdue"), (-left).days)
    if left <= timedelta(hours=-1):
        return words(N_("overdue"))
    if left <= timedelta(0):
        return words(N_("is being closed"))
    if left >= timedelta(days=1):
        return words.plural(*ngettext("{count} day left", "{count} days left"), left.days)
    hours = int(left.total_seconds() // 3600)
    if hours:
        return words.plural(*ngettext("{count} hour left", "{count} hours left"), hours)
    minutes = max(1, int(left.total_seconds() // 60))
    return words.plural(*ngettext("{count} minute left", "{count} minutes left"), minutes)


def greeting(now: datetime, zone: tzinfo) -> str:
    """Return the message id of what one says at this hour."""
    hour = now.astimezone(zone).hour
    if 5 <= hour < 12:
        return N_("Good morning, {name}.")
    return N_("Good afternoon, {name}.") if 12 <= hour < 18 else N_("Good evening, {name}.")
