"""Facts of a file's labels of generated content, held against what its submission declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.media.generated_label.text import shown
from pipeline.model.generated import Declaration, Extent, FoundLabel
from pipeline.policy.fact import Fact

DECLARED, UNDECLARED, MISSING = "generated.declared", "generated.undeclared", "generated.missing"
FAULTY, FURTHER = "generated.faulty", "generated.further"
NAMES = (DECLARED, UNDECLARED, MISSING, FAULTY, FURTHER)


def of_file(
    labels: Sequence[FoundLabel], declared: Declaration | None, *, is_main: bool
) -> Mapping[str, tuple[Fact, ...]]:
    """What there is and what was said of it.

    Args:
        is_main: of a film or lesson. A dub or poster without a label is told of where all was declared to be
            generated: of a part nobody knows which one.
    """
    found = [item for item in labels if item.text is not None]
    faulty = [item for item in labels if item.fault is not None]
    is_declared = declared is not None and declared.is_generated
    is_missed = is_main or (declared is not None and declared.extent is Extent.WHOLE)
    first = tuple(Fact(item.place, detail=shown(item.text or "")) for item in found[:1])
    return {
        DECLARED: first if is_declared else (),
        UNDECLARED: () if is_declared else first,
        MISSING: (Fact(declared.extent.value),) if declared and is_declared and is_missed and not labels else (),
        FAULTY: tuple(Fact(item.fault.value, detail=item.place) for item in faulty if item.fault),
        FURTHER: tuple(Fact(item.place, detail=shown(item.text or "")) for item in found[1:]),
    }
