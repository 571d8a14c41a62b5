"""The slides of a lecture, as one more input of its plan."""

from __future__ import annotations

from pipeline.model.base import Noun
from pipeline.model.course import Corner, Layout
from pipeline.model.inspection import Inspection, Measures, Timeline, VideoMeasures
from pipeline.model.media import VideoTrack

SLIDES_INPUT = "{in.slides}"  # among the inputs of a plan, as the film is `ffmpeg.source.MAIN`
RATE = 25  # of a deck's film: each page is on to the picture


class Slides(Noun):
    """A deck as a film without sound, and how it shares the picture with the lecture.

    Args:
        inspection: of that film: 16:9, progressive, `RATE` pictures a second, its first one for the lecture's first.
            Where the lecture is longer its last picture stays; where it is shorter the rest is cut off.
        corner: of the layout `pip`.
    """

    inspection: Inspection
    layout: Layout = Layout.SIDE
    corner: Corner = Corner.BOTTOM_RIGHT

    @property
    def track(self) -> VideoTrack:
        return self.inspection.media.video[0]

    @property
    def are_alone(self) -> bool:
        """Whether nothing of the lecture is seen."""
        return self.layout is Layout.SLIDES

    @property
    def are_seen(self) -> bool:
        return self.layout is not Layout.FILM

    @property
    def stand_beside(self) -> bool:
        """Whether both are seen."""
        return self.are_seen and not self.are_alone

    def as_long_as(self, lecture: Inspection) -> Inspection:
        """The deck's film with the lecture's length: what is seen where it is seen alone."""
        line, heard = lecture.measures and lecture.measures.video.timeline, lecture.measures and lecture.measures.audio
        duration_s = (line.duration_s if line else heard and heard.audio_duration_s) or 0.0
        frames, period_s = max(1, int(duration_s * RATE + 0.5)), 1 / RATE
        last_s = round((frames - 1) * period_s, 6)
        steady = {"period_s": period_s, "shortest_s": period_s, "longest_s": period_s}
        timeline = Timeline(frames=frames, first_pts_s=0.0, last_pts_s=last_s, **steady)
        measures = Measures(video=VideoMeasures(timeline=timeline))
        return self.inspection.model_copy(update={"measures": measures, "start_s": lecture.start_s})
