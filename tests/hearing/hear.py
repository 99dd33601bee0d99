"""Listens to a session and prints what was not understood, with the explanation of each word.

    python tests/hearing/hear.py foot-massage --length 10m --engine piper
    python tests/hearing/hear.py --file session.mp3 --plan plan.json

The first renders a routine and knows every clip in it; the second takes a file that is there, with what
`voiceguide plan --json` says of it, and has only its ears.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parent))
from session import RATE, Session, loudness, made, planned
from verdict import Verdict, judge

from voiceguide.model.units import Frames, format_clock, parse_duration, to_millis
from voiceguide.settings import load


@click.command()
@click.argument("routine", default="foot-massage")
@click.option("--length", help="How long the session is; its own length without.")
@click.option("--engine")
@click.option("--voice")
@click.option("--cache", type=click.Path(path_type=Path), help="Where spoken clips are kept.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("output/heard.mp3"))
@click.option("--file", "file_", type=click.Path(path_type=Path, exists=True), help="A session that is there already.")
@click.option("--plan", type=click.Path(path_type=Path, exists=True), help="Its plan, as JSON.")
def main(
    routine: str, length: str | None, output: Path, file_: Path | None, plan: Path | None, **flags: object
) -> None:
    """Render ROUTINE, or take a FILE and its PLAN, and listen to it."""
    if file_ and plan:
        path, session = file_, planned(file_, json.loads(plan.read_text("utf-8")))
    else:
        output.parent.mkdir(exist_ok=True)
        done = made(routine, parse_duration(length) if length else None, load(flags), output)
        path, session = done.path, done.session
    click.echo(report(session, judge(session), path))


def report(session: Session, verdict: Verdict, path: Path) -> str:
    """A Markdown table of every missed word, with the sums above it."""
    integrated, peak = loudness(path)
    rows = []
    for missed in verdict.missed:
        line = session.lines[missed.line]
        clock = format_clock(to_millis(Frames(line.start), RATE))
        rows.append((clock, missed.word, missed.instead or "—", line.spoken, missed.explanation))
    proofs = Counter(missed.explanation.partition(" (")[0] for missed in verdict.missed)
    return "\n".join(
        [
            f"{path.name}: {len(session.sound)} frames, {integrated:.1f} LUFS, {peak:.1f} dBTP",
            f"{verdict.words} words in {len(session.lines)} lines, word error rate {verdict.rate:.1%}; "
            f"{len(verdict.missed)} words not understood, {len(verdict.lost)} of them lost",
            *([f"least likeness of a clip with the mix: {min(verdict.alike):.3f}"] if verdict.alike else []),
            *(f"- {count} {proof}" for proof, count in proofs.most_common()),
            *([f"heard and not written: {'; '.join(verdict.added)}"] if verdict.added else []),
            "",
            "| at | written | understood | line | explanation |",
            "|---|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
        ]
    )


if __name__ == "__main__":
    main()
