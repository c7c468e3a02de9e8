"""Settings of hooks."""

from pydantic import Field
from pydantic_settings import BaseSettings

from entrypoints.rates import Rate


class HookSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    rate_hooks: Rate = Field(default=(60, 1.0), validation_alias="JARVIS_RATE_HOOKS")
    hook_patience: float = Field(default=72, gt=0, le=10_000, validation_alias="JARVIS_HOOK_GIVE_UP_HOURS")
