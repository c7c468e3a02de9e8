"""What Prometheus would read."""

from prometheus_client.parser import text_string_to_metric_families

from adapters.observability.metrics import Metrics


def samples(shown: bytes) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every number by the name and the labels of it."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(shown.decode())
        for sample in family.samples
    }


async def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """One number; None where there is no such."""
    return samples(await metrics.show()).get((name, frozenset(labels.items())))
