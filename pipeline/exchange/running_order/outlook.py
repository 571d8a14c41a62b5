"""Which films can still get a place: a slot that only one film fits is not given to one that fits elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.model.reference import SubmissionRef

MOST_MOVES = 50  # of films out of each other's way, for one to get a place


class Outlook:
    """Films with a slot in view for each that can have one. Where films share slots it is near the best, not the best.

    Args:
        fits: by film the places of the slots that it fits, the earliest first.
        rooms: how much each slot holds; takes: how much of that a film takes.
    """

    def __init__(
        self,
        fits: Mapping[SubmissionRef, Sequence[int]],
        rooms: Mapping[int, int],
        takes: Mapping[SubmissionRef, int],
    ):
        self._fits, self._takes = fits, takes
        self._left = dict(rooms)
        self._seen_in: dict[SubmissionRef, int] = {}
        self._films_of: dict[int, list[SubmissionRef]] = defaultdict(list)
        for film in sorted(fits, key=lambda ref: (len(fits[ref]), ref)):
            self._find(film, set(), MOST_MOVES)

    def has(self, film: SubmissionRef) -> bool:
        """Whether it has a slot in view."""
        return film in self._seen_in

    def settle(self, film: SubmissionRef, place: int, *, must: bool = False) -> bool:
        """Give a slot to a film, unless fewer films would get a place then.

        Args:
            must: give it in any case.

        Returns:
            Whether it was given.
        """
        kept = self._left.copy(), self._seen_in.copy(), {key: films.copy() for key, films in self._films_of.items()}
        gained = film not in self._seen_in
        if not gained:
            self._take_out(film)
        self._left[place] -= self._takes[film]
        out = []
        while self._films_of[place] and self._left[place] < 0:
            out.append(self._films_of[place][-1])
            self._take_out(out[-1])
        lost = sum(not self._find(other, set(), MOST_MOVES) for other in out)
        if lost > gained and not must:
            self._left, self._seen_in = kept[0], kept[1]
            self._films_of = defaultdict(list, kept[2])
            return False
        self._fits = {ref: places for ref, places in self._fits.items() if ref != film}
        return True

    def close(self, place: int) -> None:
        """No further film comes into a slot: what had it in view looks for another one."""
        out = list(self._films_of[place])
        for film in out:
            self._take_out(film)
        self._left[place] = -1
        for film in out:
            self._find(film, {place}, MOST_MOVES)

    def _find(self, film: SubmissionRef, passed: set[int], moves: int) -> bool:
        """A slot for a film: one with room, else one whose film finds another."""
        takes = self._takes[film]
        for place in self._fits[film]:
            if place not in passed and self._left[place] >= takes:
                self._put_in(film, place)
                return True
        for place in self._fits[film] if moves else ():
            if place in passed:
                continue
            passed.add(place)
            for other in list(self._films_of[place]):
                if self._left[place] + self._takes[other] < takes:
                    continue
                self._take_out(other)
                self._put_in(film, place)
                if self._find(other, passed, moves - 1):
                    return True
                self._take_out(film)
                self._put_in(other, place)
        return False

    def _put_in(self, film: SubmissionRef, place: int) -> None:
        self._seen_in[film] = place
        self._films_of[place].append(film)
        self._left[place] -= self._takes[film]

    def _take_out(self, film: SubmissionRef) -> None:
        place = self._seen_in.pop(film)
        self._films_of[place].remove(film)
        self._left[place] += self._takes[film]
