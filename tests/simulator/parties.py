"""The fictional companies of the demo; their codes pass the check-digit rules and are nobody's."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulator.seals import SealSpec

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(region: str, body: str) -> str:
    """18-character code from six digits and eight characters; GB 32100-2015 with the GB 11714 inner check."""
    inner = 11 - sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    head = f"91{region}{body}{'0' if inner == 11 else 'X' if inner == 10 else inner}"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(head))
    return head + ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True)
class Party:
    """A company, the person who signs for it, and the number on its seal."""

    name: str
    english: str
    uscc: str
    address: str
    postcode: str
    person: str
    title: str
    phone: str
    email: str
    domain: str
    industry: str
    seal_code: str

    def seal(self, rotation_deg: float, wear: float = 0.4) -> SealSpec:
        """Its round company seal."""
        return SealSpec(self.name, code=self.seal_code, rotation_deg=rotation_deg, wear=wear)


DISTRIBUTOR = Party(
    "星河云（上海）数字科技有限公司",
    "Xinghe Cloud (Shanghai) Digital Technology Co., Ltd.",
    uscc("310115", "DEMA0001"),
    "上海市浦东新区示例路 1 号",
    "200120",
    "周明远",
    "商务经理",
    "021-00000001",
    "orders@xinghe-cloud.example",
    "xinghe-cloud.example",
    "信息技术",
    "3101150000013",
)
AGENT = Party(
    "蓝鲸信息技术（北京）有限公司",
    "Lanjing Information Technology (Beijing) Co., Ltd.",
    uscc("110108", "DEMB0002"),
    "北京市海淀区虚构大街 20 号 5 层",
    "100080",
    "陈立群",
    "销售总监",
    "13900000002",
    "chen.liqun@lanjing-it.example",
    "lanjing-it.example",
    "信息技术",
    "1101080000022",
)
QINGHE = Party(
    "青禾医疗器械（深圳）有限公司",
    "Qinghe Medical Devices (Shenzhen) Co., Ltd.",
    uscc("440300", "DEMC0003"),
    "深圳市南山区虚构路 88 号示例大厦 12 层",
    "518000",
    "林若青",
    "总经理",
    "13800000031",
    "lin.ruoqing@qinghe-med.cn",
    "qinghe-med.cn",
    "医疗器械",
    "4403050000031",
)
YUANLAN = Party(
    "远岚精密机械（苏州）有限公司",
    "Yuanlan Precision Machinery (Suzhou) Co., Ltd.",
    uscc("320500", "DEMD0004"),
    "苏州市虚构区工匠路 16 号 3 幢",
    "215000",
    "沈文博",
    "副总经理",
    "13800000042",
    "shen.wenbo@yuanlan-pm.example",
    "yuanlan-pm.example",
    "机械制造",
    "3205050000042",
)
SONGJIAN = Party(
    "松涧食品（成都）有限公司",
    "Songjian Foods (Chengdu) Co., Ltd.",
    uscc("510100", "DEME0005"),
    "成都市虚构区望江路 9 号",
    "610000",
    "罗雨桐",
    "行政总监",
    "13800000053",
    "luo.yutong@songjian-food.example",
    "songjian-food.example",
    "食品加工",
    "5101050000053",
)
