"""Findings about a mail or archive: what was in it, and what became of each thing."""

from __future__ import annotations

from pipeline.model import Bilingual, Enclosed, Finding, Outcome, Parcel, Severity

FORMAT, SAFETY, WHOLE = "IN-03", "IN-04", "IN-01"
_RULES = {
    **dict.fromkeys(("empty", "damaged", "shapeless", "cut_off"), WHOLE),
    **dict.fromkeys(("unsafe", "too_large", "link"), SAFETY),
}
# What may be whole and harmless all the same: for a person, not for the sender.
_DOUBTFUL = ("cut_off", "link")
_READABLE = Bilingual(
    zh="附件为可以打开的 PDF、JPG、PNG、TIFF、DOCX 或 XLSX 文件，不加密；压缩包只一层",
    en="PDF, JPG, PNG, TIFF, DOCX or XLSX files that open and are not encrypted, in an archive of one level",
)
_RESUBMIT = Bilingual(zh="重新提交这个文件", en="Submit this file again")
_LOOK = Bilingual(zh="由人工打开原邮件查看", en="Have a person open the original and look")
_READ = Bilingual(
    zh="由人工阅读；与某个案件有关的，移入该案件（move），否则说明理由接受",
    en="Have a person read it; move it into the case it is about, or accept with a reason",
)


def parcel_findings(parcel: Parcel) -> tuple[Finding, ...]:
    """One finding that sums it up, and one for each thing that did not become a document of its own."""
    taken = sum(item.fate == "taken" for item in parcel.enclosed)
    return (_summary(parcel, taken), *(_finding(item) for item in parcel.enclosed if item.fate != "taken"))


def _summary(parcel: Parcel, taken: int) -> Finding:
    what = Bilingual(zh="邮件", en="mail") if parcel.kind == "mail" else Bilingual(zh="压缩包", en="archive")
    if taken:
        return Finding(
            rule=FORMAT,
            outcome="pass",
            severity="info",
            message=Bilingual(
                zh=f"{what.zh}已打开：{taken} 份文件分别审核；原件不变",
                en=f"{what.en.capitalize()} opened: {taken} files judged one by one; the original is unchanged",
            ),
        )
    message = Bilingual(zh=f"{what.zh}里没有可审核的文件", en=f"There is no document in this {what.en}")
    return Finding(rule=FORMAT, outcome="unsure", severity="hold", message=message, fix=_READ, found=parcel.kind)


def _finding(item: Enclosed) -> Finding:
    doubtful = item.code in _DOUBTFUL
    refused = item.fate == "refused"
    outcome: Outcome = "n/a" if not refused else "unsure" if doubtful else "fail"
    severity: Severity = "info" if not refused else "hold" if doubtful else "block"
    reason = item.reason or Bilingual(zh=item.code, en=item.code)
    ending = Bilingual(zh="", en="") if refused else Bilingual(zh="，不作为材料", en="; no document")
    return Finding(
        rule=_RULES.get(item.code, FORMAT) if refused else FORMAT,
        outcome=outcome,
        severity=severity,
        message=Bilingual(zh=f"“{item.name}”：{reason.zh}{ending.zh}", en=f"{item.name}: {reason.en}{ending.en}"),
        required=_READABLE if refused and not doubtful else None,
        fix=(_LOOK if doubtful else _RESUBMIT) if refused else None,
        found=item.code,
    )
