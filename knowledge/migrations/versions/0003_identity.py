"""Who is who: links, traits, merges, and what came by which identity."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_AT = sa.DateTime(timezone=True)
_PERSONAL = ("name", "email", "phone", "title", "role", "time_zone", "owner")


def upgrade() -> None:
    """Make the tables, and say of everything that is there by which identity it came."""
    _links()
    _merges()
    _traits()
    _tallies()
    _leads()
    _engagement_events()
    _conversations()
    _outcomes()
    _tell_traits()
    _link_what_is_known()


def _links() -> None:
    op.create_table(
        "identity_links",
        sa.Column("one_kind", sa.String(), nullable=False),
        sa.Column("one_value", sa.String(), nullable=False),
        sa.Column("other_kind", sa.String(), nullable=False),
        sa.Column("other_value", sa.String(), nullable=False),
        sa.Column("first_at", _AT, nullable=False),
        sa.Column("last_at", _AT, nullable=True),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "one_kind", "one_value", "other_kind", "other_value", name="pk_identity_links"
        ),
    )
    op.create_index("links_of_other", "identity_links", ["other_kind", "other_value"])
    op.create_index("links_refused", "identity_links", ["refused"])


def _merges() -> None:
    op.create_table(
        "merges",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_lead", sa.String(), nullable=False),
        sa.Column("into_lead", sa.String(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["from_lead"], ["leads.id"], name="fk_merges_from_lead"),
        sa.ForeignKeyConstraint(["into_lead"], ["leads.id"], name="fk_merges_into_lead"),
        sa.PrimaryKeyConstraint("number", name="pk_merges"),
    )
    op.create_index("ix_merges_from_lead", "merges", ["from_lead"])
    op.create_index("ix_merges_into_lead", "merges", ["into_lead"])


def _traits() -> None:
    op.create_table(
        "traits",
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("told_by", "name", name="pk_traits"),
    )
    # PostgreSQL refuses rows whose indexed values are longer than a third of a page.
    is_short = sa.text("length(value) <= 300")
    op.create_index("traits_by_value", "traits", ["name", "value"], postgresql_where=is_short)


def _tallies() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("received_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
    )
    op.create_table(
        "act_tallies",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_act_tallies"),
    )
    op.create_table(
        "refusals",
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", _AT, nullable=False),
        sa.Column("example", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("because", name="pk_refusals"),
    )
    op.execute(
        "INSERT INTO act_tallies (name, count, last_at) "
        "SELECT name, count(*), max(at) FROM engagement_events GROUP BY name"
    )


def _leads() -> None:
    op.drop_index("ix_leads_company_domain", "leads")
    # Nothing here rebuilds the table: others point at it.
    op.execute("ALTER TABLE leads RENAME COLUMN company_domain TO company_key")
    op.add_column("leads", sa.Column("home", sa.String(), nullable=False, server_default=""))
    op.execute(
        "ALTER TABLE leads ADD COLUMN merged_into VARCHAR "
        "CONSTRAINT fk_leads_merged_into REFERENCES leads (id)"
    )
    op.add_column("leads", sa.Column("last_act_at", _AT, nullable=True))
    op.create_index("leads_of_company", "leads", ["company_key", "last_act_at", "id"])
    op.create_index("ix_leads_home", "leads", ["home"])
    op.create_index("ix_leads_merged_into", "leads", ["merged_into"])
    op.execute(
        "UPDATE leads SET last_act_at = (SELECT max(at) FROM engagement_events WHERE lead_id = leads.id), "
        # Of several identities the greatest: a user id rather than an email rather than an anonymous id.
        "home = coalesce((SELECT max(kind || ':' || value) FROM identities WHERE lead_id = leads.id), '')"
    )


def _engagement_events() -> None:
    op.add_column(
        "engagement_events", sa.Column("came_by", sa.String(), nullable=False, server_default="")
    )
    op.add_column("engagement_events", sa.Column("received_at", _AT, nullable=True))
    op.execute("UPDATE engagement_events SET came_by = 'lead:' || lead_id")
    op.drop_index("engagement_of_lead", "engagement_events")
    op.create_index("engagement_of_lead", "engagement_events", ["lead_id", "at", "id"])
    op.create_index(
        "engagement_of_lead_by_act", "engagement_events", ["lead_id", "name", "at", "id"]
    )
    op.create_index("engagement_came_by", "engagement_events", ["came_by", "at"])


def _conversations() -> None:
    op.add_column(
        "conversations", sa.Column("came_by", sa.String(), nullable=False, server_default="")
    )
    op.execute("UPDATE conversations SET came_by = 'lead:' || lead_id")
    op.create_index("ix_conversations_came_by", "conversations", ["came_by"])


def _outcomes() -> None:
    with op.batch_alter_table("outcomes") as outcomes:
        outcomes.add_column(sa.Column("told_of", sa.String(), nullable=False, server_default=""))
        outcomes.drop_constraint("uq_outcomes_lead_id_outcome_at", type_="unique")
    op.execute("UPDATE outcomes SET told_of = lead_id")
    with op.batch_alter_table("outcomes") as outcomes:
        outcomes.create_unique_constraint(
            "uq_outcomes_told_of_outcome_at", ["told_of", "outcome", "at"]
        )
        outcomes.create_foreign_key("fk_outcomes_told_of", "leads", ["told_of"], ["id"])
    op.create_index("ix_outcomes_lead_id", "outcomes", ["lead_id"])


def _tell_traits() -> None:
    connection = op.get_bind()
    told = sa.table("traits", *(sa.column(name) for name in ("told_by", "name", "value", "at")))
    leads = connection.execute(sa.text("SELECT * FROM leads"))
    for lead in leads.mappings().all():
        rows = [
            {
                "told_by": f"lead:{lead['id']}",
                "name": name,
                "value": value,
                "at": lead["created_at"],
            }
            for name, value in _told({**lead})
        ]
        if rows:
            connection.execute(sa.insert(told), rows)


def _told(lead: dict[str, object]) -> Iterator[tuple[str, str]]:
    yield from ((name, str(lead[name])) for name in _PERSONAL if lead[name])
    company = json.loads(str(lead["company"]))
    yield from ((f"company.{name}", str(value)) for name, value in company.items() if value)


def _link_what_is_known() -> None:
    """Link each lead's identities with the first of them; an anonymous id stands first in a link."""
    for browser_first in (True, False):
        one, other = ("i", "h") if browser_first else ("h", "i")
        op.execute(
            "INSERT INTO identity_links (one_kind, one_value, other_kind, other_value, first_at, last_at, "  # noqa: S608 - our own names
            "report, how, refused, is_closed, undone_because) "
            f"SELECT {one}.kind, {one}.value, {other}.kind, {other}.value, l.created_at, l.created_at, "
            "'', 'record', '', FALSE, '' FROM leads l "
            "JOIN identities h ON h.kind || ':' || h.value = l.home "
            "JOIN identities i ON i.lead_id = l.id AND NOT (i.kind = h.kind AND i.value = h.value) "
            f"WHERE {'' if browser_first else 'NOT'} (i.kind = 'anonymous_id' OR "
            "(h.kind <> 'anonymous_id' AND i.kind || i.value < h.kind || h.value))"
        )


def downgrade() -> None:
    """Going back would lose who was merged with whom; restore a copy of the file instead."""
    raise NotImplementedError("Restore the copy of the database that was made before the upgrade.")
