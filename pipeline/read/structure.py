"""The only door to pypdf: form values, annotations, signatures and active content of a PDF."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from pipeline.model import Box, Remark
from pipeline.read.frame import Frame, as_turn
from pipeline.read.messages import remark, unreadable

Opaque = Any  # whatever a broken file holds where the format wants something else
SILENT = ("/Link", "/Widget", "/Popup")
HIDDEN = 0b100010  # annotation flags Hidden and NoView
FLAGS, ON_PAPER_ONLY = 0b100110, 0b100100  # these two and Print; NoView and Print alone
ACTIONS = {
    "/JavaScript": ("javascript", "文件含 JavaScript 脚本", "The file contains JavaScript"),
    "/Launch": ("launch_action", "文件含启动外部程序的动作", "The file has an action that launches a program"),
    "/SubmitForm": ("submit_action", "文件含向外提交数据的动作", "The file has an action that sends data away"),
    "/ImportData": ("import_action", "文件含导入外部数据的动作", "The file has an action that imports data"),
    "/GoToR": ("external_reference", "文件引用其他文件", "The file refers to another file"),
    "/GoToE": ("embedded_file", "文件指向内嵌文件", "The file points into an embedded file"),
    "/RichMedia": ("rich_media", "文件含多媒体内容", "The file contains rich media"),
}
DEEP = 60  # nesting of field trees and action chains
MANY = 2_000  # remarks

log = logging.getLogger(__name__)
logging.getLogger("pypdf").setLevel(logging.ERROR)  # what pypdf repairs silently is no news for the desk


@dataclass(frozen=True)
class Widget:
    """A form field where it stands on the page; `box` as shown; `kind` as in /FT."""

    name: str
    kind: str
    value: str
    page: int
    box: Box


@dataclass
class Structure:
    """What pypdf sees; `pages` None when it cannot count them."""

    pages: int | None = None
    form: dict[str, str] = field(default_factory=dict)
    widgets: list[Widget] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def open_structure(path: Path, name: str) -> Structure:
    """Never fails for a file that is merely odd; raises UnreadableError `encrypted` when a password is needed."""
    found = Structure()
    try:
        reader = pypdf.PdfReader(path, strict=False)
        if reader.is_encrypted:
            if not reader.decrypt(""):
                raise unreadable("encrypted", name, "有打开密码", "needs a password")
            found.remarks.append(remark("restricted", "文件设有权限保护", "The file has usage restrictions"))
    except (pypdf.errors.DependencyError, NotImplementedError):
        raise unreadable("encrypted", name, "以证书加密", "is encrypted for a certificate") from None
    except (*BROKEN, pypdf.errors.PyPdfError) as error:
        found.remarks.append(_unclear(error))
        return found
    for probe in (_count, _catalog, _attachments, _annotations, _fields):
        _tolerant(probe, reader, found)
    found.remarks = list(dict.fromkeys(found.remarks))[:MANY]
    return found


BROKEN = (
    AttributeError, ArithmeticError, AssertionError, LookupError, MemoryError, OSError, RecursionError, RuntimeError,
    TypeError, ValueError,
)  # fmt: skip


def frame_of(page: Opaque) -> Frame:
    """Crop box within media box, as PDF viewers show it."""
    media, crop = _rect(page.mediabox), _rect(page.cropbox)
    inner = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    usable = inner[2] > inner[0] and inner[3] > inner[1]
    return Frame(inner if usable else media, as_turn(page.get("/Rotate", 0) or 0))


def _tolerant(probe: Callable[[pypdf.PdfReader, Structure], None], reader: pypdf.PdfReader, found: Structure) -> None:
    try:
        probe(reader, found)
    except (*BROKEN, pypdf.errors.PyPdfError) as error:
        found.remarks.append(_unclear(error))


def _unclear(error: BaseException) -> Remark:
    log.info("pdf structure: %s", error)
    zh, en = "文件内部结构不规范，未能全部检查", "The file's structure is irregular and could not be checked wholly"
    return remark("structure_unclear", zh, en)


def _count(reader: pypdf.PdfReader, found: Structure) -> None:
    found.pages = len(reader.pages)


def _catalog(reader: pypdf.PdfReader, found: Structure) -> None:
    root = _dict(reader.trailer.get("/Root"))
    names = _dict(root.get("/Names"))
    if _dict(names.get("/JavaScript")):
        found.remarks.append(remark(*ACTIONS["/JavaScript"]))
    found.remarks += _actions(root, ("/OpenAction", "/AA"))
    form = _dict(root.get("/AcroForm"))
    if form.get("/XFA") is not None:
        zh = "文件含 XFA 动态表单，显示内容可能与页面不同"
        en = "The file has an XFA form: what a viewer shows may differ from the pages"
        found.remarks.append(remark("xfa", zh, en))
    if _dict(root.get("/OCProperties")):
        found.remarks.append(
            remark("layers", "文件含可开关的图层", "The file has layers that can be switched on and off")
        )


def _attachments(reader: pypdf.PdfReader, found: Structure) -> None:
    root = _dict(reader.trailer.get("/Root"))
    tree = _dict(_dict(root.get("/Names")).get("/EmbeddedFiles"))
    if not tree and not root.get("/Collection"):
        return
    names = [str(entry) for entry in _names(tree, 0)][:20]
    listed = "、".join(names) or "?"
    found.remarks.append(remark("embedded_file", f"文件内嵌附件：{listed}", f"The file embeds other files: {listed}"))


def _names(tree: Mapping[Opaque, Opaque], depth: int) -> Iterator[object]:
    """Keys of a name tree."""
    if depth > DEEP:
        return
    entries = _list(tree.get("/Names"))
    yield from (entries[at].get_object() for at in range(0, len(entries), 2))
    for kid in _list(tree.get("/Kids")):
        yield from _names(_dict(kid), depth + 1)


def _annotations(reader: pypdf.PdfReader, found: Structure) -> None:
    for number, page in enumerate(reader.pages, start=1):
        found.remarks += _actions(page, ("/AA",), number)
        frame = frame_of(page)
        for entry in _list(page.get("/Annots")):
            annotation = _dict(entry)
            found.remarks += _actions(annotation, ("/A", "/AA"), number)
            kind = str(annotation.get("/Subtype", ""))
            told = kind and (kind not in SILENT or _on_paper_only(annotation, frame))
            if told and len(found.remarks) <= MANY:
                found.remarks.append(_annotation(annotation, kind, number, frame))


def _on_paper_only(annotation: DictionaryObject, frame: Frame) -> bool:
    """Whether a print shows a field or button that no screen does; a picture of the page does not tell of it."""
    box = _shown(annotation, frame)
    drawn = box is None or (box[2] > box[0] and box[3] > box[1])
    return drawn and int(annotation.get("/F", 0) or 0) & FLAGS == ON_PAPER_ONLY


def _annotation(annotation: DictionaryObject, kind: str, number: int, frame: Frame) -> Remark:
    box = _shown(annotation, frame)
    text = str(annotation.get("/Contents", "") or "")[:200]
    hidden = bool(int(annotation.get("/F", 0) or 0) & HIDDEN)
    code = "embedded_file" if kind == "/FileAttachment" else "annotation"
    zh = f"页面上有{'隐藏的' if hidden else ''}批注 {kind[1:]}" + (f"：{text}" if text else "")
    en = f"The page has a {'hidden ' if hidden else ''}{kind[1:]} annotation" + (f": {text}" if text else "")
    return remark(code, zh, en, page=number, box=box)


def _actions(holder: Mapping[Opaque, Opaque], keys: tuple[str, ...], page: int | None = None) -> list[Remark]:
    """Remarks on active content under these keys; going to a page of the same file is no news."""
    found: list[Remark] = []
    waiting: list[tuple[Any, int]] = [(holder.get(key), 0) for key in keys]
    while waiting:
        entry, depth = waiting.pop()
        action = _dict(entry)
        if not action or depth > DEEP:
            continue
        kind = str(action.get("/S", ""))
        if kind in ACTIONS:
            code, zh, en = ACTIONS[kind]
            found.append(remark(code, zh, en, page=page))
        elif not kind:  # an additional-actions dictionary: one action per trigger
            waiting += [(value, depth + 1) for value in action.values()]
        following = action.get("/Next")
        waiting += [(item, depth + 1) for item in (_list(following) or [following])]
    return list(dict.fromkeys(found))


def _fields(reader: pypdf.PdfReader, found: Structure) -> None:
    form = _dict(_dict(reader.trailer.get("/Root")).get("/AcroForm"))
    walk = _FieldWalk(reader, found)
    for entry in _list(form.get("/Fields")):
        walk.visit(entry, "", "", "", 0)


class _FieldWalk:
    """The field tree; a widget's page is where /Annots lists it, else its /P."""

    def __init__(self, reader: pypdf.PdfReader, found: Structure) -> None:
        self._found = found
        self._frames: dict[int, Frame] = {}
        self._pages: dict[object, int] = {}
        self._holders: dict[object, int] = {}
        self._seen: set[object] = set()
        for number, page in enumerate(reader.pages, start=1):
            self._frames[number] = frame_of(page)
            self._pages[_reference(page)] = number
            self._holders.update({_key(entry): number for entry in _list(page.get("/Annots"))})

    def visit(self, entry: Opaque, prefix: str, kind: str, value: str, depth: int) -> None:
        """One field and its /Kids; name, kind and value are inherited downwards."""
        node = _dict(entry)
        if depth > DEEP or not node or _key(entry) in self._seen:
            return
        self._seen.add(_key(entry))
        own = str(node.get("/T", "") or "")
        name = f"{prefix}.{own}" if prefix and own else own or prefix
        kind = str(node.get("/FT", kind) or kind)
        value = _value(node, kind) if "/V" in node else value
        for kid in _list(node.get("/Kids")):
            self.visit(kid, name, kind, value, depth + 1)
        if name and kind != "/Sig" and value:
            self._found.form[name] = value
        if "/Rect" in node:
            self._place(entry, node, name, kind, value)

    def _place(self, entry: Opaque, node: DictionaryObject, name: str, kind: str, value: str) -> None:
        number = self._holders.get(_key(entry)) or self._pages.get(
            _key(node.raw_get("/P")) if "/P" in node else None, 0
        )
        box = _shown(node, self._frames[number]) if number in self._frames else None
        if box is None:
            return
        self._found.widgets.append(Widget(name, kind, value, number, box))
        if kind == "/Sig":
            self._found.remarks.append(_signature(node, name, number, box))


