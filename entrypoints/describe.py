"""Commands that describe what the product speaks."""

import json

import click

from entrypoints import container


@click.command()
def asyncapi() -> None:
    """Print the description of the socket's messages, an AsyncAPI document; docs/asyncapi.json is made by it."""
    click.echo(json.dumps(container.asyncapi(), ensure_ascii=False, indent=2))
