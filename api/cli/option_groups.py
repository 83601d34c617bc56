"""Options that belong together, declared once: a command takes the group, and the screen shows its options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command with each parameter that is a dataclass taken apart: its fields are the options.

    Every field has a default, but for arguments. Two groups of one command have no field of the same name.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hints[name] for name in signature(command).parameters if is_dataclass(hints[name])}
    options: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        options += _options(groups[name]) if name in groups else [parameter.replace(annotation=hints[name])]

    @wraps(command)
    def taken(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
        command(**given)

    shown = [option.replace(kind=Parameter.KEYWORD_ONLY) for option in options]
    taken.__signature__ = signature(command).replace(parameters=shown)  # type: ignore[attr-defined]
    taken.__annotations__ = {option.name: option.annotation for option in options} | {"return": None}
    return taken


def _options(group: Any) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    made = signature(group).parameters
    return [made[field.name].replace(annotation=hints[field.name]) for field in fields(group)]
