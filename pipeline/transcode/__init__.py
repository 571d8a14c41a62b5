"""Plan → Renditions. In: a plan and its source. Out: accepted renditions, or the reason for refusing them.

Runs what the plan says and nothing else; measures every output anew. Imports inspect, plan's model, ffmpeg, media.
"""
