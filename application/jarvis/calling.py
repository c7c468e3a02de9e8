"""Calling Jarvis by a message."""

from application.jarvis.usage import Quotas
from application.throttle import Throttle
from domain.errors import AiQuotaExceeded
from domain.users import Actor, Right


async def refusal_of_a_call(actor: Actor, throttle: Throttle, quotas: Quotas) -> AiQuotaExceeded | None:
    """Count a message that calls Jarvis as a question of the actor's, who may be a bot that has none.

    Who has asked enough today is told this, and the message is sent without asking anything. Raises RateLimited, which
    keeps it from being sent.
    """
    if not actor.may(Right.ASK):
        return None
    await throttle.question(actor.id)
    return await quotas.exceeded(actor)
