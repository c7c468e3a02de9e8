"""The wiring of Jarvis: asking, answering, his tools, and the jobs that workers do."""

from datetime import timedelta
from operator import mul

from dependency_injector import providers

from adapters.observability.chat_model import MeasuredChatModel
from application.catching_up import KIND as CATCH_UP
from application.catching_up import TOLD_FOR
from application.gleaning import KIND as MATTERS
from application.ideas import KIND as WEEKLY_IDEAS
from application.jarvis.answer import Answering
from application.jarvis.ask import Asking
from application.jarvis.backlog import Backlog
from application.jarvis.composing import Composing
from application.jarvis.dialogue import Dialogue
from application.jarvis.tools.all import Abilities, toolbox_of
from application.jobs import JobHandler, Jobs, Working
from application.lanes import Lanes
from application.limits import AnswerPace
from application.minutes import KIND as MINUTES
from application.pulse import KIND as PULSE
from application.recordings import KIND as RECORDING
from application.recovery import RESET_MAIL
from application.registration import REGISTRATION_MAIL
from application.thumbnails import KIND as THUMBNAIL
from entrypoints.beyond_talk import BeyondTalk
from entrypoints.talking import Talking


class Teammate(Talking):
    """What Jarvis does for people."""

    settings = BeyondTalk.settings
    adapters = BeyondTalk.adapters
    jobs = BeyondTalk.jobs
    time_zone = BeyondTalk.zone
    quotas = BeyondTalk.quotas
    asking = providers.Singleton(
        Asking,
        adapters.work,
        jobs,
        adapters.clock,
        adapters.ids,
        Talking.limits,
        quotas,
    )
    pace = providers.Singleton(
        AnswerPace,
        lease=providers.Callable(timedelta, seconds=settings.provided.answer_lease),
        talk=settings.provided.answer_talk,
        context_tokens=settings.provided.context_tokens,
        attempts=settings.provided.answer_attempts,
        first_pause=providers.Callable(timedelta, seconds=settings.provided.answer_pause),
    )
    toolbox = providers.Singleton(
        toolbox_of,
        providers.Singleton(
            Abilities,
            rooms=Talking.rooms,
            accounts=Talking.accounts,
            search=Talking.search,
            calendar=BeyondTalk.calendar,
            holidays=BeyondTalk.holidays,
            minutes=BeyondTalk.minutes,
            publication=adapters.publication,
            calculator=adapters.calculator,
        ),
        adapters.arguments,
    )
    answering = providers.Singleton(
        Answering,
        work=adapters.work,
        composing=providers.Singleton(
            Composing,
            work=adapters.work,
            recall=Talking.search.provided.recall,
            names_of=Talking.accounts.provided.names_of,
            clock=adapters.clock,
            time_zone=time_zone,
            pace=pace,
        ),
        dialogue=providers.Singleton(
            Dialogue,
            work=adapters.work,
            model=providers.Singleton(MeasuredChatModel, adapters.model, adapters.metrics),
            toolbox=toolbox,
            publication=adapters.publication,
            clock=adapters.clock,
            time_zone=time_zone,
            results_tokens=providers.Callable(mul, settings.provided.context_tokens, 2),
        ),
        partial_answers=adapters.partial_answers,
        publication=adapters.publication,
        jobs=adapters.jobs,
        clock=adapters.clock,
        ids=adapters.ids,
        pace=pace,
    )
    job_handlers: providers.Provider[dict[str, JobHandler]] = providers.Dict(
        {
            RESET_MAIL: Talking.doors.provided.recovery.send,
            REGISTRATION_MAIL: Talking.doors.provided.registration.send,
            THUMBNAIL: BeyondTalk.thumbnails.provided.make,
            MINUTES: BeyondTalk.minutes.provided.write,
            CATCH_UP: BeyondTalk.catching_up.provided.tell,
            PULSE: BeyondTalk.ledger.provided.pulse.make,
            MATTERS: BeyondTalk.gleaning.provided.glean,
            WEEKLY_IDEAS: BeyondTalk.ideas.provided.make,
            RECORDING: BeyondTalk.recordings.provided.write,
        }
    )
    followed_jobs = providers.Singleton(Jobs, adapters.work, adapters.clock)
    working = providers.Singleton(
        Working,
        work=adapters.work,
        queue=adapters.jobs,
        publication=adapters.publication,
        clock=adapters.clock,
        pace=pace,
        handlers=job_handlers,
        kept_for=providers.Object({CATCH_UP: TOLD_FOR}),
    )
    lanes = providers.Singleton(Lanes, answer=answering.provided.answer, run=working.provided.run)
    backlog = providers.Singleton(Backlog, adapters.work, jobs)
