"""Which caller may call which RPC, read from rpc_policy.yaml or a file of the operator's in the same form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from servicekit.rpc.identity import Caller

DEFAULT_FILE = Path(__file__).with_name("rpc_policy.yaml")
ANY = "any"
# Kinds of actors whom a caller may name that has no line of its own.
PEOPLE = frozenset({"agent", "operator"})


class PolicyError(ValueError):
    """The policy file cannot be used; the message says why."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    act_for_people: list[str]
    pass_on_people: dict[str, list[str]]
    actor_kinds: dict[str, list[Literal["agent", "operator", "ai"]]] = {}
    of_no_tenant: list[str]
    # Files of the operator's that were written before there was any doubt have none.
    believed: list[str] = ["sms_service"]
    rpcs: dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class RpcPolicy:
    """`callers` by an RPC's full name, such as keva.ticket.v1.TicketService/GetTicket; `actor_kinds` by caller."""

    callers: Mapping[str, frozenset[str]]
    act_for_people: frozenset[str]
    pass_on_people: Mapping[str, frozenset[str]]
    of_no_tenant: frozenset[str]
    actor_kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    believed: frozenset[str] = frozenset()

    def allows(self, caller: Caller, rpc: str) -> bool:
        """Whether `caller` may call it, as far as no tenant is concerned. What is not listed nobody may call."""
        listed = self.callers.get(rpc, frozenset())
        return ANY in listed or caller.name in listed

    def may_act_for_people(self, caller: Caller) -> bool:
        """Whether it may name the acting person."""
        return caller.name in self.act_for_people

    def believes(self, caller: Caller | None) -> bool:
        """Whether its own word counts for texts and delivery reports, without an attestation."""
        return caller is not None and caller.name in self.believed

    def may_pass_on_people(self, caller: Caller, rpc: str) -> bool:
        """Whether it may name, in calls of this RPC, for whom it was called itself."""
        package = rpc.rpartition("/")[0].rpartition(".")[0]
        return caller.name in self.pass_on_people.get(package, frozenset())

    def may_name(self, caller: Caller, kind: str) -> bool:
        """Whether those whom it names may be of that kind, if it may name anybody."""
        return kind in self.actor_kinds.get(caller.name, PEOPLE)


def load(file: Path | None = None) -> RpcPolicy:
    """The policy in `file`, or the product's. Raises PolicyError."""
    file = file or DEFAULT_FILE
    try:
        return _policy(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"cannot read {file}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PolicyError(f"{file} is not YAML") from None
    except ValidationError as error:
        raise PolicyError(f"{file}: {_mistakes(error)}") from None


# The settings check what the server then uses.
@lru_cache(maxsize=4)
def _policy(text: str) -> RpcPolicy:
    # The loader in C, where there is one, is ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    form = _Form.model_validate(loader.get_single_data())
    return RpcPolicy(
        callers={
            f"{service}/{rpc}": frozenset(who) for service, rpcs in form.rpcs.items() for rpc, who in rpcs.items()
        },
        act_for_people=frozenset(form.act_for_people),
        pass_on_people={package: frozenset(who) for package, who in form.pass_on_people.items()},
        of_no_tenant=frozenset(form.of_no_tenant),
        actor_kinds={caller: frozenset(kinds) for caller, kinds in form.actor_kinds.items()},
        believed=frozenset(form.believed),
    )


def _mistakes(error: ValidationError) -> str:
    problems: Any = error.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, p['loc'])) or 'the whole file'}: {p['msg']}" for p in problems)
