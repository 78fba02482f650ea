"""The five 共 of 共同締造: the stages of a matter, of which several may be open at once."""

from __future__ import annotations

from enum import Flag

from wugong.words import N_


class Stage(Flag):
    """A stage, or a set of stages written with ``|``."""

    PLAN = 1  # 決策共謀
    BUILD = 2  # 發展共建
    MANAGE = 4  # 建設共管
    EVALUATE = 8  # 效果共評
    SHARE = 16  # 成果共享

    @property
    def key(self) -> str:
        """The name of a single stage in JSON, URLs and case files: ``"plan"``."""
        if self.name is None or "|" in self.name:
            raise ValueError(f"{self!r} is not a single stage")
        return self.name.lower()

    @property
    def title(self) -> str:
        """The message id of its name."""
        return TITLES[self]


PLAN, BUILD, MANAGE, EVALUATE, SHARE = Stage
ANY = PLAN | BUILD | MANAGE | EVALUATE | SHARE
STAGES = (PLAN, BUILD, MANAGE, EVALUATE, SHARE)
TITLES = {
    PLAN: N_("Plan"),
    BUILD: N_("Build"),
    MANAGE: N_("Manage"),
    EVALUATE: N_("Evaluate"),
    SHARE: N_("Share"),
}


def stage(key: str) -> Stage:
    """Return the stage called ``key``; ``ValueError`` names the known ones.

    >>> stage("plan") is PLAN
    True
    """
    for known in STAGES:
        if known.key == key:
            return known
    raise ValueError(f"no stage {key!r}; known: {', '.join(s.key for s in STAGES)}")
