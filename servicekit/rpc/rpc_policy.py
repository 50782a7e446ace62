"""Which caller may call which RPC, and which role people need: read from rpc_policy.yaml or a file of the operator's in
the same form, and from an overlay, which adds callers to it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
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
# The role of an RPC that says nothing of anybody; and the one of those of which the policy says nothing.
ANY_ROLE, HIGHEST_ROLE = "ANY", "ADMINISTRATOR"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")


class PolicyError(ValueError):
    """The policy file cannot be used; the message says why."""


class _Open(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    callers: list[str]
    role: Literal["VIEWER", "AGENT", "ADMINISTRATOR", "ANY"] | None = None


class _Form(BaseModel):
    """What older files of operators' do not say, the product's says for them: `_policy` fills it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    act_for_people: list[str]
    act_for_agents: list[str] = []
    as_themselves: list[str] = []
    pass_on_people: dict[str, list[str]]
    actor_kinds: dict[str, list[Literal["agent", "operator", "ai"]]] = {}
    of_no_tenant: list[str]
    # Files of the operator's that were written before there was any doubt have none.
    believed: list[str] = ["sms_service"]
    of_one_organization: list[str] = []
    closed: list[str] = []
    rpcs: dict[str, dict[str, list[str] | _Open]]


class _Overlay(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rpcs: dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class RpcPolicy:
    """`callers` and `roles` by an RPC's full name, such as keva.ticket.v1.TicketService/GetTicket; `actor_kinds` by
    caller."""

    callers: Mapping[str, frozenset[str]]
    act_for_people: frozenset[str]
    pass_on_people: Mapping[str, frozenset[str]]
    of_no_tenant: frozenset[str]
    actor_kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    believed: frozenset[str] = frozenset()
    roles: Mapping[str, str] = field(default_factory=dict)
    act_for_agents: frozenset[str] = frozenset()
    as_themselves: frozenset[str] = frozenset()
    of_one_organization: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    def allows(self, caller: Caller, rpc: str) -> bool:
        """Whether `caller` may call it, as far as no tenant is concerned. What is not listed nobody may call."""
        listed = self.callers.get(rpc, frozenset())
        if ANY in listed:
            return True
        bound = bool(caller.organization_id) or caller.name not in self.of_one_organization
        return caller.name in listed and bound

    def role(self, rpc: str) -> str:
        """The least role of an agent for whom it is called."""
        return self.roles.get(rpc, HIGHEST_ROLE)

    def may_act_for_people(self, caller: Caller) -> bool:
        """Whether it may name the acting person."""
        return caller.name in self.act_for_people or self.acts_for_agents_only(caller)

    def acts_for_agents_only(self, caller: Caller) -> bool:
        """Whether it must name an agent, in every call but those that it may make for nobody."""
        return caller.name in self.act_for_agents

    def may_act_for_nobody(self, rpc: str) -> bool:
        """Whether those who act for agents may call it as themselves."""
        return rpc in self.as_themselves

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


def load(file: Path | None = None, overlay: Path | None = None) -> RpcPolicy:
    """The policy in `file`, or the product's, with the callers that `overlay` adds. Raises PolicyError."""
    policy = _read(file or DEFAULT_FILE, _policy)
    return _read(overlay, lambda text: _with_overlay(policy, text)) if overlay else policy


def _read(file: Path, policy_of: Callable[[str], RpcPolicy]) -> RpcPolicy:
    try:
        return policy_of(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"cannot read {file}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PolicyError(f"{file} is not YAML") from None
    except ValidationError as error:
        raise PolicyError(f"{file}: {_mistakes(error)}") from None
    except _UnusableError as error:
        raise PolicyError(f"{file}: {error}") from None


class _UnusableError(ValueError):
    """Something is there twice, or cannot be added by an overlay; the message says what and why."""


def _plain(text: str) -> Any:
    # The loader in C, where there is one, is ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    node = loader.get_single_node()
    if node is None:
        return None
    _require_no_twins(node)
    return loader.construct_document(node)


def _require_no_twins(node: Any) -> None:
    """YAML takes the last of two lines for one RPC, and says nothing."""
    if not isinstance(node, yaml.MappingNode):
        return
    names = [key.value for key, _ in node.value]
    if twins := [name for name in names if names.count(name) > 1]:
        raise _UnusableError(f"{twins[0]} is there twice")
    for _, value in node.value:
        _require_no_twins(value)


# The settings check what the server then uses.
@lru_cache(maxsize=4)
def _policy(text: str) -> RpcPolicy:
    form = _Form.model_validate(_plain(text))
    entries = {f"{service}/{rpc}": entry for service, rpcs in form.rpcs.items() for rpc, entry in rpcs.items()}
    policy = RpcPolicy(
        callers={rpc: frozenset(entry if isinstance(entry, list) else entry.callers) for rpc, entry in entries.items()},
        act_for_people=frozenset(form.act_for_people),
        pass_on_people={package: frozenset(who) for package, who in form.pass_on_people.items()},
        of_no_tenant=frozenset(form.of_no_tenant),
        actor_kinds={caller: frozenset(kinds) for caller, kinds in form.actor_kinds.items()},
        believed=frozenset(form.believed),
        roles={rpc: entry.role for rpc, entry in entries.items() if isinstance(entry, _Open) and entry.role},
        act_for_agents=frozenset(form.act_for_agents),
        as_themselves=frozenset(form.as_themselves),
        of_one_organization=frozenset(form.of_one_organization),
        closed=frozenset(form.closed),
    )
    own = DEFAULT_FILE.read_text(encoding="utf-8")
    return policy if text == own else _completed(policy, _policy(own))


def _completed(policy: RpcPolicy, product: RpcPolicy) -> RpcPolicy:
    """A file of the operator's with what the product's says in addition: what must stay closed, who must be bound and
    must name an agent, and the roles that it does not set itself."""
    return replace(
        policy,
        roles={**product.roles, **policy.roles},
        act_for_agents=policy.act_for_agents | product.act_for_agents,
        as_themselves=policy.as_themselves | product.as_themselves,
        of_one_organization=policy.of_one_organization | product.of_one_organization,
        closed=policy.closed | product.closed,
    )


def _with_overlay(policy: RpcPolicy, text: str) -> RpcPolicy:
    """Adds callers, and nothing else. Raises _UnusableError."""
    form = _Overlay.model_validate(_plain(text))
    added = {f"{service}/{rpc}": who for service, rpcs in form.rpcs.items() for rpc, who in rpcs.items()}
    kevas = _kevas_own(load())
    for rpc, callers in added.items():
        if rpc not in policy.callers:
            raise _UnusableError(f"there is no RPC {rpc}")
        if rpc in policy.closed:
            raise _UnusableError(f"{rpc} stays closed: no overlay opens it")
        for caller in callers:
            if caller in kevas or not _NAME.match(caller):
                raise _UnusableError(
                    f"{caller} for {rpc}: name callers of your own (small letters, digits and _), or integration"
                )
    return replace(
        policy, callers={**policy.callers, **{rpc: policy.callers[rpc] | set(who) for rpc, who in added.items()}}
    )


def _kevas_own(product: RpcPolicy) -> Collection[str]:
    """Callers who may do what the product lets them, and no more."""
    listed = {caller for callers in product.callers.values() for caller in callers}
    return (listed | product.act_for_people | product.act_for_agents | {ANY}) - product.of_one_organization


def _mistakes(error: ValidationError) -> str:
    problems: Any = error.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, p['loc'])) or 'the whole file'}: {p['msg']}" for p in problems)
