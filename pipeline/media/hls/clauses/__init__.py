"""The rules that a presentation is held to: RFC 8216 (R) and Apple's authoring specification (A), by clause."""
