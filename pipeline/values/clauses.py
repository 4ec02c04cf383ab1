"""Words in which contracts speak: in what should be a name, a title or a place they turn it into a condition."""

from __future__ import annotations

import re

from pipeline.values.parsed import folded, simplified, squeezed

_COUNT = r"[\d一二两三四五六七八九十百千万半几数]+"
# None of these occurs in names of people, organisations, places or positions; look-aheads name the exceptions.
_SPOKEN = re.compile(
    "|".join(
        (
            r"另[行议计定算付有商收购]|面议|再议|商定|议定|约定|待定|协商(?!会议)|为准|不适用|除外|例外|协议|条款|违约|提交|裁决",
            r"不(?:收|付|得|可|能|再|予|负|受|计|含|包|超|低于|高于|应|须|需|作|承担)|多还|少补",
            r"免(?![疫税检渡])|退(?![役休伍耕水])|返[还点利现]|回购|赔|补差|赠|打折|优惠|折[扣后]|对折|全额|百分之|[%‰¥$€]",
            rf"{_COUNT}折|\d+万?元(?![路街桥巷店])|[首次][年月期付]|第{_COUNT}年|每[年月季期次户台]|[预垫后先]付|分期付",
            r"(?<![物评估造])价(?![格值]|专员|经理|总监|员|工程师|分析)",
            r"价格(?!认证|监[测督管]|评估|研究|分析|管理|专员|经理)",
            r"费用(?!会计|专员|管理|核算)|收费(?![站员处亭]|公路|管理)|付款(?!会计|专员)|(?:服务|手续|运|税|年)费|[货尾余全]款",
            r"有权|无权|应当|应[由按于在予]|必须|须[经由在按于为]|需(?!求)|可(?:以|随时|在|于|按|凭|延|转|撤|取消|解)|均可|即可",
            r"承担|给予|享[受有]|视[为同]|如(?:果|有|未|遇)|若[有未]|否则|除非|逾期|概不|一律|一经(?![路街纬])",
            r"(?<![自理缘事因许])由|按(?![摩察键钮])|仅[限供用]|独家|排他|随时|任[意选何]|范围",
            rf"满{_COUNT}(?:年|个?月|天|日|期|元|减|送)|买{_COUNT}[送赠]|{_COUNT}(?:个月(?![亮饼])|(?:日|天|年)内(?!瓦))|之日起|以内|期[内满]|届满",
            r"双方|[我对贵]方|[我贵]司|(?<!日)本公司|本单位|[甲乙]方(?!代表|授权|负责|经理|项目)",
            r"顺延|延期|展期|自动[续延终解失生]|续[约费期订](?!经理|专员|主管|顾问|管理|运营|总监)|为期|到期|截止|起[算计]",
            r"解除|解约|终止|中止|取消|撤销|作废|有效期|[生失无]效|同意|拒绝|放弃|豁免|解释权|所有权",
            r"[含未]税|包[换邮年月含]|先用|货到|账期|[月季年]结|赊(?!店)|质保|保修|三包|争议|管辖|仲裁(?![委院])|诉讼(?!服务)",
            r"[交送发到]货|[运送][至到]|见附|详见|附(?:件(?!有限|制造|厂|科技|股份)|[表页后])",
        )
    )
)
_WRITTEN = re.compile(
    r"\b(?:"
    r"subject to|provided that|unless|except\w*|exclud\w+|discount\w*|refund\w*|rebate\w*|waive\w*|terminat\w+|"
    r"cancel\w*|shall|must|entitled|liab\w+|penalt\w+|notwithstanding|hereby|herein|null and void|negotiable|"
    r"cash ?back|guarantee\w*|free(?! trade| port| zone| university)|half[ -]price|fees?|money back|at any time|"
    r"in advance|upon request|payable|pay|"
    r"no (?:charge|cost|fee)|without (?:notice|penalty|charge)|may not|not (?:applicable|binding|liable)|to be agreed|"
    r"(?:\d+|one|two|three|six|twelve|first|every|each|per) ?-?(?:days?|months?|years?)"
    r")\b",
    re.IGNORECASE | re.ASCII,
)
# The verb is small inside a line, the month and the given name are not.
_MAY = re.compile(r"\bmay\b", re.ASCII)
_BETWEEN = re.compile(r"[\s_.·,、'\"“”‘’\-—~*]+")


def clause_word(text: str) -> str | None:
    """The first word of a condition in `text`, None when it speaks of none; points between hanzi do not hide it."""
    for pattern, where in ((_SPOKEN, simplified(_BETWEEN.sub("", squeezed(text)))), (_WRITTEN, folded(text))):
        if found := pattern.search(where):
            return found[0].strip()
    return found[0] if (found := _MAY.search(folded(text))) else None
