"""Which statements are nearest to a clause, and which figures are the visitor's own."""

from agent.grounding.clauses import Clause
from agent.grounding.figures import Figure
from agent.grounding.sources import Sources
from agent.grounding.statements import Stated
from agent.grounding.sums import follows


def carriers(clause: Clause, sources: Sources, most: int = 2) -> list[Stated]:
    """Give the statements that say most of what a clause says, those with its figures first."""
    if not clause.words:
        return []
    about = clause.words, clause.figures
    best = sources.carriers.get(about)
    if best is None:
        best = sources.carriers[about] = _carriers(clause, sources)
    return best[:most]


def _carriers(clause: Clause, sources: Sources) -> list[Stated]:
    scored = [(fit(clause, each, sources), each) for each in sources.stock.statements]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return [each for _, each in best]


def fit(clause: Clause, stated: Stated, sources: Sources) -> float:
    """Weigh how much of a clause a statement says: its words, and its figures above all."""
    hits = sum(stated.has(figure) for figure in clause.figures)
    return sources.stock.overlap(clause.words, stated) + 1.2 * hits


def said_by_visitor(figure: Figure, sources: Sources) -> bool:
    """Tell whether a figure has the value of one in the visitor's words."""
    return any(figure.value == each.value for each in sources.said_figures)


def is_reckoned(figure: Figure, clause: Clause, sources: Sources) -> bool:
    """Tell whether a figure is the visitor's own, or a number that follows from theirs and others of the clause."""
    if said_by_visitor(figure, sources):
        return True
    others = [each for each in clause.figures if each != figure]
    return bool(sources.said_figures) and follows(figure, [*sources.said_figures, *others])
