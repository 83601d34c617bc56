"""`gis-ce case`: open cases, carry them along their process maps, look at them."""

from __future__ import annotations

import typer

from api.cli.case_add import attach, link, note, party, refer
from api.cli.case_change import (
    ask_again,
    assign,
    category,
    correct,
    describe,
    end_wait,
    extend_wait,
    move,
    priority,
    reopen,
    review,
    update,
)
from api.cli.case_clock import pass_deadlines
from api.cli.case_draw import draw
from api.cli.case_exhibit import exhibit
from api.cli.case_import import import_
from api.cli.case_list import history, list_, show
from api.cli.case_open import open_
from api.cli.case_packet import packet
from api.cli.case_remind import remind, reminders
from api.cli.case_step import answer, close, notate

app = typer.Typer(help="Open cases, carry them along their process maps, look at them.", no_args_is_help=True)
_LOOK, _WORK, _PLACE, _MEND, _ADD, _ALL = "Look", "Work", "The map", "Put right", "Add", "All cases"

app.command("open", rich_help_panel=_WORK)(open_)
app.command("list", rich_help_panel=_LOOK)(list_)
app.command("show", rich_help_panel=_LOOK)(show)
app.command("history", rich_help_panel=_LOOK)(history)
app.command("reminders", rich_help_panel=_LOOK)(reminders)
app.command("draw", rich_help_panel=_LOOK)(draw)
app.command("exhibit", rich_help_panel=_LOOK)(exhibit)
app.command("packet", rich_help_panel=_LOOK)(packet)
app.command("answer", rich_help_panel=_WORK)(answer)
app.command("notate", rich_help_panel=_WORK)(notate)
app.command("close", rich_help_panel=_WORK)(close)
app.command("end-wait", rich_help_panel=_WORK)(end_wait)
app.command("extend-wait", rich_help_panel=_WORK)(extend_wait)
app.command("remind", rich_help_panel=_WORK)(remind)
app.command("assign", rich_help_panel=_WORK)(assign)
app.command("priority", rich_help_panel=_WORK)(priority)
app.command("category", rich_help_panel=_WORK)(category)
app.command("update", rich_help_panel=_ADD)(update)
app.command("note", rich_help_panel=_ADD)(note)
app.command("attach", rich_help_panel=_ADD)(attach)
app.command("party", rich_help_panel=_ADD)(party)
app.command("link", rich_help_panel=_ADD)(link)
app.command("refer", rich_help_panel=_ADD)(refer)
app.command("move", rich_help_panel=_PLACE)(move)
app.command("describe", rich_help_panel=_PLACE)(describe)
app.command("ask-again", rich_help_panel=_PLACE)(ask_again)
app.command("review", rich_help_panel=_PLACE)(review)
app.command("correct", rich_help_panel=_MEND)(correct)
app.command("reopen", rich_help_panel=_MEND)(reopen)
app.command("import", rich_help_panel=_ALL)(import_)
app.command("pass-deadlines", rich_help_panel=_ALL)(pass_deadlines)
