"""The words of the refusals."""

from __future__ import annotations

from wugong import N_, Relation, RoleTitle, SettingDefault, Texts
from wugong_evaluation.tracks import (
    DEFAULT_GAP,
    DEFAULT_RESPONSE,
    GAP_ALARM,
    LEAST_RESPONSE,
    evaluators,
)

TEXTS = Texts(
    refusals={
        "evaluation.evaluator_linked": N_("The evaluator is tied to the work: {role}."),
        "evaluation.already_running": N_("One evaluation is under way already."),
        "evaluation.closes_in_the_past": N_("The time to answer would be over before it begins."),
        "evaluation.elsewhere": N_("This evaluation belongs to another matter."),
        "evaluation.already_published": N_("This evaluation is published already."),
        "evaluation.track_is_closed": N_("This part of the evaluation is closed."),
        "evaluation.not_declared": N_("The evaluator has not declared to be independent yet."),
        "evaluation.off_scale": N_("The score goes from 1 to {scale}, {score} is outside."),
        "evaluation.evaluator_answers": N_("The evaluator does not rate as a resident, too."),
        "evaluation.other_household": N_(
            "You are enrolled in the household “{household}”, not in another one."
        ),
        "evaluation.already_answered": N_("A rating is in already; each counts once."),
        "evaluation.track_stays": N_("This part is not over yet, or was closed already."),
        "evaluation.not_published": N_("The evaluation is not published yet."),
        "evaluation.report_is_out": N_("The report was released, or is somebody else's."),
        "evaluation.not_a_share": N_("“{value}” is not a share from 0 to 1."),
    },
    remedies={
        "evaluation.evaluator_linked": N_("Name somebody from outside."),
        "evaluation.already_running": N_("Wait until it is published."),
        "evaluation.closes_in_the_past": N_("Choose a later day."),
        "evaluation.elsewhere": N_("Open the matter that it belongs to."),
        "evaluation.already_published": N_("See the result."),
        "evaluation.track_is_closed": N_("Both results are published together."),
        "evaluation.not_declared": N_("Declare independence first, then hand in."),
        "evaluation.off_scale": N_("Choose a score on the scale."),
        "evaluation.evaluator_answers": N_("Hand in the assessment instead."),
        "evaluation.other_household": N_("Answer for your own household."),
        "evaluation.already_answered": N_("Both results are published together."),
        "evaluation.not_published": N_(
            "It is published when the residents' time is over and the evaluator has handed in."
        ),
        "evaluation.not_a_share": N_("Write a share such as 3/10."),
    },
)

CONTRIBUTED = (
    TEXTS,
    RoleTitle("evaluator", N_("Evaluator")),
    Relation("evaluation.evaluator", evaluators, title=N_("Evaluator of this matter")),
    SettingDefault(
        LEAST_RESPONSE,
        DEFAULT_RESPONSE,
        N_("Response below which a result is labelled “not representative”"),
        N_("A starting figure of ours, the community's own rule decides"),
    ),
    SettingDefault(
        GAP_ALARM,
        DEFAULT_GAP,
        N_("Gap between the tracks, as a share of the scale, above which it is flagged"),
        N_("A starting figure of ours, the community's own rule decides"),
    ),
)
