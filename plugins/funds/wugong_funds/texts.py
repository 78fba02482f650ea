"""The words of the refusals."""

from __future__ import annotations

from wugong import N_, RoleTitle, SettingDefault, Texts
from wugong_funds.rules import DEFAULT_ALARM, DEFAULT_SHARE, FISCAL_ALARM, RESERVE_SHARE

TEXTS = Texts(
    refusals={
        "funds.request_elsewhere": N_("No. {request} is not a payment request of this matter."),
        "funds.already_paid": N_("This request was paid already, with no. {payment}."),
        "funds.request_was_withdrawn": N_("This request was withdrawn."),
        "funds.amount_differs": N_("{requested_fen} was requested, not {amount_fen}."),
        "funds.work_not_accepted": N_("The work on project no. {task} is not accepted yet."),
        "funds.balance_too_low": N_(
            "{available_fen} is available, {short_fen} is missing. The reserve does not count."
        ),
        "funds.not_your_request": N_(
            "A request is withdrawn by whoever made it, or by the treasurer."
        ),
        "funds.income_elsewhere": N_("No. {income} is not a booking of this matter."),
        "funds.already_reversed": N_("This booking was reversed already."),
        "funds.reversal_differs": N_(
            "A booking is reversed as it stands: {booked_fen}, with its own source."
        ),
        "funds.no_emergency": N_("The reserve opens only for a recorded emergency."),
        "funds.reserve_too_low": N_("The reserve holds {reserve_fen}; {short_fen} is missing."),
        "funds.reserve_differs": N_("The budget sets aside {owed_fen}, not {amount_fen}."),
        "funds.not_a_share": N_("“{value}” is not a share from 0 to 1."),
    },
    remedies={
        "funds.request_elsewhere": N_("Open the matter that the request belongs to."),
        "funds.already_paid": N_("See the payment in the ledger."),
        "funds.request_was_withdrawn": N_("Make a new request if the money is still needed."),
        "funds.amount_differs": N_("Pay the amount requested, or have it requested anew."),
        "funds.work_not_accepted": N_("Have the work accepted first, then pay."),
        "funds.balance_too_low": N_("Wait until more money is booked, or ask for less."),
        "funds.not_your_request": N_("Ask the treasurer to withdraw it."),
        "funds.income_elsewhere": N_("Open the matter that the booking belongs to."),
        "funds.already_reversed": N_("See both entries in the ledger."),
        "funds.reversal_differs": N_("Reverse all of it and book the right amount anew."),
        "funds.no_emergency": N_("Record the emergency first; somebody else releases the money."),
        "funds.reserve_too_low": N_("Release no more than the reserve holds."),
        "funds.not_a_share": N_("Write a share such as 1/10."),
    },
)

CONTRIBUTED = (
    TEXTS,
    RoleTitle("treasurer", N_("Treasurer")),
    SettingDefault(
        RESERVE_SHARE,
        DEFAULT_SHARE,
        N_("Share of a budget that is set aside as a reserve"),
        N_("A habit of budget templates, not a legal duty"),
    ),
    SettingDefault(
        FISCAL_ALARM,
        DEFAULT_ALARM,
        N_("Share of public money above which the ledger says so"),
        N_("A target figure, not a legal limit"),
    ),
)
