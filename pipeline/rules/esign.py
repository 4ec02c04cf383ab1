"""Checks on digital signatures: what the bytes prove of the file, and whose certificate signed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pipeline.model import Bilingual, DigitalSignature, Facts, Outcome
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.reading import read_field
from pipeline.rules.seals import owner_outcome
from pipeline.rules.wording import say

_CURRENT = ("nothing", "validation_data")  # certificates and revocation lists added for the archive change nothing

_APPENDED: dict[str, Bilingual] = {
    "nothing": say("签署后无改动", "nothing was added after it"),
    "validation_data": say("签署后仅追加了验证数据", "only validation data were added after it"),
    "signatures": say("签署后仅追加了其他签名", "only other signatures were added after it"),
    "form": say("签署后改动了表单域或元数据", "form values or metadata were changed after it"),
    "other": say("签署后追加了其他内容", "other content was added after it"),
    "unknown": say("签署后有无改动无法确定", "whether anything was added after it is not known"),
}
_INTEGRITY: dict[str, Bilingual] = {
    "intact": say("签署的内容完整", "what it signs is intact"),
    "broken": say("签署的内容已被改动", "what it signs was changed"),
    "unknown": say("未能验证", "it could not be verified"),
}


class SignedWhole(DocumentCheck):
    """Every digital signature of the file holds, nothing but signatures came after, and one is of `party` (a field)."""

    name: ClassVar[str] = "signed_whole"
    party: str

    def field_names(self) -> tuple[str, ...]:
        return (self.party,)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        yield _signed(facts, pack, self.party)


class SealPicture(DocumentCheck):
    """Remarks that a seal drawn in an unsigned digital file is no electronic seal; it is judged like one on a scan."""

    name: ClassVar[str] = "seal_picture"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        document = facts.document
        digital = {page.number for page in document.pages if page.text_source in ("text", "form")}
        drawn = next((seal for seal in facts.observations.seals if seal.page in digital), None)
        if document.submission.media != "pdf" or document.signatures or drawn is None:
            yield Judgement(outcome="n/a", message=say("没有无电子签名的印章图片", "No unsigned seal picture"))
            return
        zh = "文件无电子签名，其中的印章图片不是电子印章，按扫描件核对"
        en = "The file has no digital signature: the seal in it is a picture, judged as on a scan"
        yield Judgement(outcome="n/a", message=say(zh, en), page=drawn.page, box=drawn.box)


class SignatureFacts(DocumentCheck):
    """Tells for the record what each digital signature proves; whether it is a reliable one in law is not decided."""

    name: ClassVar[str] = "signature_facts"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        if not facts.document.signatures:
            yield _UNSIGNED
        for signature in facts.document.signatures:
            time = signature.signed_at.isoformat(" ", "minutes") if signature.signed_at else "—"
            whole, after = _INTEGRITY[signature.integrity], _APPENDED[signature.appended]
            known = signature.trust == "trusted"
            root = say("证书可追溯到受信任的根", "a trusted root") if known else say("证书未受信任", "no trusted root")
            who = _who(signature)
            yield Judgement(
                outcome="n/a",
                message=say(
                    f"电子签名 {signature.field}：{who}，自称签署于 {time}；{whole.zh}，{after.zh}；{root.zh}",
                    f"Signature {signature.field}: {who}, by its own account at {time}; {whole.en}, {after.en}; "
                    f"its certificate leads to {root.en}",
                ),
                **_at(signature),
            )


def signed_by(facts: Facts, pack: Pack, party: str | None) -> bool:
    """Whether the file is signed digitally as a whole by the party named in that field, beyond doubt."""
    return party is not None and _signed(facts, pack, party).outcome == "pass"


_UNSIGNED = Judgement(outcome="n/a", message=say("文件没有电子签名", "The file has no digital signature"))
_UNCHANGED = say("请提供签署后未经改动的原始文件", "Submit the file exactly as it was signed")


def _signed(facts: Facts, pack: Pack, party: str) -> Judgement:
    """The gravest doubt about any signature decides: a party's own holds no more than the file around it."""
    signatures = facts.document.signatures
    if not signatures:
        return _UNSIGNED
    covered = any(each.integrity == "intact" and each.appended in _CURRENT for each in signatures)
    doubts = [doubt for each in signatures if (doubt := _doubt(each, covered)) is not None]
    if doubts:
        return next((doubt for doubt in doubts if doubt.outcome == "fail"), doubts[0])
    return _owner(facts, pack, party)


