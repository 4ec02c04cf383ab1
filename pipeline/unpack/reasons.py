"""Why something in a mail or archive is not judged as a document, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.errors import UnreadableError
from pipeline.model import Bilingual

Fate = Literal["aside", "refused"]


@dataclass(frozen=True)
class Reason:
    """`fate` = set aside because it is no document, or refused because it could not be taken."""

    code: str
    fate: Fate
    text: Bilingual


def _reason(code: str, fate: Fate, zh: str, en: str) -> tuple[str, Reason]:
    return code, Reason(code, fate, Bilingual(zh=zh, en=en))


REASONS: dict[str, Reason] = dict(
    (
        _reason(
            "inline_picture", "aside", "正文内的小图（签名或徽标）", "a small picture in the text (signature, logo)"
        ),
        _reason("mail_signature", "aside", "邮件的数字签名", "the mail's digital signature"),
        _reason("calendar", "aside", "日程邀请", "an invitation"),
        _reason("contact_card", "aside", "电子名片", "a contact card"),
        _reason("delivery_status", "aside", "投递或阅读回执的数据", "data of a delivery or read report"),
        _reason(
            "own_message", "aside", "退回的原邮件，不作为来件", "our own message that came back, no paper sent to us"
        ),
        _reason("own_part", "aside", "随退回的原邮件一起返回，不作为来件", "came back with our own message"),
        _reason("litter", "aside", "系统文件", "a system file"),
        _reason("folder", "aside", "空文件夹", "an empty folder"),
        _reason("empty", "refused", "文件为空（0 字节）", "the file is empty (0 bytes)"),
        _reason(
            "encrypted", "refused", "已加密；请去除密码后重新提交", "is encrypted; submit it again without a password"
        ),
        _reason(
            "encrypted_mail",
            "refused",
            "加密或封装签名的邮件内容；请以普通附件重新发送",
            "content of an encrypted or sealed mail; send it again as plain attachments",
        ),
        _reason(
            "nested_archive",
            "refused",
            "压缩包内又有压缩包，只打开一层；请解压后直接提交其中的文件",
            "an archive in an archive, only one level is opened; unpack it and submit its files",
        ),
        _reason(
            "nested_mail",
            "refused",
            "邮件嵌套过深；请直接提交其中的附件",
            "mails nested too deeply; submit the attachments themselves",
        ),
        _reason("link", "refused", "是链接而不是文件", "is a link, not a file"),
        _reason(
            "packing", "refused", "压缩方式不受支持；请用普通 zip 重新压缩", "is packed in a way not supported here"
        ),
        _reason("damaged", "refused", "数据已损坏，无法取出", "its data are damaged and cannot be taken out"),
        _reason(
            "elsewhere",
            "refused",
            "内容不在邮件里（外部链接附件）；请作为普通附件发送",
            "its content is not in the mail (linked elsewhere); send it as an attachment",
        ),
        _reason("piece", "refused", "是被拆成几封的邮件的一段", "a piece of a mail split into several"),
        _reason(
            "shapeless",
            "refused",
            "邮件结构已损坏，附件无法分开；请重新发送或直接提交附件",
            "the mail's structure is broken, attachments cannot be told apart; submit them themselves",
        ),
        _reason(
            "uuencoded",
            "refused",
            "以旧式编码写在正文里的附件；请作为普通附件发送",
            "an attachment written into the text (uuencode); send it as an attachment",
        ),
        _reason(
            "cut_off",
            "refused",
            "邮件在此处中断，最后的内容可能不完整；请重新导出后提交",
            "the mail breaks off here, the last part may be incomplete; export it again",
        ),
    )
)


def too_much(name: str, zh: str, en: str) -> UnreadableError:
    """The whole mail or archive is refused; `zh` and `en` say what is too much."""
    return UnreadableError(
        "unsafe",
        f"文件“{name}”{zh}。请拆分后重新提交，或直接提交其中的文件。",
        f"{name}: {en}. Split it, or submit the files in it.",
    )
