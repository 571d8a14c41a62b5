"""What a row of `status` and `inbox` says of an operator's answer: on a package, and beside a later cut."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cli import c2_view, status_view
from pipeline.cli.console import Console
from pipeline.exchange.c2.fetching import WhyUnread
from pipeline.model.c2_records import OrderAction, OrderStanding, OrderState
from pipeline.model.delivery import Acknowledgement, Decision, Delivery, State
from pipeline.model.inbox import WANTED, Stage, SubmissionStatus

AT = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


def rejected(by: str | None, code: str | None, reason: str | None) -> Delivery:
    answer = Acknowledgement(package_id="p", decision=Decision.REJECT, reason=reason, code=code, by=by, at=AT)
    return Delivery(
        prefecture="653200",
        submission_id="653200-film",
        package_id="p",
        revision=1,
        state=State.REJECTED,
        ready_at=AT,
        acknowledgement=answer,
    )


def standing(stage: Stage, revision: int, **given: object) -> SubmissionStatus:
    base: dict[str, object] = dict(
        prefecture="653200",
        submission_id="653200-film",
        title="村医",
        revision=revision,
        stage=stage,
        wanted_of=WANTED[stage],
        since=AT,
        verdict=None,
        reason=None,
        notes=(),
    )
    return SubmissionStatus.model_validate({**base, **given})


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_new_cut_tells_why_the_one_before_was_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    item = standing(Stage.SUBMITTED, 2, earlier=rejected("李", "sound", "太小"))
    status_view.show_row(Console("zh"), item)
    shown = capsys.readouterr().out
    assert "第 1 版被退回：声音问题" in shown


@pytest.mark.parametrize(
    ("by", "code", "reason", "told"),
    [
        ("李", "poster", None, ("原因：海报缺失或不合要求", "答复：退回，李，2026-07-01 12:00")),
        (None, None, "太暗", ("原因：太暗", "答复：退回，未署名，2026-07-01 12:00")),  # as earlier versions wrote it
        ("李", "colour", "偏红", ("原因：colour：偏红", "答复：退回，李，")),
    ],
)
def test_a_rejection_is_told_with_its_name_and_words(
    by: str | None, code: str | None, reason: str | None, told: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status_view.show_one(Console("zh"), standing(Stage.REJECTED, 1, delivery=rejected(by, code, reason), reason=reason))
    shown = capsys.readouterr().out
    assert [words for words in told if words not in shown] == []


@pytest.mark.parametrize("state", [OrderState.INGESTED, OrderState.SENT])
def test_what_is_owed_to_a_head_end_is_said_with_its_address(
    state: OrderState, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, trial = "http://10.1.2.3/ctms", "http://10.1.2.4/trial"
    (tmp_path / "showcase.toml").write_text(f'[c2]\nurl = "{own}"\n')
    orders = tuple(
        OrderStanding(
            correlate_id=f"{number:032x}",
            action=OrderAction.REGIST,
            state=state,
            head_end=name,
            package_id="p",
            by="编辑",
            at=AT,
        )
        for number, name in enumerate((own, trial))
    )
    item = standing(Stage.WITHDRAWN, 1, c2=orders, c2_owed=(own, trial))
    status_view.show_one(Console("zh"), item)
    c2_view.show_orders(Console("zh"), orders)
    shown = capsys.readouterr().out
    assert shown.count(f"--to {trial}") == (1 if state is OrderState.INGESTED else 2)
    assert f"--to {own}" not in shown
    assert "没有要做的" not in shown
    assert ("可能有" in shown) is (state is OrderState.SENT)
    assert shown.count(f"平台地址：{own}") == shown.count(f"平台地址：{trial}") == 1
    c2_view.show_orders(Console("zh"), orders[:1])
    assert "平台地址" not in capsys.readouterr().out


@pytest.mark.parametrize("why", list(WhyUnread))
def test_why_a_result_file_was_not_read_is_said_of_a_good_result_too(
    why: WhyUnread, capsys: pytest.CaptureFixture[str]
) -> None:
    order = OrderStanding(
        correlate_id="0" * 32,
        action=OrderAction.REGIST,
        state=OrderState.INGESTED,
        why_unread=why.value,
        head_end="http://10.1.2.3/ctms",
        package_id="p",
        by="编辑",
        at=AT,
    )
    c2_view.show_order(Console("en"), order)
    said = " ".join(capsys.readouterr().out.split())  # lines are broken to the terminal's width
    assert f"was not read: {Console('en').word(f'c2_unread_{why}')}" in said
