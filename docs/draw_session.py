"""Draws a plan as a picture.

voiceguide plan foot-massage --length 10m --json | python docs/draw_session.py > docs/session.svg
"""

import json
import sys
from html import escape

WIDTH, LEFT, TOP, ROW = 1200, 60, 64, 30
COLOURS = {"say": "#2f6f8f", "sound": "#d9a441"}


def main() -> None:
    """One band of chapters, one of speech, bells and quiet, on a ruler of minutes."""
    plan = json.load(sys.stdin)
    scale = (WIDTH - 2 * LEFT) / plan["length"]

    def x(seconds: float) -> float:
        return round(LEFT + seconds * scale, 2)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 230" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="230" fill="#fbfaf7"/>',
        f'<text x="{LEFT}" y="34" font-size="20" fill="#333">{escape(plan["title"])}, '
        f"{plan['length'] / 60:g} minutes: what you hear</text>",
    ]
    for number, section in enumerate(plan["sections"]):
        width = round((section["end"] - section["start"]) * scale, 2)
        fill = "#e4ede6" if number % 2 else "#d2e0d6"
        lines.append(f'<rect x="{x(section["start"])}" y="{TOP}" width="{width}" height="{ROW}" fill="{fill}"/>')
        label = escape(section["title"].partition(",")[0])
        middle = x((section["start"] + section["end"]) / 2)
        lines.append(
            f'<text transform="translate({middle},{TOP + 84}) rotate(-28)" font-size="11" '
            f'text-anchor="end" fill="#555">{label}</text>'
        )
    for cue in plan["cues"]:
        if cue["kind"] in COLOURS:
            width = max(1.0, round((cue["end"] - cue["start"]) * scale, 2))
            lines.append(
                f'<rect x="{x(cue["start"])}" y="{TOP + 36}" width="{width}" height="{ROW}" rx="1.5" '
                f'fill="{COLOURS[cue["kind"]]}"/>'
            )
    lines += [
        f'<text x="{x(60 * minute)}" y="{TOP - 8}" font-size="11" fill="#999">{minute}:00</text>'
        for minute in range(int(plan["length"] // 60) + 1)
    ]
    lines.append(
        f'<text x="{LEFT}" y="218" font-size="12" fill="#555">blue: the voice; gold: a bell; '
        "between them your hands work, over a warm drone that steps back whenever the voice speaks</text>"
    )
    print("\n".join([*lines, "</svg>"]))


if __name__ == "__main__":
    main()
