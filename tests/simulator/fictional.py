"""Random companies and people: every name, code, number and address is made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from tests.simulator.parties import ALPHABET, Party, uscc

T = TypeVar("T")

_BRAND = tuple(
    "青远松星蓝禾岚涧云鲸澜砚棠榆瓷枫屿峤麓穗鹭笙珩琢晟璟曜朔翎舫苇蓼荻堇栀槿樾桉溯沅湄浔漪瀚灏煦炜焱烁砺碧磐"
)
_TRADE = (
    "科技", "信息技术", "医疗器械", "精密机械", "食品", "新材料", "供应链管理", "生物制药", "建筑装饰工程", "教育咨询",
    "智能装备制造", "电子商务", "文化传播", "环境工程", "汽车零部件", "国际货运代理", "节能环保设备",
)  # fmt: skip
_FORM = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限责任公司")
_CITIES = {
    "北京": ("北京市", "海淀区", "110108", "1000", "010"),
    "上海": ("上海市", "浦东新区", "310115", "2001", "021"),
    "深圳": ("深圳市", "南山区", "440305", "5180", "0755"),
    "苏州": ("苏州市", "吴中区", "320506", "2151", "0512"),
    "成都": ("成都市", "武侯区", "510107", "6100", "028"),
    "杭州": ("杭州市", "西湖区", "330106", "3100", "0571"),
    "厦门": ("厦门市", "思明区", "350203", "3610", "0592"),
    "西安": ("西安市", "雁塔区", "610113", "7100", "029"),
}
_ROADS = ("虚构路", "示例大道", "假想街", "云杉路", "石榴巷", "望澜大道", "工匠路", "拾光街", "听鹭路", "九曲巷")
_HOUSES = ("", "示例大厦", "虚构中心 B 座", "创想园 3 幢", "半山科创楼")
_SURNAMES = tuple("林沈罗陈周顾谢傅欧阮裴舒苏邵戴")
_GIVEN = tuple("若青文博雨桐立群明远思齐嘉禾一诺景行清越子衿书瑶望舒承泽")
_TITLES = ("总经理", "副总经理", "行政总监", "法定代表人", "采购经理", "IT 主管", "财务负责人")
_INDUSTRIES = ("医疗器械", "机械制造", "食品加工", "信息技术", "教育", "物流", "建筑", "贸易")
_SYLLABLES = ("lin", "zhou", "wen", "ruo", "qing", "bo", "yu", "tong", "ming", "yuan", "jia", "shu", "xi", "lan")
_WORDS = ("Yunshan", "Lanxi", "Qingyu", "Hezhou", "Songyan", "Beichen", "Moyuan", "Zhuoran", "Linhai", "Feiyu")
_ENGLISH = ("Technology", "Medical Devices", "Precision Machinery", "Foods", "New Materials", "Logistics", "Education")


def choice(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of some things."""
    return options[int(rng.integers(len(options)))]


def company(rng: np.random.Generator, shortest: int = 6, longest: int = 20) -> Party:
    """A company whose name has so many characters, brackets counted."""
    city = choice(rng, tuple(_CITIES))
    where, district, region, post, area = _CITIES[city]
    name = _name(rng, city)
    while not shortest <= len(name) <= longest:
        name = _name(rng, city)
    word, house = choice(rng, _WORDS), choice(rng, _HOUSES)
    suffix, top = choice(rng, ("", "-med", "-group", "365", "tech")), choice(rng, ("example", "example.com"))
    domain = f"{word.lower()}{suffix}.{top}"
    floor = f" {rng.integers(1, 33)} 层{rng.integers(101, 3299)} 室" if house else ""
    return Party(
        name=name,
        english=f"{word} {choice(rng, _ENGLISH)} ({choice(rng, ('Shenzhen', 'Suzhou', 'Beijing'))}) Co., Ltd.",
        uscc=code(rng, region),
        address=f"{where}{district}{choice(rng, _ROADS)} {rng.integers(1, 1999)} 号{house}{floor}",
        postcode=f"{post}{rng.integers(0, 100):02d}",
        person=person(rng),
        title=choice(rng, _TITLES),
        phone=mobile(rng) if rng.random() < 0.6 else landline(rng, area),
        email=f"{_mailbox(rng)}@{domain}",
        domain=domain,
        industry=choice(rng, _INDUSTRIES),
        seal_code=f"{region}{rng.integers(0, 10**7):07d}",
    )


def _name(rng: np.random.Generator, city: str) -> str:
    brand = "".join(choice(rng, _BRAND) for _ in range(int(rng.integers(2, 5))))
    trade, form = choice(rng, _TRADE), choice(rng, _FORM)
    match int(rng.integers(5)):
        case 0:
            return f"{brand}{form}"
        case 1:
            return f"{city}{brand}{trade}{form}"
        case 2:
            return f"{brand}（{city}）{trade}{form}"
        case _:
            return f"{brand}{trade}（{city}）{form}"


def code(rng: np.random.Generator, region: str) -> str:
    """A unified social credit code whose check characters hold."""
    return uscc(region, "MA" + "".join(choice(rng, ALPHABET) for _ in range(6)))


def person(rng: np.random.Generator) -> str:
    """Two or three hanzi."""
    return choice(rng, _SURNAMES) + "".join(choice(rng, _GIVEN) for _ in range(int(rng.integers(1, 3))))


def mobile(rng: np.random.Generator) -> str:
    """Eleven digits."""
    return f"1{rng.integers(3, 10)}{rng.integers(0, 10)}00{rng.integers(0, 10**6):06d}"


def landline(rng: np.random.Generator, area: str) -> str:
    """With the area code, now and then with an extension."""
    extension = f"-{rng.integers(1, 1000)}" if rng.random() < 0.3 else ""
    return f"{area}-{rng.integers(2, 9)}{rng.integers(0, 10**7):07d}{extension}"


def digits(rng: np.random.Generator, count: int) -> str:
    """So many digits, the first not 0."""
    return str(rng.integers(1, 10)) + "".join(str(rng.integers(0, 10)) for _ in range(count - 1))


def email(rng: np.random.Generator) -> str:
    """At a domain that nobody can register."""
    return f"{_mailbox(rng)}@{choice(rng, _WORDS).lower()}.{choice(rng, ('example', 'example.com', 'example.net'))}"


def _mailbox(rng: np.random.Generator) -> str:
    one, two = choice(rng, _SYLLABLES), choice(rng, _SYLLABLES)
    number = rng.integers(1, 100)
    return choice(rng, (f"{one}.{two}", f"{one}{two}{number}", f"{one}_{two}", f"it-{one}{number:02d}", f"{one}{two}"))
