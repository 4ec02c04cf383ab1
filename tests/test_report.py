from __future__ import annotations

import json
import random
import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from pipeline.model import (
    Bilingual,
    Box,
    FieldValue,
    Finding,
    Outcome,
    Page,
    Review,
    ReviewDocument,
    ReviewPage,
    ReviewSeal,
    ReviewSlice,
    ReviewStraddle,
    ReviewSubmission,
    Severity,
    Verdict,
)
from pipeline.report import Arrival, CaseView, DocumentView, IndexRow, PaperView, render_case, render_index
from pipeline.report.contrast import contrast
from pipeline.report.places import upright, window
from pipeline.report.points import points_of
from pipeline.report.schema import SCHEMA_FILE, review_schema, schema_text
from pipeline.report.screen import relative
from pipeline.report.words import WORDS

AT = datetime(2026, 9, 28, 15, 10, tzinfo=timezone(timedelta(hours=8)))
SHA = "ab" * 32
HOSTILE = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>'
Rotation = Literal[0, 90, 180, 270]


def say(zh: str, en: str = "") -> Bilingual:
    return Bilingual(zh=zh, en=en or zh)


def finding(
    rule: str = "AGR-01d",
    outcome: Outcome = "fail",
    severity: Severity = "block",
    message: str = "条款与标准文本不同",
    **rest: object,
) -> Finding:
    values = {"rule": rule, "outcome": outcome, "severity": severity, "message": say(message, f"{rule} {outcome}")}
    return Finding.model_validate({**values, **rest})


def review(*findings: Finding, pages: int = 1, rotation: Rotation = 0, sha: str = SHA, **rest: object) -> Review:
    verdict: Verdict = "failed" if findings else "passed"
    sheets = tuple(
        ReviewPage(number=number, width=595.0, height=842.0, rotation=rotation, colour=True, dpi=200)
        for number in range(1, pages + 1)
    )
    base = Review(
        submission=ReviewSubmission(sha256=sha, name="服务协议.pdf", received_at=AT, source="inbox"),
        document=ReviewDocument(type="service_agreement", case_type="csp_order", edition="2026-01", pages=pages),
        verdict=verdict,
        findings=findings,
        pages=sheets,
    )
    return base.model_copy(update=rest)


def document(folder: Path, judged: Review, pictures: dict[str, str] | None = None, **rest: object) -> DocumentView:
    values: dict[str, object] = {
        "title": say("服务协议", "Service agreement"),
        "code": "D02",
        "counts": True,
        "original": f"originals/{judged.submission.sha256}.pdf",
        "arrivals": [Arrival("服务协议.pdf", AT, False), Arrival("服务协议 (2).pdf", AT, True)],
    }
    return DocumentView(review=judged, gallery=folder, pictures=pictures or {}, **{**values, **rest})  # type: ignore[arg-type]


def case(*documents: DocumentView, state: str = "needs_correction", **rest: object) -> CaseView:
    values: dict[str, object] = {
        "id": "CS-2026-0007",
        "label": "青禾医疗器械（深圳）有限公司 · PO-20260928-001",
        "title": say("CSP 采购订单", "CSP order"),
        "profile": "distributor",
        "note": "",
        "opened_at": AT,
        "changed_at": AT,
        "findings": (),
        "missing": (),
        "papers": (),
    }
    return CaseView(state=state, documents=documents, **{**values, **rest})  # type: ignore[arg-type]


def page_picture(folder: Path, name: str, size: tuple[int, int] = (82, 116), noise: int = 0) -> str:
    image = Image.new("RGB", size, "white")
    draw, dice = ImageDraw.Draw(image), random.Random(name)
    for _ in range(noise):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        draw.line((x, y, x + dice.randrange(9), y + dice.randrange(9)), fill="black", width=1)
    image.save(folder / name, quality=72)
    return name


