"""Every fixed word of the reports, Chinese and English, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.model import Bilingual

WORDS: Mapping[str, tuple[str, str]] = {
    # states of a case, verdicts of a document
    "state.new": ("检查中", "Being checked"),
    "state.incomplete": ("材料未齐", "Incomplete"),
    "state.needs_correction": ("需要补正", "Needs correction"),
    "state.needs_review": ("待人工复核", "Needs review"),
    "state.accepted": ("已通过", "Accepted"),
    "verdict.passed": ("通过", "Passed"),
    "verdict.indeterminate": ("有疑点", "In doubt"),
    "verdict.failed": ("不通过", "Failed"),
    # what a rule says
    "outcome.fail": ("不符合", "Not met"),
    "outcome.unsure": ("无法判定", "Cannot tell"),
    "outcome.error": ("检查未完成", "Check broke"),
    "outcome.pass": ("符合", "Met"),
    "outcome.n/a": ("不适用", "Not applicable"),
    "severity.block": ("必须满足", "Must be met"),
    "severity.hold": ("由人决定", "A person decides"),
    "severity.warn": ("提醒", "Remark"),
    "severity.info": ("仅记录", "For the record"),
    # the banner
    "next": ("下一步", "Next"),
    "do.wait": ("系统正在检查，稍后重新打开本页。", "The papers are being checked; open this page again shortly."),
    "do.accepted": (
        "材料齐全，规则检查未发现问题，无待办事项。",
        "All papers are there and the rules hold; nothing to do.",
    ),
    "do.release": (
        "核对草稿 {papers}，确认无误后由有权人员放行。",
        "Check the draft {papers}; a person with authority releases it.",
    ),
    "do.request": (
        "向对方索取：{papers}。已收材料不必重交。",
        "Ask for: {papers}. What has come in need not be sent again.",
    ),
    "do.also_missing": ("同时缺少：{papers}，请一并索取。", "Also missing: {papers}; ask for it in the same letter."),
    "do.decide_first": (
        "先看清 {n} 项无法判定的事项，再把全部问题一次告知对方。",
        "Decide the points in doubt first ({n}), so that one letter lists everything.",
    ),
    "do.correct": ("下列 {n} 项不符合要求，请对方补正。", "Points not met: {n}. Ask for a correction."),
    "do.send": ("审阅补正草稿 {papers}，确认后发出。", "Read the drafted notice {papers}, then send it."),
    "do.no_draft": (
        "补正通知尚无草稿，请按下列事项自行告知对方。",
        "No notice is drafted; tell the other side the points below.",
    ),
    "do.look": (
        "对照图像逐项查看 {n} 项未决事项，决定接受或退回。",
        "Open points: {n}. Look at each beside its picture, then accept or return.",
    ),
    "do.note": ("转人工的原因：{note}", "Why a person must look: {note}"),
    "do.fix": ("可先这样处理：{fix}。", "Try this first: {fix}."),
    "do.unread": (
        "{n} 份文件无法读取或未能归类，见“文件”一节。",
        "Files not read or not recognised: {n}; see Documents.",
    ),
    "do.errors": ("{n} 项检查未完成，请通知维护人员。", "Checks that broke down: {n}; tell the maintainer."),
    "do.remarks": ("另有 {n} 条提醒，不影响通过。", "Remarks that do not stop the case: {n}."),
    "do.received_too": ("已收到的文件另有 {n} 项未决事项。", "Open points in the papers already here: {n}."),
    "case": ("案件", "Case"),
    "report": ("审核报告", "Review report"),
    "opened": ("立案", "Opened"),
    "changed": ("更新", "Changed"),
    "profile": ("工作方式", "Profile"),
    "all_cases": ("全部案件", "All cases"),
    # open points
    "open": ("未决事项", "Open points"),
    "open.none": ("没有未决事项。", "There are no open points."),
    "open.keys": (
        "键盘：j / k 或 → / ← 逐项查看，Enter 看整页，Esc 返回",
        "Keys: j / k or → / ← step, Enter whole page, Esc back",
    ),
    "remarks": ("提醒（不影响结论）", "Remarks (do not stop the case)"),
    "expected": ("应为", "Expected"),
    "found": ("实为", "Found"),
    "nothing": ("（无）", "(nothing)"),
    "required": ("要求", "Required"),
    "fix": ("处理方式", "How to fix"),
    "confidence": ("可信度", "Confidence"),
    "see_page": ("看第 {n} 页", "See page {n}"),
    "page": ("第 {n} 页", "Page {n}"),
    "case_level": ("跨文件检查", "Across documents"),
    "no_picture": ("没有图像可示", "No picture to show"),
    "chars": ("……相同 {n} 字……", " … {n} equal characters … "),
    # documents
    "documents": ("文件", "Documents"),
    "documents.none": ("还没有收到文件。", "No documents have come in."),
    "edition": ("版本", "Edition"),
    "pages": ("{n} 页", "{n} p."),
    "pages.head": ("页面", "Pages"),
    "counts": ("以此份为准", "Counts"),
    "superseded": ("已被较新的一份取代", "Superseded by a newer one"),
    "original": ("打开原件", "Open the original"),
    "arrivals": ("收到", "Arrived"),
    "duplicate": ("重复文件，只处理一次", "same bytes again, handled once"),
    "source.inbox": ("收件文件夹", "inbox"),
    "source.mail": ("邮件", "mail"),
    "source.cli": ("命令行", "command line"),
    "unreadable": ("无法读取的文件", "Unreadable file"),
    "unreadable.advice": (
        "文件已原样保存。请打开原件确认，或请对方重新提供（PDF、JPEG、PNG、TIFF；不加密、不损坏）。",
        "The file is kept as it came. Open the original, or ask for it again (PDF, JPEG, PNG, TIFF; not encrypted).",
    ),
    "unclassified": ("未能归类", "Not recognised"),
    "unclassified.advice": (
        "请打开原件确认是什么文件；属于本案的，请对方用规定的表单重新提交。",
        "Open the original to see what it is; if it belongs here, ask for it on the prescribed form.",
    ),
    "rivals": ("同时符合：{names}", "Fits several kinds: {names}"),
    "no_pages": ("电子文件，没有页面图像。", "An electronic file without page pictures."),
    "lost": ("{n} 张图像文件缺失，未能显示。", "Picture files missing and not shown: {n}."),
    "enlarge": ("点击页面放大", "Click a page to enlarge"),
    "rotated": ("原件方向转了 {n}°", "turned by {n}° for reading"),
    "grey": ("非彩色", "not in colour"),
    "reference_page": ("对应标准文本第 {n} 页", "page {n} of the blank form"),
    "foreign": ("与标准文本各页不符", "matches no page of the blank form"),
    "on_page": ("本页标记", "Marked here"),
    "nothing_marked": ("本页没有标记。", "Nothing is marked on this page."),
    "back": ("返回", "Back"),
    "previous": ("上一页", "Previous page"),
    "following": ("下一页", "Next page"),
    # marks
    "legend": ("图例", "Legend"),
    "mark.fail": ("不符合", "Not met"),
    "mark.unsure": ("无法判定", "Cannot tell"),
    "mark.remark": ("提醒", "Remark"),
    "mark.seal": ("印章", "Seal"),
    "mark.slice": ("骑缝章印迹", "Straddle slice"),
    "mark.signature": ("签字", "Signature"),
    "mark.field": ("读出的内容", "Field read"),
    # seals
    "seals": ("印章", "Seals"),
    "straddle": ("骑缝章拼合", "Straddle seal, assembled"),
    "straddle.order": ("按页序并排各页边缘的印迹", "The slices at the page edges, side by side in page order"),
    "straddle.none": ("没有拼合图像", "No assembled picture"),
    "straddle.missing": ("缺印迹的页：{pages}", "Pages without a slice: {pages}"),
    "straddle.slices": ("{n} 页有印迹", "pages with a slice: {n}"),
    "signing": ("签署处印章", "Seal at the signing place"),
    "seal.unread": ("（印文未读出）", "(text not read)"),
    "seal.company": ("公章", "company seal"),
    "seal.contract": ("合同专用章", "contract seal"),
    "seal.finance": ("财务专用章", "finance seal"),
    "seal.invoice": ("发票专用章", "invoice seal"),
    "seal.personal": ("个人名章", "personal name seal"),
    "seal.department": ("部门章", "department seal"),
    "seal.unknown": ("种类不明", "kind unknown"),
    "shape.round": ("圆形", "round"),
    "shape.oval": ("椭圆形", "oval"),
    "shape.square": ("方形", "square"),
    "shape.other": ("其他形状", "other shape"),
    "colour.red": ("红色", "red"),
    "colour.blue": ("蓝色", "blue"),
    "colour.purple": ("紫色", "purple"),
    "colour.grey": ("灰色", "grey"),
    "colour.other": ("其他颜色", "other colour"),
    "edge.right": ("右边缘", "right edge"),
    "edge.left": ("左边缘", "left edge"),
    "edge.top": ("上边缘", "top edge"),
    "edge.bottom": ("下边缘", "bottom edge"),
    # fields
    "fields": ("读出的内容", "Fields read"),
    "field": ("项目", "Field"),
    "value": ("值", "Value"),
    "crop": ("出处", "Where it stands"),
    "origin": ("来源", "Source"),
    "as_written": ("原文：{raw}", "as written: {raw}"),
    "doubtful": ("{n} 项存疑", "{n} in doubt"),
    "text.text": ("文字层", "text layer"),
    "text.ocr": ("图像识别", "read from picture"),
    "text.form": ("表单", "form value"),
    "text.none": ("—", "—"),
    "problem.missing": ("未填写", "left blank"),
    "problem.tolerated": ("写法可接受", "spelling tolerated"),
    "problem.repaired": ("个别字符系推断", "some characters inferred"),
    "problem.suggested": ("按校验位推断，请核对", "inferred from the check digit; verify"),
    "problem.checksum": ("校验位不符", "check digit does not match"),
    "problem.length": ("位数不对", "wrong length"),
    "problem.alphabet": ("含有不允许的字符", "characters that may not occur"),
    "problem.pattern": ("格式不符", "does not have the prescribed form"),
    "problem.no_such_date": ("不存在的日期", "no such date"),
    "problem.not_money": ("不是金额", "not an amount"),
    "problem.not_capitals": ("不是大写金额", "not an amount in capitals"),
    "problem.spelling": ("大写写法有误", "capitals misspelt"),
    "problem.negative": ("为负数", "negative"),
    "problem.out_of_range": ("超出范围", "out of range"),
    "problem.abbreviated": ("疑为简称", "possibly an abbreviated name"),
    "problem.old_tax_number": ("旧税号", "an old tax number"),
    "problem.not_an_option": ("不在选项之内", "none of the options"),
    "problem.not_a_person": ("不像人名", "not like a person's name"),
    "problem.not_a_title": ("不像职务", "not like a position"),
    "problem.not_an_address": ("不像地址", "not like an address"),
    "problem.other": ("读取存疑（{code}）", "reading in doubt ({code})"),
    # rules that hold
    "other_rules": ("其余规则：{passed} 条符合，{na} 条不适用", "Other rules: {passed} met, {na} not applicable"),
    "case_rules": (
        "跨文件规则：{passed} 条符合，{na} 条不适用",
        "Rules across documents: {passed} met, {na} not applicable",
    ),
    "own_open": ("这份文件的未决事项", "Open points of this document"),
    # outgoing, events, foot
    "outgoing": ("待发文件", "Outgoing papers"),
    "outgoing.replaced": ("已被新稿取代", "Replaced by a newer draft"),
    "outgoing.none": ("没有待发文件。", "There are no outgoing papers."),
    "draft": ("草稿，须由人放行", "Draft, to be released by a person"),
    "automatic": ("可自动发出", "May go out by itself"),
    "not_written": ("文件尚未生成", "not written yet"),
    "originals": ("原件", "Originals"),
    "timeline": ("经过", "Timeline"),
    "event.case_opened": ("立案", "Case opened"),
    "event.document_joined": ("文件并入本案", "Document joined the case"),
    "event.state": ("状态", "State"),
    "event.paper_drafted": ("生成草稿", "Draft written"),
    "foot.head": ("本报告不说明什么", "What this report does not say"),
    "foot.seals": (
        "对印章和签字只陈述所见：有无、能否辨认、所载名称、能否拼合；不说明由谁加盖，也不证明其来源。",
        "Of seals and signatures it states what is seen: present, legible, whose name, whether slices compose. "
        "It does not say who pressed them, nor where they come from.",
    ),
    "foot.law": (
        "“符合”指符合已登记的受理规则，不是法律意见，也不是对合同效力的判断。",
        "“Met” means the registered rules of acceptance are met; it is no legal advice and no statement on validity.",
    ),
    "foot.secret": (
        "本报告不含任何账号密码；任何人都不应索要密码。原件从未改动，按内容哈希保存。",
        "It contains no passwords, and nobody should ask for one. Originals are never changed; their hash names them.",
    ),
    "foot.person": ("接受、退回、放行由人决定。", "A person decides whether to accept, return or release."),
    # the list of all cases
    "index.title": ("案件一览", "Cases"),
    "index.at": ("更新于 {at}", "as of {at}"),
    "index.all": ("全部", "All"),
    "index.label": ("名称", "Name"),
    "index.state": ("状态", "State"),
    "index.papers": ("待发文件", "Outgoing papers"),
    "index.empty": ("还没有案件", "No cases yet"),
    "index.begin": (
        "把合同或订单的扫描件放进收件文件夹（inbox）即可；处理完成后，案件会出现在这里。",
        "Drop a scanned contract or order into the inbox folder; once it is handled, the case appears here.",
    ),
    "index.nothing_matches": ("没有符合条件的案件。", "No case matches."),
}


def word(key: str, **values: object) -> Bilingual:
    """The fixed words of `key`; a `Bilingual` among the values is used in its own language. KeyError for a typo."""
    chinese, english = WORDS[key]
    return Bilingual(zh=_filled(chinese, values, "zh"), en=_filled(english, values, "en"))


def term(prefix: str, code: str) -> Bilingual:
    """The words of `prefix.code`, or the code itself when there are none."""
    key = f"{prefix}.{code}"
    return word(key) if key in WORDS else plain(code)


def known(prefix: str, code: str, fallback: str) -> Bilingual:
    """The words of `prefix.code`, or those of `fallback` with the code in them."""
    key = f"{prefix}.{code}"
    return word(key) if key in WORDS else word(fallback, code=code)


def listed(items: Iterable[Bilingual]) -> Bilingual:
    """A list in a sentence."""
    things = list(items)
    return Bilingual(zh="、".join(item.zh for item in things), en=", ".join(item.en for item in things))


def plain(text: str) -> Bilingual:
    """A text that is the same in both languages."""
    return Bilingual(zh=text, en=text)


def _filled(text: str, values: Mapping[str, object], language: str) -> str:
    own = {
        name: (value.zh if language == "zh" else value.en) if isinstance(value, Bilingual) else value
        for name, value in values.items()
    }
    return text.format(**own) if own else text
