"""`voiceguide completion`: for the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL. For bash: eval "$(voiceguide completion bash)"."""
    from voiceguide.cli import program

    script = get_completion_class(shell)
    if script is not None:
        click.echo(script(program, {}, "voiceguide", "_VOICEGUIDE_COMPLETE").source())