def _doubt(signature: DigitalSignature, covered: bool) -> Judgement | None:
    """What keeps a signature from being sound; `covered` = some intact signature covers the file as it is."""
    who, after = _who(signature), _APPENDED[signature.appended]
    outcome: Outcome = "unsure"
    if signature.integrity == "broken":
        outcome = "fail"
        zh, en = f"{who}的电子签名之后，签署的内容被改动", f"What {who} signed was changed afterwards"
    elif not signature.supported:
        zh = "电子签名采用国密算法（SM2/SM3），本系统不能验证，请用相应软件验签"
        en = "The signature uses SM2/SM3, which cannot be verified here; verify it in its own software"
    elif signature.integrity == "unknown":
        zh, en = "有电子签名未能验证，请人工验签", "A digital signature could not be verified; please verify it"
    elif signature.appended == "other" and not covered:
        outcome = "fail"
        zh, en = f"{who}签署后文件追加了其他内容", f"Content was added to the file after {who} signed"
    elif signature.appended not in (*_CURRENT, "signatures"):
        # before another signature: the next signer's software may have drawn more than its own seal
        zh, en = f"{who}{after.zh}，请人工核对", f"Signature of {who}: {after.en}; please look"
    elif signature.trust != "trusted":
        zh = f"{who}的证书不能追溯到受信任的根证书，请人工验签"
        en = f"The certificate of {who} leads to no trusted root; please verify it"
    else:
        return None
    return _answer(outcome, zh, en, signature, fix=_UNCHANGED if outcome == "fail" else None)


def _owner(facts: Facts, pack: Pack, party: str) -> Judgement:
    """Among sound signatures, one of the party."""
    signatures = facts.document.signatures
    reading = read_field(facts, pack, party)
    if reading.state != "read":
        zh, en = "签署方名称未读出，无法与电子签名核对", "The party's name was not read; compare the signature by eye"
        return _answer("unsure", zh, en, signatures[0])
    own = next((each for each in signatures if _is_of(each, reading.text)), None)
    if own is None:
        others = "、".join(dict.fromkeys(_who(each) for each in signatures))
        zh = f"电子签名的签署人为“{others}”，不能确认是“{reading.text}”"
        en = f"Signed by {others}, which is not evidently “{reading.text}”"
        return _answer("unsure", zh, en, signatures[0]).model_copy(update={"expected": reading.text})
    zh = f"“{own.signer or own.organisation}”的有效电子签名覆盖整个文件，此后无改动（未联网核查证书是否吊销）"
    en = f"“{own.signer or own.organisation}” signed the whole file, unchanged since (revocation was not looked up)"
    return _answer("pass", zh, en, own).model_copy(update={"expected": reading.text})


def _is_of(signature: DigitalSignature, party: str) -> bool:
    """The certificate is the party's own; that of a person in it (only the O names it) is none.

    Some authorities write CN as `051@name@number@1`.
    """
    names = [signature.signer, *signature.signer.split("@")] if signature.signer else [signature.organisation]
    return any(owner_outcome(name, 1.0, party) == "pass" for name in names if name)


def _who(signature: DigitalSignature) -> str:
    names = dict.fromkeys(name for name in (signature.signer, signature.organisation) if name)
    return " / ".join(names) or "?"


def _answer(
    outcome: Outcome, zh: str, en: str, signature: DigitalSignature, *, fix: Bilingual | None = None
) -> Judgement:
    return Judgement(outcome=outcome, message=say(zh, en), fix=fix, found=_who(signature), **_at(signature))


def _at(signature: DigitalSignature) -> dict[str, Any]:
    return {"page": signature.page, "box": signature.box}
