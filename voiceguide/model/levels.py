"""How loud the background is against speech, before and after somebody asks otherwise. Decibels."""

from __future__ import annotations

REST = -14.0
"""Of the resting bed relative to speech."""
FLOOR = -24.0
"""Of the bed under speech."""
NEAR_SPEECH = 30.0
"""Seconds around speech that count where loudness goes by speech: hardly a rest of a routine that guides all along is
twice as long."""
LEAST_DISTANCE = 20.0
"""By which a background must be softer than speech, or one cannot tell words from it: WCAG 2 SC 1.4.7."""
