"""What is given for steps on the command line: an answer for the present step, and `name=value` for any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.errors import ApiError


@dataclass
class Words:
    """Words that wait for the step that asks for them."""

    answer: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def take(self, name: str) -> str | None:
        """The value of that name, from now on used; None where it was not given or is used already."""
        if name not in self.named or name in self.used:
            return None
        self.used.add(name)
        return self.named[name]

    def take_answer(self) -> str | None:
        """The answer for the present step, from now on used."""
        answer, self.answer = self.answer, None
        return answer

    @property
    def left(self) -> list[str]:
        """What no step has asked for yet."""
        waiting = [name for name in self.named if name not in self.used]
        return waiting if self.answer is None else [self.answer, *waiting]


def read_words(words: Sequence[str]) -> Words:
    """The words of a command; raises ApiError for two answers, or for a name that comes twice."""
    answers = [word for word in words if "=" not in word]
    if len(answers) > 1:
        raise ApiError(f"{answers[0]!r} and {answers[1]!r} cannot both be the answer; say STEP=ANSWER for a later one.")
    return Words(answers[0] if answers else None, named_values([word for word in words if "=" in word]))


def named_values(words: Sequence[str]) -> dict[str, str]:
    """The values of `name=value` by their names; raises ApiError for what is none, and for a name that comes twice."""
    named: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            raise ApiError(f"{word!r}: write NAME=VALUE.")
        if name.strip() in named:
            raise ApiError(f"{name.strip()} is given twice.")
        named[name.strip()] = value
    return named