class Reader(HTMLParser):
    """Collects what a browser would run, load or follow; complains about elements left open."""

    VOID = frozenset({"meta", "input", "img", "br", "link"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def of(self, tag: str, *classes: str) -> list[dict[str, str]]:
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and set(classes) <= set(attributes.get("class", "").split())
        ]


def read(html: str) -> Reader:
    return Reader(html)


# --- places -------------------------------------------------------------------------------------------------------


@given(
    rotation=st.sampled_from([0, 90, 180, 270]),
    x=st.floats(0, 500),
    y=st.floats(0, 700),
    wide=st.floats(1, 90),
    tall=st.floats(1, 140),
)
def test_a_box_as_received_returns_to_its_place_on_the_upright_page(
    rotation: Rotation, x: float, y: float, wide: float, tall: float
) -> None:
    box = (x, y, x + wide, y + tall)
    received = Page(number=1, width=595, height=842, rotation=rotation).as_received(box)
    page = ReviewPage(number=1, width=595, height=842, rotation=rotation)
    assert upright(received, page) == pytest.approx(box, abs=1e-6)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_marks_on_a_turned_page_stand_where_the_picture_shows_them(tmp_path: Path, rotation: Rotation) -> None:
    shown: Box = (100.0, 600.0, 180.0, 640.0)
    received = Page(number=1, width=595, height=842, rotation=rotation).as_received(shown)
    judged = review(finding(page=1, box=received), rotation=rotation)
    html = read(render_case(case(document(tmp_path, judged, {"page-1": page_picture(tmp_path, "1.jpg")})), "zh"))
    rects = [(a["x"], a["y"], a["width"], a["height"]) for a in html.of("rect") if a.get("x") != "2"]
    assert ("100.0", "600.0", "80.0", "40.0") in rects  # on the large page
    assert ("98.0", "598.0", "84.0", "44.0") in rects  # around it in the cut-out


def test_a_file_without_pages_says_so_instead_of_an_empty_row_of_them(tmp_path: Path) -> None:
    data = review()
    pages = (ReviewPage(number=1, width=0.0, height=0.0),)
    data = data.model_copy(update={"pages": pages, "document": data.document.model_copy(update={"pages": 1})})
    html = render_case(case(document(tmp_path, data)), "zh")
    assert "没有页面图像" in html
    assert ">1 页<" not in html
    assert 'class="strip"' not in html


@given(x=st.floats(-50, 700), y=st.floats(-50, 900), wide=st.floats(0, 700), tall=st.floats(0, 900))
def test_a_window_shows_the_box_and_stays_on_the_page(x: float, y: float, wide: float, tall: float) -> None:
    left, top, right, bottom = window((x, y, x + wide, y + tall), 595, 842)
    assert 0 <= left < right <= 595.001
    assert 0 <= top < bottom <= 842.001
    if x >= 0 and x + wide <= 595 and y >= 0 and y + tall <= 842:
        assert left <= x + 1e-6
        assert right >= x + wide - 1e-6
        assert top <= y + 1e-6
        assert bottom >= y + tall - 1e-6


# --- expected beside found ----------------------------------------------------------------------------------------


def test_only_the_characters_that_differ_are_marked() -> None:
    both = contrast("人民币壹拾壹万伍仟贰佰元整", "人民币壹拾壹万贰仟伍佰元整")
    assert both is not None
    assert [run.text for run in both.expected if run.kind == "changed"] == ["伍", "贰"]
    assert [run.text for run in both.found if run.kind == "changed"] == ["贰", "伍"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_character_is_lost_or_invented(expected: str, found: str) -> None:
    both = contrast(expected, found)
    if both is None:
        assert not expected
        assert not found
        return
    assert "".join(run.text for run in both.expected) == expected
    assert "".join(run.text for run in both.found) == found


def test_quite_different_texts_are_not_marked_letter_by_letter() -> None:
    both = contrast("青禾医疗器械（深圳）有限公司", "2026-09-28")
    assert both is not None
    assert all(run.kind == "same" for run in (*both.expected, *both.found))


def test_long_equal_text_is_folded_but_still_there() -> None:
    both = contrast("甲" * 300 + "不得", "甲" * 300 + "可以")
    assert both is not None
    assert [run.kind for run in both.found] == ["same", "gap", "same", "changed"]


# --- the case -----------------------------------------------------------------------------------------------------


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    judged = review(
        finding(message=HOSTILE, expected=HOSTILE, found=HOSTILE[::-1], page=1, box=(10, 10, 60, 20)),
        submission=ReviewSubmission(sha256=SHA, name=HOSTILE, received_at=AT, source="mail"),
        fields={HOSTILE: FieldValue(value=HOSTILE, raw="x", problem=HOSTILE)},
        seals=(_seal(text=HOSTILE),),
    )
    view = document(
        tmp_path,
        judged,
        {"page-1": page_picture(tmp_path, "1.jpg"), "seal-1": "../../etc/passwd", f"field-{HOSTILE}": HOSTILE},
        original="javascript:alert(1)//../..//evil.example/x",
        arrivals=[Arrival(HOSTILE, AT, False)],
    )
    shown = case(
        view,
        label=HOSTILE,
        note=HOSTILE,
        state=HOSTILE,
        papers=[PaperView(HOSTILE, HOSTILE, say(HOSTILE), ["javascript:alert(1)"], "person")],
        events=[{"at": HOSTILE, "kind": HOSTILE, HOSTILE: HOSTILE}],
    )
    html = read(render_case(shown, "zh"))
    assert len(html.of("script")) == 1
    assert HOSTILE in "".join(html.text)
    assert all(source.startswith("data:image/") for source in html.values("src"))
    assert all(link.startswith(("#", "./", "../index.html")) for link in html.values("href"))
    assert not [name for _, attributes in html.tags for name in attributes if name.startswith("on")]


def test_nothing_is_loaded_from_outside_and_only_our_script_may_run(tmp_path: Path) -> None:
    text = render_case(_full_case(tmp_path), "zh")
    assert not re.search(r"https?://|@import|//[a-z]+\.", text)
    assert not re.search(r"url\((?!data:image/)", text)
    policy = next(a["content"] for a in read(text).of("meta") if "http-equiv" in a)
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "script-src 'unsafe-inline'" not in policy


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_both_languages_are_in_the_file_and_one_is_chosen(tmp_path: Path, language: str, other: str) -> None:
    html = read(render_case(_full_case(tmp_path), language))
    text = "".join(html.text)
    assert "需要补正" in text
    assert "Needs correction" in text
    chosen = {a["id"]: "checked" in a for a in html.of("input", "switch")}
    assert chosen == {f"language-{language}": True, f"language-{other}": False}
    spans = [a["lang"] for a in html.of("span") if "lang" in a]
    assert spans.count("zh") == spans.count("en") > 50


def test_the_parts_stand_in_the_order_a_reviewer_needs_them(tmp_path: Path) -> None:
    html = read(render_case(_full_case(tmp_path), "zh"))
    wanted = ["open", "remarks", "documents", "outgoing", "originals", "timeline"]
    assert [a["id"] for a in html.of("section") if a.get("id") in wanted] == wanted


def test_open_points_come_fail_first_then_doubt_then_broken_checks(tmp_path: Path) -> None:
    judged = review(
        finding("E", "error"), finding("W", "fail", "warn"), finding("U", "unsure"), finding("P", "pass"),
        finding("H", "fail", "hold"), finding("B", "fail"), finding("N", "n/a"),
    )  # fmt: skip
    points = points_of(case(document(tmp_path, judged)), {})
    assert [(point.number, point.finding.rule) for point in points.open] == [(1, "B"), (2, "H"), (3, "U"), (4, "E")]
    assert [point.finding.rule for point in points.remarks] == ["W"]


def test_a_superseded_document_opens_no_points(tmp_path: Path) -> None:
    old = document(tmp_path, review(finding("OLD"), sha="cd" * 32), counts=False)
    view = case(old, document(tmp_path, review(finding("NEW"))))
    assert [point.finding.rule for point in points_of(view, {}).open] == ["NEW"]
    text = "".join(read(render_case(view, "zh")).text)
    assert "OLD" in text
    assert "已被较新的一份取代" in text


def test_a_finding_across_documents_leads_to_its_document_and_is_not_turned_again(tmp_path: Path) -> None:
    judged = review(rotation=90)
    across = finding("DOS-04", page=1, box=(100.0, 600.0, 180.0, 640.0), document=SHA)
    gone = finding("DOS-01", document="purchase_order:electronic")
    view = case(document(tmp_path, judged, {"page-1": page_picture(tmp_path, "1.jpg")}), findings=(across, gone))
    html = read(render_case(view, "zh"))
    assert {"x": "100.0", "y": "600.0", "width": "80.0", "height": "40.0"} in html.of("rect")
    assert [a["href"] for a in html.of("a", "cut")] == ["#d1p1"]


@pytest.mark.parametrize(
    ("state", "rest", "advice"),
    [
        ("accepted", {}, "无待办事项"),
        ("accepted", {"papers": "O01"}, "核对草稿 《采购订单》O01"),
        ("needs_correction", {"papers": "O03"}, "审阅补正草稿 《采购订单》O03"),
        ("needs_correction", {}, "补正通知尚无草稿"),
        ("needs_correction", {"doubt": True}, "先看清 1 项无法判定的事项"),
        ("needs_review", {"doubt": True}, "可先这样处理：请重新扫描。"),
        ("needs_review", {"note": "两个案件都符合"}, "转人工的原因：两个案件都符合"),
        ("incomplete", {"missing": [say("采购订单"), say("服务协议")]}, "向对方索取：采购订单、服务协议"),
        ("new", {}, "稍后重新打开本页"),
    ],
)
def test_the_banner_says_what_to_do_next(tmp_path: Path, state: str, rest: dict[str, object], advice: str) -> None:
    findings = [finding("SEAL-10", "unsure", "hold", fix=say("请重新扫描。"))] if rest.pop("doubt", None) else []
    if number := rest.pop("papers", None):
        rest["papers"] = [PaperView(str(number), str(number), say("采购订单"), [f"{number}.docx"], "person")]
    text = render_case(case(document(tmp_path, review(*findings)), state=state, **rest), "zh")
    assert advice in text.partition('id="open"')[0]


def test_a_written_paper_is_called_a_draft_until_a_person_releases_it(tmp_path: Path) -> None:
    html = read(render_case(_full_case(tmp_path), "zh"))
    assert "./outgoing/O03-1.docx" in html.values("href")
    assert "草稿，须由人放行" in "".join(html.text)


def test_missing_and_broken_pictures_are_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"<html>")
    pictures = {"page-1": "gone.jpg", "page-2": "broken.jpg", "seal-1": "gone.jpg"}
    judged = review(finding(page=1, box=(10, 10, 90, 30)), pages=2, seals=(_seal(),))
    html = read(render_case(case(document(tmp_path, judged, pictures)), "zh"))
    text = "".join(html.text)
    assert "3 张图像文件缺失" in text
    assert not html.of("img")
    assert len(html.of("section", "sheet")) == 2  # the place is still said, in words


def test_a_file_nobody_could_read_is_shown_with_reason_and_next_action(tmp_path: Path) -> None:
    judged = review(
        finding("IN-02", "unsure", message="文件加密", fix=say("请去掉打开口令")),
        pages=0,
        document=ReviewDocument(type=None, case_type=None, edition=None, pages=0),
    )
    text = "".join(read(render_case(case(document(tmp_path, judged, title=None), state="needs_review"), "zh")).text)
    for words in ("无法读取的文件", "文件加密", "请去掉打开口令", "文件已原样保存", "1 份文件无法读取或未能归类"):
        assert words in text


def test_a_document_two_packs_claim_names_both(tmp_path: Path) -> None:
    kind = ReviewDocument(type=None, case_type=None, edition=None, pages=1, rivals=("framework_order", "call_off"))
    text = "".join(read(render_case(case(document(tmp_path, review(document=kind), title=None)), "en")).text)
    assert "Fits several kinds: framework_order, call_off" in text


def test_fields_show_value_crop_and_doubt(tmp_path: Path) -> None:
    fields = {
        "customer_name": FieldValue(value="青禾医疗", raw="青 禾医疗", page=1, box=(10, 10, 90, 30), source="ocr"),
        "contact_phone": FieldValue(value="13800000031", raw="13800000031", confidence=0.71, problem="repaired"),
    }
    pictures = {"field-customer_name": page_picture(tmp_path, "f.jpg")}
    view = document(tmp_path, review(fields=fields), pictures, titles={"customer_name": say("客户名称", "Customer")})
    html = read(render_case(case(view), "zh"))
    text = "".join(html.text)
    for words in ("客户名称", "Customer", "contact_phone", "原文：青 禾医疗", "个别字符系推断", "1 项存疑", "71%"):
        assert words in text
    assert len(html.of("img", "crop")) == 1
    assert len(html.of("tr", "doubt")) == 1


def test_seals_are_described_never_vouched_for(tmp_path: Path) -> None:
    text = render_case(_full_case(tmp_path), "zh")
    shown = "".join(read(text).text)
    assert "骑缝章拼合" in shown
    assert "缺印迹的页：2" in shown
    words = " ".join(f"{zh} {en}" for zh, en in WORDS.values())
    for claim in ("真", "伪", "无效", "genuine", "authentic", "forged", "fake"):
        assert claim not in words
        assert claim not in shown


def test_twelve_pages_stay_small_and_every_page_picture_is_carried_once(tmp_path: Path) -> None:
    pictures = {f"page-{n}": page_picture(tmp_path, f"{n}.jpg", (827, 1169), noise=2800) for n in range(1, 13)}
    raw = sum((tmp_path / name).stat().st_size for name in pictures.values())
    findings = [finding(f"R{n}", page=n, box=(100, 100 + n, 200, 120 + n)) for n in range(1, 13) for _ in range(5)]
    text = render_case(case(document(tmp_path, review(*findings, pages=12), pictures)), "zh")
    assert raw > 12 * 130_000  # a colour scan of a printed contract weighs about as much at 100 dpi
    assert text.count("data:image/jpeg") == 12
    assert raw * 4 / 3 < len(text.encode()) < 4_000_000


def test_a_hundred_and_twenty_pages_and_as_many_points(tmp_path: Path) -> None:
    pictures = {f"page-{n}": page_picture(tmp_path, f"{n}.jpg") for n in range(1, 121)}
    findings = [finding(f"R{n}", "unsure", page=n, box=(50, 50, 90, 60)) for n in range(1, 121)]
    html = read(render_case(case(document(tmp_path, review(*findings, pages=120), pictures)), "zh"))
    assert len(html.of("section", "sheet")) == 120
    targets = set(html.values("id"))
    assert {link[1:] for link in html.values("href") if link.startswith("#")} <= targets
    assert len(html.values("id")) == len(targets)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_links_cannot_leave_the_folder(parts: list[str]) -> None:
    link = relative(*parts)
    assert link.startswith("./")
    assert not link.startswith(".//")
    assert ":" not in link
    assert ".." not in [unquote(step) for step in link.split("/")]


# --- the list of all cases ----------------------------------------------------------------------------------------


def row(number: int, state: str, label: str = "青禾医疗") -> IndexRow:
    name = f"CS-2026-{number:04}"
    return IndexRow(name, name, label, state, 2, [f"O03-{number}"], AT + timedelta(hours=number))


def test_the_index_lists_the_newest_first_and_counts_states() -> None:
    rows = [row(1, "accepted"), row(3, "accepted", HOSTILE), row(2, "needs_review"), row(4, "held_by_hand")]
    html = read(render_index(rows, "zh", AT))
    links = [link for link in html.values("href") if link.endswith("report.html")]
    assert links == [f"./CS-2026-000{n}/report.html" for n in (4, 3, 2, 1)]
    assert len(html.of("script")) == 1
    filters = [a["data-state"] for a in html.of("a", "filter")]
    assert filters == ["", "needs_review", "accepted", "held_by_hand"]
    assert html.of("input")[-1]["id"] == "search"


def test_an_empty_index_tells_how_to_begin() -> None:
    text = "".join(read(render_index([], "en", AT)).text)
    assert "inbox folder" in text
    assert "收件文件夹" in text


# --- schema -------------------------------------------------------------------------------------------------------


def test_the_checked_in_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m pipeline.report.schema"


def test_reviews_validate_and_wrong_ones_do_not(tmp_path: Path) -> None:
    schema = review_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for view in _full_case(tmp_path).documents:
        validator.validate(json.loads(view.review.model_dump_json(by_alias=True)))
    wrong = json.loads(review().model_dump_json(by_alias=True))
    for change in ({"verdict": "fine"}, {"schema": "countersign/review/2"}, {"extra": 1}):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**wrong, **change})


