"""Lines that a machine adds to a page on its way: a fax's transmission header, a phone scanner's watermark."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s,;|·•—–\-_=→>＞]+")
_DATE = re.compile(
    r"(?:19|20)\d\d[/.年\-]\d{1,2}[/.月\-]\d{1,2}日?"
    r"|\d{1,2}[/.\-]\d{1,2}[/.\-](?:(?:19|20)\d\d|\d\d)"
    r"|(?:\d{1,2}[\-. ]?)?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*"
    r"[\-. ]?\d{1,2}[\-. ]?(?:(?:19|20)\d\d)?"
)
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:[AP]M)?|\d{1,2}时\d\d分")
# What stands beside date and time: words of the protocol, telephone numbers, the count of pages.
_PROTOCOL = re.compile(
    r"FROM|TO|FAX|TEL|PHONE|NO|ID|PAGES?|PG|P|OF|JOB|TX|RX|MON|TUE|WED|THU|FRI|SAT|SUN"
    r"|传真|电话|发件人|收件人|发送|接收|自|至|到|第|页|共|星期[一二三四五六日]"
)
_NUMBER = re.compile(r"[+(（]?\d[\d()（）]*(?:/\d+)?")
_LEFT = re.compile(r"[:：./()（）#+]*")
_APPS = re.compile(
    r"(?:CS)?(?:由|使用|来自)?(?:扫描全能王|全能扫描王|夸克扫描王|WPS扫描|讯飞扫描|布丁扫描|CAMSCANNER|ADOBESCAN|GENIUSSCAN|TAPSCANNER)"
    r"(?:APP)?(?:免费)?(?:扫描)?(?:创建|生成|扫描)?"
    r"|(?:SCANNED|CREATED|MADE)(?:WITH|BY|USING)(?:CAMSCANNER|ADOBESCAN|GENIUSSCAN|TAPSCANNER|MICROSOFTLENS)"
)


def is_transmission_header(text: str) -> bool:
    """Whether a line is nothing but what a fax prints over a page: date, time, numbers, words of the protocol.

    A line with any other word is not: a condition could stand among them.
    """
    rest = _plain(text)
    for part in (_DATE, _TIME):
        rest, found = part.subn(" ", rest, count=1)
        if not found:
            return False
    if not re.search(r"\d", rest):  # the count of pages or a number
        return False
    for part in (_NUMBER, _PROTOCOL):
        rest = part.sub(" ", rest)
    return not _LEFT.sub("", _NOISE.sub("", rest))


def is_scanner_mark(text: str) -> bool:
    """Whether a line is nothing but the mark by which a phone's scanner program signs its pages."""
    return bool(_APPS.fullmatch(_NOISE.sub("", _plain(text)).strip(".。:：")))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()
