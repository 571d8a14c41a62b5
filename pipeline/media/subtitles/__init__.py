"""Subtitle text: encodings, cues, scripts, WebVTT."""
