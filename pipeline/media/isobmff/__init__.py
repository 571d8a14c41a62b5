"""MP4 and MOV: their boxes, edit lists, and fragments (ISO/IEC 14496-12)."""