def test_every_outcome_and_severity_has_words() -> None:
    for name in (*get_args(Outcome), *(f"{s}" for s in get_args(Severity)), *get_args(Verdict)):
        assert any(f"{prefix}.{name}" in WORDS for prefix in ("outcome", "severity", "verdict")), name


def _seal(text: str = "青禾医疗器械（深圳）有限公司") -> ReviewSeal:
    return ReviewSeal(
        page=1, box=(320, 470, 440, 590), shape="round", diameter_mm=42, colour="red", text=text, kind="company",
        confidence=0.94,
    )  # fmt: skip


def _full_case(folder: Path) -> CaseView:
    judged = review(
        finding(page=1, box=(340, 550, 350, 561), expected="99.9%", found="99.5%", confidence=0.97),
        finding("SEAL-07", "unsure", "warn"),
        finding("SEAL-01", "pass"),
        pages=2,
        seals=(_seal(),),
        straddle=ReviewStraddle(
            outcome="fail", edge="right", slices=(ReviewSlice(page=1, box=(580, 353, 595, 430)),), missing_pages=(2,)
        ),
    )
    pictures = {key: page_picture(folder, f"{key}.jpg") for key in ("page-1", "page-2", "seal-1", "straddle")}
    return case(
        document(folder, judged, pictures),
        papers=[PaperView("O03", "CS-2026-0007-O03-1", say("补正通知", "Notice"), ["O03-1.docx"], "person")],
        events=[{"at": AT.isoformat(), "kind": "state", "from": "new", "to": "needs_correction", "rev": 1}],
    )
