"""wugong (五共): carries a community's matter through the five 共 and leaves a record to check."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wugong.audience import NOBODY, OPERATOR, Viewer, may_read
from wugong.books import Book, Books, Prefix
from wugong.contributions import (
    Contribution,
    Relation,
    RoleTitle,
    Setting,
    SettingDefault,
    Texts,
)
from wugong.days import ZONE, after_days, counted_from, local_day, start_of
from wugong.errors import Misconfigured, Overloaded, Refusal, Refused, Revoked, Uncertain
from wugong.events import Act, Fact, Kind, Reads, Unknown, body_of, event, kind_of
from wugong.folds import Fold
from wugong.hookspecs import API_VERSION, at, hookimpl, on
from wugong.matter import Grant, Head, Hold, Matter, Standing, community_of
from wugong.packs import read_again
from wugong.people import MEMBERS, ROLL, ROSTER
from wugong.petitions import PetitionOpened
from wugong.places import JURISDICTION, NotOffered, law_in, law_of, lies_in, not_offered, offered_in
from wugong.polls import (
    Ballot,
    BoxOpened,
    BoxUnlocked,
    Channel,
    Chosen,
    Count,
    GroupCount,
    Law,
    Nonresponse,
    Option,
    PollClosed,
    PollDecided,
    PollOpened,
    RollFrozen,
    Test,
    VotingRule,
    judge,
)
from wugong.procedures import Basis, Procedure, Requirement, read_procedure
from wugong.rosters import (
    Entitlement,
    Measure,
    Part,
    Totals,
    read_entitlement,
    roll_hash,
    totals,
)
from wugong.schema import (
    Anew,
    Attached,
    Between,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    Sealed,
    ShownTo,
    To,
    Unreadable,
    read_time,
    seal,
    write_time,
)
from wugong.stages import ANY, BUILD, EVALUATE, MANAGE, PLAN, SHARE, STAGES, Stage
from wugong.statutes import Article, Statute, read_statute
from wugong.thresholds import Threshold, least, reaches
from wugong.views import View
from wugong.vocabulary import (
    Attachments,
    CommunityFounded,
    Erased,
    HoldLifted,
    HoldPlaced,
    MatterOpened,
    MemberEnrolled,
    PaymentMade,
    PluginAdopted,
    PluginRetired,
    RoleGranted,
    RoleRevoked,
    RosterImported,
    SettingChanged,
    SheetHung,
    StageClosed,
    StageOpened,
    StageSkipped,
    StepRecorded,
    TaskAccepted,
)
from wugong.waiting import Waiting
from wugong.words import LANGUAGES, N_, Words

if TYPE_CHECKING:
    from wugong.answers import Receipt
    from wugong.ceremony import BoxKey, read_box_key
    from wugong.documents import Document, Documents
    from wugong.engine import Engine
    from wugong.facts import MatterLine
    from wugong.importing import plan_import
    from wugong.proving import Proof
    from wugong.reading import Person
    from wugong.roster_files import read_roster

# Whoever only counts, reads files or writes a plugin does not wait for a database and ciphers.
LATER = {
    "BoxKey": "wugong.ceremony",
    "Document": "wugong.documents",
    "Documents": "wugong.documents",
    "Engine": "wugong.engine",
    "MatterLine": "wugong.facts",
    "Person": "wugong.reading",
    "Proof": "wugong.proving",
    "Receipt": "wugong.answers",
    "plan_import": "wugong.importing",
    "read_box_key": "wugong.ceremony",
    "read_roster": "wugong.roster_files",
}

__all__ = [
    "ANY",
    "API_VERSION",
    "BUILD",
    "EVALUATE",
    "JURISDICTION",
    "LANGUAGES",
    "MANAGE",
    "MEMBERS",
    "NOBODY",
    "N_",
    "OPERATOR",
    "PLAN",
    "ROLL",
    "ROSTER",
    "SHARE",
    "STAGES",
    "ZONE",
    "Act",
    "Anew",
    "Article",
    "Attached",
    "Attachments",
    "Ballot",
    "Basis",
    "Between",
    "Book",
    "Books",
    "BoxKey",
    "BoxOpened",
    "BoxUnlocked",
    "Channel",
    "Choice",
    "Chosen",
    "CommunityFounded",
    "Contribution",
    "Count",
    "Document",
    "Documents",
    "Engine",
    "Entitlement",
    "Erased",
    "Fact",
    "Fold",
    "Grant",
    "GroupCount",
    "Head",
    "Hold",
    "HoldLifted",
    "HoldPlaced",
    "Kind",
    "Label",
    "Law",
    "Many",
    "Matter",
    "MatterLine",
    "MatterOpened",
    "Measure",
    "Member",
    "MemberEnrolled",
    "Misconfigured",
    "Most",
    "Nonresponse",
    "NotOffered",
    "Option",
    "Overloaded",
    "Part",
    "PaymentMade",
    "Person",
    "PetitionOpened",
    "PluginAdopted",
    "PluginRetired",
    "PollClosed",
    "PollDecided",
    "PollOpened",
    "Prefix",
    "Procedure",
    "Proof",
    "Reads",
    "Receipt",
    "Ref",
    "Refusal",
    "Refused",
    "Relation",
    "Requirement",
    "Revoked",
    "RoleGranted",
    "RoleRevoked",
    "RoleTitle",
    "RollFrozen",
    "RosterImported",
    "Sealed",
    "Setting",
    "SettingChanged",
    "SettingDefault",
    "SheetHung",
    "ShownTo",
    "Stage",
    "StageClosed",
    "StageOpened",
    "StageSkipped",
    "Standing",
    "Statute",
    "StepRecorded",
    "TaskAccepted",
    "Test",
    "Texts",
    "Threshold",
    "To",
    "Totals",
    "Uncertain",
    "Unknown",
    "Unreadable",
    "View",
    "Viewer",
    "VotingRule",
    "Waiting",
    "Words",
    "after_days",
    "at",
    "body_of",
    "community_of",
    "counted_from",
    "event",
    "hookimpl",
    "judge",
    "kind_of",
    "law_in",
    "law_of",
    "least",
    "lies_in",
    "local_day",
    "may_read",
    "not_offered",
    "offered_in",
    "on",
    "plan_import",
    "reaches",
    "read_again",
    "read_box_key",
    "read_entitlement",
    "read_procedure",
    "read_roster",
    "read_statute",
    "read_time",
    "roll_hash",
    "seal",
    "start_of",
    "totals",
    "write_time",
]


def __getattr__(name: str) -> Any:
    """Import what is heavy when it is first asked for (PEP 562)."""
    if name not in LATER:
        raise AttributeError(f"module 'wugong' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(LATER[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})