def _signature(node: DictionaryObject, name: str, page: int, box: Box) -> Remark:
    signature = _dict(node.get("/V"))
    if not signature and isinstance(node.get("/Parent"), (IndirectObject, DictionaryObject)):
        signature = _dict(_dict(node.get("/Parent")).get("/V"))
    if not signature:
        zh, en = f"未签署的电子签名域 {name}", f"Empty digital signature field {name}"
        return remark("signature_field", zh, en, page=page, box=box)
    signer = str(signature.get("/Name", "") or signature.get("/SubFilter", "") or "?")
    zh, en = f"电子签名域 {name}：{signer}", f"Digital signature {name}: {signer}"
    return remark("digital_signature", zh, en, page=page, box=box)


def _value(node: DictionaryObject, kind: str) -> str:
    value = node.get("/V")
    value = value.get_object() if isinstance(value, IndirectObject) else value
    if kind == "/Sig" or value is None:
        return ""
    if isinstance(value, StreamObject):
        return value.get_data().decode("utf-8", "replace")
    if isinstance(value, ArrayObject):
        return ", ".join(str(item) for item in value)
    text = str(value)
    return text[1:] if kind == "/Btn" and text.startswith("/") else text


def _shown(holder: Mapping[Opaque, Opaque], frame: Frame) -> Box | None:
    try:
        return frame.shown(_rect(holder.get("/Rect")))
    except (TypeError, ValueError, IndexError):
        return None


def _rect(value: Opaque) -> Box:
    parts: Opaque = value.get_object() if isinstance(value, IndirectObject) else value
    x0, y0, x1, y1 = (float(part) for part in parts)
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _dict(value: Opaque) -> DictionaryObject:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    return resolved if isinstance(resolved, DictionaryObject) else DictionaryObject()


def _list(value: Opaque) -> ArrayObject:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    return resolved if isinstance(resolved, ArrayObject) else ArrayObject()


def _key(entry: Opaque) -> object:
    return (entry.idnum, entry.generation) if isinstance(entry, IndirectObject) else id(entry)


def _reference(page: Opaque) -> object:
    return _key(page.indirect_reference) if page.indirect_reference is not None else id(page)
