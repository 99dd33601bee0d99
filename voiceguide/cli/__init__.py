"""The commands. The only place that prints; one file per command, each loaded when it is used."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import Any

import click

from voiceguide.cli.signals import heeded
from voiceguide.errors import ContentError, StorageError, VoiceguideError
from voiceguide.near import suggest

COMMANDS = {
    "list": "Routines, techniques and beds.",
    "show": "One routine or technique, to read.",
    "plan": "The timed script, without a sound.",
    "render": "One audio file of exactly the length asked for.",
    "play": "Live: press play, hands free.",
    "say": "One line through everything.",
    "check": "Every error of a routine at once; how good a file sounds.",
    "voices": "Who can speak.",
    "doctor": "Is everything here that a session needs?",
    "cache": "The spoken clips that are kept.",
    "completion": "Completion for your shell.",
}
"""Said here, so that the list of commands loads none of them."""
INTERRUPTED = 130


class Terminated(BaseException):
    """SIGTERM, or a terminal that was closed, as an exception, so that everything on the way cleans up."""


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"voiceguide.cli.{name}").command
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"there is no command '{args[0]}'; {suggest(args[0], COMMANDS)}")
        return super().resolve_command(context, args)

    def invoke(self, context: click.Context) -> Any:
        """What a command does. A pipe that closes early, as `head` does, is no error: click would exit with 1."""
        try:
            done = super().invoke(context)
            if sys.stdout:  # None where it is closed
                sys.stdout.flush()
        except BrokenPipeError:
            if not _nobody_reads():
                raise
            context.exit()
        return done


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"voiceguide {version('voiceguide')}")
        context.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version.")
def program() -> None:
    """Turn a written routine into one hands-free audio session of exactly the length you ask for."""


def main() -> None:
    """The installed program. Exit codes: see `voiceguide.errors`; 130 and 143 when interrupted."""
    _clean_up_when_stopped()
    # numpy's threads spin while they wait, and no product of matrices here is large enough for a second one.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _print_anything()
    try:
        sys.exit(program.main(prog_name="voiceguide", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except VoiceguideError as error:
        sys.exit(_complain(error))
    except click.ClickException as error:
        sys.exit(_complain_usage(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was written", err=True)
        sys.exit(INTERRUPTED)
    except Terminated as stopped:
        sys.exit(128 + int(stopped.args[0]))
    except OSError as error:
        sys.exit(_complain(StorageError(str(error), "free some space, or check the path and its permissions")))


def _nobody_reads() -> bool:
    """Whether the output is a pipe with nobody at its other end; what is left to be printed then goes nowhere."""
    if sys.platform == "win32":
        return False
    ends = select.poll()
    ends.register(sys.stdout.fileno(), 0)
    if not ends.poll(0):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _print_anything() -> None:
    """A character that the terminal's encoding lacks is printed as its escape, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _clean_up_when_stopped() -> None:
    for name in ("SIGTERM", "SIGHUP"):
        if number := heeded(name):
            signal.signal(number, _terminate)


def _terminate(number: int, _frame: FrameType | None) -> None:
    raise Terminated(number)


def _complain(error: VoiceguideError) -> int:
    if isinstance(error, ContentError):
        for problem in error.problems:
            _two_lines(str(problem), problem.hint)
    else:
        _two_lines(error.message, error.hint)
    return error.exit_code


def _complain_usage(error: click.ClickException) -> int:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "voiceguide"
    _two_lines(message[:1].lower() + message[1:].rstrip("."), f"see '{path} --help'")
    return 2


def _two_lines(message: str, hint: str) -> None:
    click.echo(f"error: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
