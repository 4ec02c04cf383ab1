"""Who may write to the desk (IN-08), and announcements of other bank accounts (PAY-08). All addresses are fictional."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.model import Facts, Finding, Line, Mail, Page, Parcel, Sender
from pipeline.packs import World
from pipeline.validate import judge_case, validate, verdict_of
from tests.rules.made import AGENT, case_type, document, dossier, order, packs, world

LISTED = Sender(address="chen@example.com", display="陈立群", claimed=("chen@example.com",))
OURS = "6200000000000000013"
FOREIGN = "6222 0212 3456 7890 123"


def sender(address: str, display: str = "", **changes: Any) -> Sender:
    plain: dict[str, Any] = {"address": address, "display": display or address, "claimed": (address,)}
    return Sender.model_validate({**plain, **changes})


def told(who: Sender, *papers: Facts, profile: str = "distributor", **mail: Any) -> Finding:
    """What IN-08 says of one mail."""
    message = Mail(subject="订单", sender=who, sent_at=datetime(2026, 9, 28, 9, tzinfo=UTC), **mail)
    known = replace(world(profile), mails=(message,))
    findings = judge_case(dossier(*papers), case_type(), known, always=True)
    (finding,) = [item for item in findings if item.rule == "IN-08"]
    return finding


def test_an_address_on_the_list_passes_and_claims_no_more() -> None:
    for who in (LISTED, sender("shen@bluewhale.example"), sender("anybody@orders.bluewhale.example")):
        finding = told(who, order())
        assert finding.outcome == "pass", finding.message.zh
        assert "仅此而已" in finding.message.zh


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (sender("stranger@elsewhere.example"), "不在联系人名单"),
        (sender("li@bluewhale.example"), "不在联系人名单"),
        (sender("x@sub.orders.bluewhale.example"), "不在联系人名单"),
        (sender("x@evil.example", "陈立群"), "已登记的联系人"),
        (sender("x@evil.example", "chen@example.com", claimed=("chen@example.com", "x@evil.example")), "另一个地址"),
        (sender("chen@example.com", "x", claimed=("chen@example.com", "y@evil.example")), "另一个地址"),
        (sender("chen@examp1e.com"), "相似"),
        (sender("chen@exarnple.com"), "相似"),
        (sender("chen@еxample.com"), "相似"),
        (sender("chen@xn--xample-2of.com"), "相似"),
        (sender("shen@bluewhale.example.cn"), "相似"),
        (sender("x@рбк.example"), "非拉丁"),
        (LISTED.model_copy(update={"reply_to": ("x@evil.example",)}), "回复地址"),
        (LISTED.model_copy(update={"failed": ("dmarc=fail",)}), "来源验证"),
        (LISTED.model_copy(update={"display": "林若青"}), "已登记的联系人"),
        (sender("orders@example.com"), "本单位自己的地址"),
        (Sender(claimed=("chen@example.com", "x@evil.example")), "几个地址"),
        (Sender(claimed=("chen@example.com",)), "不止一个或写法异常"),
        (Sender(), "没有发件地址"),
    ],
)
def test_everybody_else_is_for_a_person_with_the_reason(who: Sender, why: str) -> None:
    finding = told(who, order())
    assert (finding.outcome, finding.severity) == ("unsure", "hold")
    assert why in finding.message.zh
    assert "订单" in finding.message.zh
    assert finding.fix
    assert verdict_of([finding]) == "indeterminate"


def test_answers_to_the_same_domain_are_usual() -> None:
    assert told(LISTED.model_copy(update={"reply_to": ("orders@example.com",)})).outcome == "pass"


def test_a_contact_of_another_company_is_for_a_person() -> None:
    customer = sender("lin@example.com", "林若青")
    assert "青禾医疗器械" in told(customer, order()).message.zh
    assert told(customer).outcome == "pass", "as long as nobody knows whose case it is"
    assert told(customer, profile="reseller").outcome == "pass"
    assert told(LISTED, order(agent_name="别家信息技术（北京）有限公司")).outcome == "unsure"


def test_a_delivery_report_is_for_a_person() -> None:
    finding = told(LISTED, returned=True)
    assert finding.outcome == "unsure"
    assert "没有送达" in finding.message.zh


def test_contacts_have_a_term() -> None:
    registers = {
        **world().registers,
        "contacts": ({"email": "a@old.example", "company": AGENT, "valid_to": world().today},),
    }
    mail = Mail(sender=sender("a@old.example"))
    for days, outcome in ((0, "pass"), (1, "unsure")):
        known = replace(world(), today=world().today.replace(day=28 + days), registers=registers, mails=(mail,))
        (finding,) = [item for item in judge_case(dossier(), case_type(), known, always=True) if item.rule == "IN-08"]
        assert finding.outcome == outcome


def test_only_what_is_asked_of_everything_is_asked_of_a_case_that_is_no_order() -> None:
    findings = judge_case(dossier(), case_type(), world(), always=True)
    assert {item.rule for item in findings} == {"IN-08"}
    assert {item.outcome for item in findings} == {"n/a"}


# --- bank data ----------------------------------------------------------------------------------------------------


def letter(*lines: str, mail: bool = False) -> Facts:
    """A document nobody claims, or a mail, that says this."""
    doc = document("eml" if mail else "pdf", pages=1)
    page = Page(number=1, width=595, height=842, lines=tuple(Line(text=line, box=(50, 50, 400, 62)) for line in lines))
    base = order().model_copy(
        update={"classification": order().classification.model_copy(update={"type": None, "case_type": None})}
    )
    parcel = Parcel(kind="mail", mails=(Mail(sender=LISTED),)) if mail else None
    return base.model_copy(update={"document": doc.model_copy(update={"pages": (page,)}), "parcel": parcel})


def alarms(facts: Facts) -> list[Finding]:
    return [
        item
        for item in validate(facts, packs(), World(today=world().today, profile="distributor")).findings
        if item.rule == "PAY-08"
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("关于收款账户变更的通知", "自即日起我司收款账户变更如下：", f"账号：{FOREIGN}"),
        ("因业务调整，请将货款汇入新账号", f"开户行：虚构银行，账号 {FOREIGN.replace(' ', '')}"),
        (f"我司原账户停用，现启用新的对公账户 {FOREIGN}",),
        ("Please note the change of our bank account.", f"New account: {FOREIGN}"),
        ("Our bank details have changed:", "IBAN DE89 3704 0044 0532 0130 00"),
        ("收款账号已更新为：", "６２２２０２１２３４５６７８９０１２３"),
    ],
)
@pytest.mark.parametrize("mail", [False, True])
def test_whoever_announces_another_account_raises_an_alarm(lines: tuple[str, ...], mail: bool) -> None:
    (finding,) = alarms(letter(*lines, mail=mail))
    assert (finding.outcome, finding.severity) == ("unsure", "hold")
    assert "没有改动" in finding.message.zh
    assert FOREIGN.replace(" ", "") not in finding.message.zh, "only the last digits are told"
    assert (finding.page is None) is mail


@pytest.mark.parametrize(
    "lines",
    [
        ("收款账户只以付款通知书为准。如收到任何变更收款账户的邮件，请勿付款。", f"账号 {OURS}"),
        ("我司联系电话变更为 13900000002，021-00000001",),
        ("营业执照、联系人或者收款账户发生变更的，应书面通知甲方。", "签署日期 2026年9月28日"),
        (f"采购方开户行及账号：虚构银行 {FOREIGN}",),
        ("订单 PO-20260928-001 的账户变更", "合作协议编号 XHY-CSP-2026-0042"),
        ("账户变更", "字" * 300, FOREIGN),
    ],
)
def test_nothing_is_said_of_other_papers(lines: tuple[str, ...]) -> None:
    assert alarms(letter(*lines)) == []


def test_a_mail_that_speaks_of_a_change_without_a_number_is_a_remark() -> None:
    (finding,) = alarms(letter("我司账户变更，详见附件", mail=True))
    assert (finding.outcome, finding.severity) == ("unsure", "warn")


def test_a_known_document_raises_it_too_and_the_account_stays_the_register_s() -> None:
    page = Page(number=1, width=595, height=842, lines=(Line(text=f"备注：新的收款账户 {FOREIGN}"),))
    facts = order()
    facts = facts.model_copy(update={"document": facts.document.model_copy(update={"pages": (page,)})})
    review = validate(facts, packs(), world())
    assert [item.outcome for item in review.findings if item.rule == "PAY-08"] == ["unsure"]
    assert case_type().registers["operator"][0]["bank_account"] == OURS
