"""`gis-ce webhook`: other systems that are told of events, and what was told them."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.case_desk import AsOption, at_work, looking
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.settings import Settings
from api.webhook_messages import delivery_message, webhook_message
from gis_ce.actions.webhooks import WebhookGiven, add_webhook, deliveries, remove_webhook, retry, webhooks

app = typer.Typer(help="Other systems that are told of events.", no_args_is_help=True)

WebhookArgument = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id of a webhook, as `list` shows it.")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages go, by https.")],
    sees: Annotated[str, typer.Option("--sees", help="How much a message tells: public or staff.")] = "staff",
    event: Annotated[
        list[str] | None, typer.Option("--event", help="A kind of event: case.opened, case.*, mailing.*; repeatable.")
    ] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="A kind of case, such as leaks; repeatable.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Tell an address of events from now on; its secret is shown once, here."""
    given = WebhookGiven(url, sees, tuple(event or ()), tuple(type_ or ()))
    with at_work(city, as_) as (session, desk):
        row = add_webhook(session, desk, given, Settings().webhooks_inside)
        message = webhook_message(row) | {"secret": row.secret}
        session.commit()
    if json:
        as_json(message)
        return
    out().print(f"{message['id']}  {text(url)}", soft_wrap=True)
    out().print(f"secret: {message['secret']}", soft_wrap=True)
    aside().print("Keep the secret where the messages are read; it is not shown again.")


@app.command("list")
def list_(as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """List the webhooks, without their secrets."""
    with looking(city, as_) as (session, _, __):
        lines = [webhook_message(row) for row in webhooks(session)]
    if json:
        as_json({"webhooks": lines})
        return
    if not lines:
        out().print("Nobody is told of anything.")
        return
    shown = table("Webhook", "Address", "Sees", "Events", "Cases", "State", whole=("Webhook",))
    for line in lines:
        events, types = (", ".join(line[name]) or "all" for name in ("events", "types"))
        state = "told" if line["active"] else f"stopped: {line['said']}"
        shown.add_row(line["id"], text(line["url"]), line["sees"], text(events), text(types), text(state))
    out().print(shown)


@app.command("remove")
def remove(webhook: WebhookArgument, as_: AsOption = None, city: CityOption = None) -> None:
    """Tell an address nothing any more; messages that wait for it go too."""
    with at_work(city, as_) as (session, _):
        remove_webhook(session, webhook)
        session.commit()
    aside().print(f"{text(webhook)} is told no more.")


@app.command("deliveries")
def deliveries_(
    webhook: Annotated[str | None, typer.Option("--webhook", metavar="WEBHOOK", help="Of this webhook.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="waiting, delivered or given_up.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at once.")] = 50,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List messages, newest first, with what came of the last try."""
    with looking(city, as_) as (session, _, __):
        lines = [delivery_message(row) for row in deliveries(session, webhook, state, limit)]
    if json:
        as_json({"deliveries": lines})
        return
    if not lines:
        out().print("There is no such message.")
        return
    shown = table("Message", "Event", "State", "Tries", "What came of it", whole=("Message",))
    for line in lines:
        shown.add_row(line["id"], text(line["type"]), line["state"], str(line["tries"]), text(line["said"] or ""))
    out().print(shown)


@app.command("retry")
def retry_(
    name: Annotated[str, typer.Argument(metavar="WEBHOOK|MESSAGE", help="A message, or all given up of a webhook.")],
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Send messages again; the running service does it within seconds."""
    with at_work(city, as_) as (session, desk):
        count = retry(session, desk, name)
        session.commit()
    aside().print(f"{count} message{'s are' if count != 1 else ' is'} sent again.")
