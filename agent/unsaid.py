"""What a model's reply leaves out though it must be said: nobody is handed off in silence."""

from collections.abc import Iterator

from agent.composed_promise import promised
from agent.reply import Plan
from prompts.phrases import phrases


def unsaid(said: str, plan: Plan) -> Iterator[str]:
    """Give the sentences about the rep who was just called, unless the reply names that rep."""
    promise = plan.promise
    if promise and plan.is_new_promise and promise.rep.name.split()[0] not in said:
        yield from promised(promise, plan, phrases(plan.language))
