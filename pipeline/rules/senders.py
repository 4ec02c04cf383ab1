"""Who sent the mails of a case: an address on the clerk's list, and nothing about it that a forger would need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pipeline.model import Bilingual, Mail, Sender
from pipeline.packs import CaseCheck, Contact, Dossier, Judgement, World, contacts_of
from pipeline.rules.dossier import best_reading
from pipeline.rules.wording import say
from pipeline.values import is_foreign_script, plain_host, same_name, squeezed, twin_of


class SenderListed(CaseCheck):
    """The sender of every mail is on the list of contacts, for the company of this case.

    `companies` = fields (`type.field`) that name it; before one of them was read any company on the list will do. That
    an address is on the list is all a pass says: whoever wants to can write any address into a mail.
    """

    name: ClassVar[str] = "sender_listed"
    always: ClassVar[bool] = True
    companies: tuple[str, ...] = ()

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        spec = dossier.case.contacts if dossier.case else None
        contacts = contacts_of(spec, world.registers, world.today) if spec else ()
        for mail in dict.fromkeys(world.mails):
            doubts = [
                *_ambiguous(mail.sender),
                *self._unlisted(mail.sender, contacts, dossier),
                *_disguised(mail.sender, contacts),
            ]
            yield _judgement(mail, doubts)
        if not world.mails:
            yield Judgement(outcome="n/a", message=say("没有随邮件收到的文件", "No document came by mail"))

    def _unlisted(self, sender: Sender, contacts: Sequence[Contact], dossier: Dossier) -> Iterator[Bilingual]:
        if not sender.address:
            return
        mine = [contact for contact in contacts if contact.covers(sender.address)]
        theirs = [contact for contact in mine if not contact.own]
        if not mine:
            yield say("发件地址不在联系人名单上", "the address is on no list")
        elif not theirs:
            yield say("发件地址是本单位自己的地址", "the address is our own")
        elif (companies := self._companies(dossier)) and not _of_any(theirs, companies):
            whose = " / ".join(dict.fromkeys(contact.company for contact in theirs))
            yield say(f"该地址登记在“{whose}”名下，与本案单位不同", f"the address is listed for “{whose}”")

    def _companies(self, dossier: Dossier) -> list[str]:
        found = [best[1].text for ref in self.companies if (best := best_reading(dossier, ref)) is not None]
        return [name for name in found if name]


def _of_any(contacts: Sequence[Contact], companies: Sequence[str]) -> bool:
    return any(same_name(contact.company, name).kind == "equal" for contact in contacts for name in companies)


def _ambiguous(sender: Sender) -> Iterator[Bilingual]:
    """Nobody, or several, or an address that two programs may read differently."""
    if sender.address:
        return
    if not sender.claimed:
        yield say("邮件没有发件地址", "the mail names no sender")
    elif len(sender.claimed) > 1:
        listed = "、".join(sender.claimed[:3])
        yield say(f"发件人栏写有几个地址：{listed}", f"From names several addresses: {', '.join(sender.claimed[:3])}")
    else:
        yield say("发件人栏不止一个或写法异常", "there are several From fields, or one written in an odd way")


def _disguised(sender: Sender, contacts: Sequence[Contact]) -> Iterator[Bilingual]:
    """What forged mails do: a known name before another address, a look-alike domain, answers that go elsewhere."""
    host = sender.address.rpartition("@")[2]
    others = [claimed for claimed in sender.claimed if claimed != sender.address]
    if sender.address and others:
        yield say(
            f"显示名称写着另一个地址 {others[0]}，实际地址是 {sender.address}",
            f"the name shown is another address, {others[0]}; the real one is {sender.address}",
        )
    namesakes = [contact for contact in contacts if contact.person and _bare(contact.person) == _bare(sender.display)]
    if sender.address and namesakes and not any(contact.covers(sender.address) for contact in namesakes):
        yield say(
            f"显示名称是已登记的联系人“{namesakes[0].person}”，地址却不是其登记的地址",
            f"the name shown is that of the contact “{namesakes[0].person}”, but the address is not",
        )
    hosts = [name for contact in contacts for name in (contact.domain, contact.address.rpartition("@")[2]) if name]
    if host and (twin := twin_of(host, hosts)):
        yield say(f"域名 {plain_host(host)} 与已登记的 {twin} 相似", f"the domain {plain_host(host)} resembles {twin}")
    elif host and is_foreign_script(host) and host not in hosts:
        yield say(
            f"域名含非拉丁字母：{plain_host(host)}", f"the domain has letters of other scripts: {plain_host(host)}"
        )
    elsewhere = [to for to in sender.reply_to if host and to.rpartition("@")[2] != host]
    if elsewhere:
        yield say(f"回复地址在另一个域：{elsewhere[0]}", f"answers would go to another domain: {elsewhere[0]}")
    if sender.failed:
        results = ", ".join(sender.failed)
        yield say(f"收件服务器的来源验证未通过（{results}）", f"the receiving server could not verify it ({results})")


def _judgement(mail: Mail, doubts: Sequence[Bilingual]) -> Judgement:
    """One answer per mail, naming all that is odd about it."""
    which = _named(mail)
    shown = mail.sender.address or ", ".join(mail.sender.claimed) or None
    if mail.returned:
        message = say(
            f"退信或投递报告{which.zh}：发出的文件可能没有送达，请核实",
            f"A delivery report{which.en}: find out whether it arrived",
        )
        return Judgement(outcome="unsure", message=message, found=shown)
    if not doubts:
        message = say(
            f"邮件{which.zh}的发件地址 {shown} 在联系人名单上（仅此而已，不证明由本人发出）",
            f"The sender {shown} of the mail{which.en} is on the list; that is all, it proves no author",
        )
        return Judgement(outcome="pass", message=message, found=shown)
    zh, en = "；".join(doubt.zh for doubt in doubts), "; ".join(doubt.en for doubt in doubts)
    message = say(
        f"邮件{which.zh}的发件人 {shown or '不明'}：{zh}", f"Sender {shown or 'unknown'} of the mail{which.en}: {en}"
    )
    return Judgement(outcome="unsure", message=message, found=shown)


def _named(mail: Mail) -> Bilingual:
    """Subject and day of a mail, as far as it bears them."""
    subject = f"“{mail.subject[:60]}”" if mail.subject else ""
    if mail.sent_at is None:
        return say(subject, f" {subject}" if subject else "")
    day = f"{mail.sent_at:%Y-%m-%d}"
    return say(f"{subject}（{day}）", f" {subject} ({day})" if subject else f" of {day}")


def _bare(name: str) -> str:
    return squeezed(name).casefold()
