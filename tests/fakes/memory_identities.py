"""Who is who, in memory: everything is worked out anew from all links whenever something changed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.joining import Ends, Joined, Link, join, owner_at, pair
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId
from agent.profile import GROUP, Trait, company_key, filled, normal_email, traits_of_lead

STRENGTH = (USER_ID, EMAIL, ANONYMOUS_ID)


@dataclass(slots=True)
class MemoryIdentities:
    """Identities, links and traits in dictionaries; `homes` are the leads in the order in which they were made."""

    new_id: Callable[[str], str]
    free_mail: Collection[str] = ()
    nodes: set[Identity] = field(default_factory=set)
    links: dict[Ends, Link] = field(default_factory=dict)
    identified: dict[Ends, datetime] = field(default_factory=dict)
    undone: set[Ends] = field(default_factory=set)
    homes: dict[LeadId, Identity | None] = field(default_factory=dict)
    traits: dict[tuple[str, str], Trait] = field(default_factory=dict)
    joined: Joined = field(default_factory=lambda: join((), ()))
    owners: dict[Identity, LeadId] = field(default_factory=dict)
    roots: dict[LeadId, LeadId] = field(default_factory=dict)

    def meet(
        self,
        together: Sequence[Identity],
        at: datetime,
        *,
        identifies: bool = True,
        record: LeadId | None = None,
        mentioned: Sequence[Identity] = (),
    ) -> LeadId:
        """Link identities that were seen together; gives the lead of the strongest."""
        met = sorted(dict.fromkeys(together), key=lambda i: STRENGTH.index(i.kind))
        if record is None and not self.nodes.intersection(met):
            self.add_lead(met[0])
        self.nodes.update(met)
        for other in (*met[1:], *mentioned):
            self._link(pair(met[0], other), at, identifies=identifies)
        self.settle()
        return self.owners[met[0]]

    def add_lead(self, home: Identity | None, lead_id: LeadId | None = None) -> LeadId:
        """Make a lead."""
        lead_id = lead_id or LeadId(self.new_id("l"))
        self.homes.setdefault(lead_id, home)
        self.homes[lead_id] = self.homes[lead_id] or home
        self.roots.setdefault(lead_id, lead_id)
        return lead_id

    def import_lead(self, lead: Lead, at: datetime) -> LeadId:
        """Keep a record."""
        said = [(kind, value) for kind, values in lead.identities.items() for value in values]
        said.append((EMAIL, lead.email))
        named = {Identity(k, normal_email(v) if k == EMAIL else v) for k, v in said if v.strip()}
        names = sorted(named, key=lambda i: (STRENGTH.index(i.kind), i.value))
        home = self.homes.get(lead.id)
        self.add_lead(names[0] if names else None, lead.id)
        told_by = f"lead:{lead.id}"
        for name, value in traits_of_lead(lead).items():
            known = self.traits.get((told_by, name))
            if known is None or known.value != value:
                self.traits[told_by, name] = Trait(told_by, name, value, at)
        if not names:
            return self.roots[lead.id]
        return self.meet([*names, *([home] if home else [])], at, record=lead.id)

    def tell(self, told_by: str, traits: Mapping[str, str], at: datetime) -> None:
        """Keep the newest of what was told."""
        for name, value in traits.items():
            known = self.traits.get((told_by, name))
            if known is None or (at, value) > (known.at, known.value):
                self.traits[told_by, name] = Trait(told_by, name, value, at)

    def take_back(self, one: Identity, other: Identity) -> None:
        """Undo a link."""
        self.undone.add(pair(one, other))
        self.settle()

    def whose(self, identity: Identity, at: datetime) -> LeadId:
        """Tell whose an identity was at an instant."""
        return self.owners[owner_at(self.joined.stretches, identity, at)]

    def lead(self, lead_id: LeadId) -> Lead:
        """Give a lead with all they go by and all that was told."""
        root = self.roots.get(lead_id, lead_id)
        names: dict[str, tuple[str, ...]] = {}
        for identity in sorted(i for i, owner in self.owners.items() if owner == root):
            names[identity.kind] = (*names.get(identity.kind, ()), identity.value)
        traits = self._traits_of(root)
        group = _group(traits)
        told = [*traits, *(t for (by, _), t in self.traits.items() if by == f"group:{group}")]
        return replace(filled(Lead(root), told, self.free_mail), identities=names)

    def company_key(self, lead_id: LeadId) -> str:
        """Say by what a lead's colleagues are known."""
        return company_key(self.lead(lead_id).company, _group(self._traits_of(lead_id)))

    def settle(self) -> None:
        """Work out who is who."""
        met = {ends: link for ends, link in self.links.items() if self.nodes.issuperset(ends)}
        self.joined = join(self.nodes, [x for ends, x in met.items() if ends not in self.undone])
        group_of = {identity: group for group in self.joined.people for identity in group}
        made = list(self.homes)
        ranked = sorted(made, key=lambda lead_id: (self._is_nobody(lead_id), made.index(lead_id)))
        root_of: dict[frozenset[Identity], LeadId] = {}
        for lead_id in ranked:
            if home := self.homes[lead_id]:
                stretches = self.joined.stretches.get(home)
                group = (
                    group_of[stretches[0].owner if stretches else home]
                    if home in group_of
                    else None
                )
                self.roots[lead_id] = root_of.setdefault(group, lead_id) if group else lead_id
        for group in self.joined.people:
            if group not in root_of:
                home = min(group, key=lambda i: (STRENGTH.index(i.kind), i.value))
                root_of[group] = self.add_lead(home)
        self.owners = {identity: root_of[group] for identity, group in group_of.items()}

    def _is_nobody(self, lead_id: LeadId) -> bool:
        home = self.homes[lead_id]
        return home is not None and home.kind == ANONYMOUS_ID

    def _link(self, ends: Ends, at: datetime, *, identifies: bool) -> None:
        first = min(at, self.links[ends].first_at) if ends in self.links else at
        if identifies:
            self.identified[ends] = max(at, self.identified.get(ends, at))
        self.links[ends] = Link(*ends, first, self.identified.get(ends, first))

    def _traits_of(self, root: LeadId) -> list[Trait]:
        shared = {
            b for b, turns in self.joined.stretches.items() if len({t.owner for t in turns}) > 1
        }
        told_by = {str(i) for i, owner in self.owners.items() if owner == root and i not in shared}
        told_by |= {
            f"lead:{lead_id}" for lead_id, lead_root in self.roots.items() if lead_root == root
        }
        return [trait for (by, _), trait in self.traits.items() if by in told_by]


def _group(traits: Iterable[Trait]) -> str:
    groups = [trait for trait in traits if trait.name == GROUP]
    return max(groups, key=lambda t: (t.at, t.told_by, t.value)).value if groups else ""
