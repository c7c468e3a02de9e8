"""The wiring of talk: people, rooms, messages and what is found in them."""

from datetime import timedelta

from dependency_injector import providers

from application.accounts import Accounts
from application.attaching import Attaching
from application.bots import Bots
from application.calls import Calls
from application.doors import Hinges, doors_on
from application.embedding import Embedding, EmbeddingPace
from application.hook_delivery import DeliveryPace, HookDelivery
from application.ice_servers import IceServers, Relays
from application.incoming_hooks import IncomingHooks
from application.indexing import TextIndexing
from application.limits import Limits
from application.meanings import Meanings
from application.mentions import Mentioning
from application.messages import Messages
from application.outgoing_hooks import OutgoingHooks
from application.pins import Pins
from application.presence import Presence
from application.reactions import Reacting
from application.reading import Reading
from application.registration import Policy
from application.roles import Roles
from application.rooms import Rooms
from application.search import Search
from application.speech import Speech
from application.streams import RoomStreams
from application.typing import Typing
from entrypoints.adapters import plain
from entrypoints.beyond_talk import BeyondTalk


class Talking(BeyondTalk):
    """What people do with one another."""

    settings = BeyondTalk.settings
    adapters = BeyondTalk.adapters
    jobs = BeyondTalk.jobs
    limits = providers.Singleton(
        Limits,
        message_text=settings.provided.message_bytes,
        title=settings.provided.title_length,
        prompt=settings.provided.prompt_bytes,
        invited_at_once=settings.provided.invite_limit,
        replay_page=settings.provided.replay_page,
    )
    accounts = providers.Singleton(
        Accounts,
        work=adapters.work,
        tokens=adapters.tokens,
        revoked=adapters.revoked_tokens,
        presence=adapters.presence,
        publication=adapters.publication,
        clock=adapters.clock,
        ids=adapters.ids,
    )
    bots = providers.Singleton(Bots, adapters.work, adapters.tokens, adapters.clock, adapters.ids)
    doors = providers.Singleton(
        doors_on,
        providers.Singleton(
            Hinges,
            work=adapters.work,
            tokens=adapters.tokens,
            refresh_tokens=adapters.refresh_tokens,
            hasher=adapters.hasher,
            secrets=adapters.secrets,
            mailer=adapters.mailer,
            queue=jobs,
            clock=adapters.clock,
            ids=adapters.ids,
            providers=adapters.identity_providers,
        ),
        home=settings.provided.home,
        policy=providers.Callable(Policy, settings.provided.registration_policy),
        session_lasts=providers.Callable(timedelta, days=settings.provided.session_days),
    )
    rooms = providers.Singleton(
        Rooms,
        adapters.work,
        adapters.presence,
        adapters.clock,
        adapters.ids,
        limits,
    )
    messages = providers.Singleton(
        Messages,
        adapters.work,
        adapters.message_log,
        jobs,
        adapters.clock,
        adapters.ids,
        limits,
    )
    attaching = providers.Singleton(Attaching, adapters.work, BeyondTalk.files, messages, settings.provided.public_url)
    meanings = providers.Singleton(Meanings, adapters.work, adapters.embedder, adapters.clock)
    queries = providers.Singleton(Meanings, adapters.work, adapters.query_embedder, adapters.clock)
    search = providers.Singleton(Search, adapters.work, queries, adapters.clock)
    embedding = providers.Singleton(
        Embedding,
        adapters.work,
        meanings,
        adapters.clock,
        providers.Singleton(EmbeddingPace, batch=settings.provided.embedding_batch),
    )
    text_indexing = providers.Singleton(TextIndexing, adapters.work, adapters.clock)
    mentioning = providers.Singleton(Mentioning, adapters.work)
    reacting = providers.Singleton(Reacting, adapters.work, adapters.emoji)
    pins = providers.Singleton(Pins, adapters.work, adapters.clock)
    reading = providers.Singleton(Reading, adapters.work)
    roles = providers.Singleton(Roles, adapters.work)
    presence = providers.Singleton(Presence, adapters.work, adapters.presence, adapters.publication, adapters.clock)
    typing = providers.Singleton(Typing, adapters.publication, adapters.clock)
    calls = providers.Singleton(
        Calls, adapters.work, adapters.call_board, adapters.publication, adapters.clock, adapters.ids
    )
    incoming_hooks = providers.Singleton(
        IncomingHooks, adapters.work, adapters.secrets, adapters.clock, adapters.ids, limits
    )
    outgoing_hooks = providers.Singleton(
        OutgoingHooks,
        adapters.work,
        adapters.outbound,
        adapters.hook_secrets,
        adapters.secrets,
        adapters.clock,
        adapters.ids,
    )
    hook_delivery = providers.Singleton(
        HookDelivery,
        adapters.work,
        adapters.outbound,
        adapters.encoder,
        adapters.hook_secrets,
        adapters.clock,
        adapters.ids,
        providers.Singleton(
            DeliveryPace, patience=providers.Callable(timedelta, hours=settings.provided.hook_patience)
        ),
    )
    ice_servers = providers.Singleton(
        IceServers,
        providers.Singleton(
            Relays,
            settings.provided.stun_urls,
            settings.provided.turn_urls,
            providers.Callable(plain, settings.provided.turn_secret),
            providers.Callable(timedelta, seconds=settings.provided.turn_seconds),
        ),
        adapters.clock,
    )
    streams = providers.Singleton(RoomStreams, adapters.work, adapters.partial_answers, limits)
    speech = providers.Singleton(
        Speech,
        adapters.work,
        messages,
        adapters.sounds,
        adapters.transcriber,
        BeyondTalk.quotas,
        BeyondTalk.files.provided.keep_sound,
        largest=settings.provided.speech_bytes,
    )
