"""The words that tampering puts in: every one changes what a party owes."""

from __future__ import annotations

NUMBER_WORDS: dict[str, tuple[str, ...]] = {
    "一": ("二", "三", "十"),
    "两": ("三", "五", "十"),
    "二": ("三", "一"),
    "三": ("二", "五"),
}
ENGLISH_NEGATIONS = (
    ("may not raise", "may raise"),
    ("shall not move", "shall move"),
    ("are not refunded", "are refunded"),
    ("does not apply", "does apply"),
    ("does not exceed", "does exceed"),
    ("cannot be restored", "can be restored"),
    ("may not be altered", "may be altered"),
)
SENTENCES = (
    "但经销商另有承诺的除外。",
    "客户对此不得提出异议。",
    "前款费用由服务提供方承担。",
    "双方另有约定的，从其约定。",
)
CLAUSES = (
    "客户连续使用满三个月的，可随时解除本协议，服务提供方应在收到通知后 5 个工作日内全额退还已付款项，"
    "并承担由此产生的全部费用。",
    "服务提供方未按期答复的，视为同意客户提出的全部价格与付款条件，由此产生的差额由服务提供方承担，"
    "且不影响客户的其他权利。",
)
PARTIES = (("岚云网络", "岚芸网络"), ("岚云网络", "岗云网络"), ("岚云网络", "岚云信息"), ("岚云网络", "速融网络"))
OTHER_PARTY = PARTIES[-1]
FORUMS = (
    ("浦东新区人民法院", "徐汇新区人民法院"),
    ("浦东新区人民法院", "浦东新区仲裁机构"),
    ("浦东新区人民", "海淀新区人民"),
    ("Shanghai Arbitration", "Shenzhen Arbitration"),
    ("arbitration in Shanghai", "arbitration in Nanjing"),
)
NOTES = ("此条不适用", "以补充协议为准", "双方另议，已改", "价格另定", "同意修改")
BETWEEN = ("不", "另行约定的除外", "双倍", "可以", "免费")
TERMS = ("价格以双方另行约定为准", "满三个月可全额退款", "第4条不适用于我方", "享八折优惠，多退少补")
