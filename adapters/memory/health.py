"""Whether a part in memory is well."""


class InMemoryHealthProbe:
    """Reports a part that lives in this process: it is well as long as anybody can ask."""

    def __init__(self, service: str) -> None:
        self._service = service

    @property
    def service(self) -> str:
        return self._service

    async def is_well(self) -> bool:
        return True
