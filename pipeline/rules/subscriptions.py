"""What is added to a running subscription shares its billing and its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from pydantic import Field

from pipeline.model import Bilingual, Outcome
from pipeline.packs import CaseCheck, Dossier, FieldSpec, Judgement, OtherCase, RegisterUse, World
from pipeline.rules.compare import same
from pipeline.rules.dossier import best_reading, dossier_of, first_reading, not_there, sheet
from pipeline.rules.fields import problem_of
from pipeline.rules.reading import Reading, rows_of
from pipeline.rules.wording import say
from pipeline.values import parse

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Subscription:
    """One product that runs; `billing` empty and `end` None when not known, `sure` = read well enough to refuse by."""

    product: str
    billing: str
    end: date | None
    source: Bilingual
    sure: bool = True


class JoinsSubscription(CaseCheck):
    """Each row of an order whose `field` has one of `values` ends and is billed like the subscription it belongs to.

    Subscriptions are known from other cases of the same customer and tenant that were delivered (tenant and end as
    recorded there under `tenant_value` and `end_value`), and from a register whose columns are named like the fields.
    Where none is known nothing passes.
    """

    name: ClassVar[str] = "joins_subscription"
    looks_elsewhere: ClassVar[bool] = True
    documents: tuple[str, ...] = Field(min_length=1)
    field: str
    values: tuple[str, ...]
    customer: str
    tenant: str
    billing: str
    table: str
    product: str
    end: str
    tenant_value: str
    end_value: str
    register_name: str
    register_others: tuple[str, ...] = ()

    def register_uses(self) -> tuple[RegisterUse, ...]:
        fields = {key: key for key in (self.customer, self.tenant, self.billing)}
        fields |= {key: f"{self.table}.1.{key}" for key in (self.product, self.end)}
        columns = {column: f"{self.documents[0]}.{key}" for column, key in fields.items()}
        return (RegisterUse(name=self.register_name, columns=columns, others=self.register_others),)

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        document, kind = first_reading(dossier, self.documents, self.field)
        if kind is None:
            yield not_there()
            return
        part, reading = kind
        if reading.state != "read":
            message = say(
                f"{reading.title.zh}未能读出，见其他规则", f"{reading.title.en} was not read; see other rules"
            )
            yield Judgement(outcome="n/a", message=message)
        elif reading.text not in self.values:
            yield Judgement(outcome="n/a", message=say("不是增购订单", "Nothing is added to a subscription"))
        else:
            for judgement in self._rows(dossier, document, world):
                yield judgement.model_copy(update={"document": sheet(part.facts)})

    def _rows(self, dossier: Dossier, document: str, world: World) -> Iterator[Judgement]:
        customer, tenant, billing = (
            _read(dossier, document, key) for key in (self.customer, self.tenant, self.billing)
        )
        if problem := problem_of(customer) or problem_of(tenant) or problem_of(billing):
            yield problem.model_copy(update={"outcome": "unsure"})
            return
        known = [*self._delivered(dossier, world, customer, tenant), *self._entered(dossier, world, customer, tenant)]
        parts = dossier.parts_of(document)
        rows = sorted({row for part in parts for row in rows_of(part.facts, self.table)})
        if not rows:
            yield Judgement(outcome="unsure", message=say("未读到任何订单行", "No line was read"))
        for row in rows:
            product, end = (_read(dossier, document, f"{self.table}.{row}.{key}") for key in (self.product, self.end))
            if problem := problem_of(product) or problem_of(end):
                yield problem.model_copy(update={"outcome": "unsure"})  # a blank end is no other end
            else:
                mine = [each for each in known if same(each.product, product.text)]
                running = [each for each in mine if each.end is None or each.end >= world.today]
                words = _Words(_column(dossier, document, self.billing))
                yield (
                    words.compared(product, end, billing, running) if running else self._unknown(product, tenant, mine)
                )

    def _delivered(self, dossier: Dossier, world: World, customer: Reading, tenant: Reading) -> Iterator[Subscription]:
        """What other cases of this customer and tenant were delivered with."""
        for case in world.cases:
            theirs = dossier_of(case, dossier)
            document, found = first_reading(theirs, self.documents, self.customer)
            if case.opened is None or found is None or not _agrees(found[1], customer):
                continue
            recorded = case.values.get(self.tenant_value, "")
            if same(recorded, tenant.text) or (not recorded and _agrees(_read(theirs, document, self.tenant), tenant)):
                yield from self._lines(case, theirs, document)

    def _lines(self, case: OtherCase, theirs: Dossier, document: str) -> Iterator[Subscription]:
        billing, end = _read(theirs, document, self.billing), _day(case.values.get(self.end_value, ""))
        for row in sorted({row for part in theirs.parts_of(document) for row in rows_of(part.facts, self.table)}):
            product = _read(theirs, document, f"{self.table}.{row}.{self.product}")
            if product.state == "read":
                paid = billing.text if billing.state == "read" else ""
                yield Subscription(product.text, paid, end, say(case.id, case.id), product.sure and billing.sure)

    def _entered(self, dossier: Dossier, world: World, customer: Reading, tenant: Reading) -> Iterator[Subscription]:
        """What the register has of this customer and tenant."""
        spec = _column(dossier, self.documents[0], self.billing)
        source = say(f"登记表 {self.register_name}", f"the register {self.register_name}")
        for row in world.registers.get(self.register_name, ()):
            cells = {key: str(row.get(key, "")) for key in (self.customer, self.tenant, self.billing, self.product)}
            if same(cells[self.customer], customer.text) and same(cells[self.tenant], tenant.text):
                billing = parse(spec.type, cells[self.billing], options=spec.options).value if spec else None
                yield Subscription(cells[self.product], billing or "", _day(str(row.get(self.end, ""))), source)

    def _unknown(self, product: Reading, tenant: Reading, ended: Sequence[Subscription]) -> Judgement:
        last = max((each.end for each in ended if each.end), default=None)
        why = say(f"已于 {last} 到期", f"ended on {last}") if last else say("没有记录", "is not on file")
        return Judgement(
            outcome="unsure",
            message=say(
                f"{product.text} 在租户 {tenant.text} 的原订阅{why.zh}，付款周期与到期日无从核对",
                f"The subscription of {product.text} at {tenant.text} {why.en}; billing and end cannot be compared",
            ),
            fix=say(
                f"核实原订阅，记入登记表 {self.register_name} 后重新判断，或由人说明理由接受",
                f"Find out, enter it in the register {self.register_name} and judge again, or accept with a reason",
            ),
            found=product.text,
            **product.place(),
        )


class _Words:
    """Compares one row with the running subscriptions of its product, in words."""

    def __init__(self, billing: FieldSpec | None) -> None:
        self._options = billing.options if billing else {}

    def compared(self, product: Reading, end: Reading, billing: Reading, running: Sequence[Subscription]) -> Judgement:
        equal = [each for each in running if (each.end, each.billing) == (end.day, billing.text)]
        outcome: Outcome = "fail"
        if equal and not _contradictory(running):
            outcome = "pass"
        elif not (product.sure and end.sure and billing.sure) or _doubtful(running, end.day, billing.text):
            outcome = "unsure"
        verb = {"pass": say("一致", "as"), "fail": say("不一致", "not as")}.get(
            outcome, say("未能确认一致", "not certainly as")
        )
        named, own = (equal[:1] if outcome == "pass" else running), self._terms(billing.text, end.day)
        terms = [self._terms(each.billing, each.end) for each in named]
        listed = say(
            "；".join(f" {each.source.zh}（{told.zh}）" for each, told in zip(named, terms, strict=True)),
            "; ".join(f"{each.source.en} ({told.en})" for each, told in zip(named, terms, strict=True)),
        )
        return Judgement(
            outcome=outcome,
            message=say(
                f"{product.text}：{own.zh}，与{listed.zh}{verb.zh}", f"{product.text}: {own.en}, {verb.en} {listed.en}"
            ),
            expected=" / ".join(told.zh for told in dict.fromkeys(terms)),
            found=own.zh,
            **end.place(),
        )

    def _terms(self, billing: str, end: date | None) -> Bilingual:
        printed = self._options.get(billing, (billing or "付款周期不明",))[0]
        return say(
            f"{printed}，{end or '到期日不明'} 到期", f"{billing or 'billing unknown'}, until {end or 'unknown'}"
        )


def _contradictory(running: Sequence[Subscription]) -> bool:
    """One subscription has one frequency: the same end under two of them is a mistake in what is on file."""
    return len({each.end for each in running}) < len({(each.end, each.billing) for each in running})


def _doubtful(running: Sequence[Subscription], end: date | None, billing: str) -> bool:
    """What is on file is not whole, or the end is the day before or after: an end may be printed either way."""
    near = end is not None and any(each.end in (end - _DAY, end + _DAY) and each.billing == billing for each in running)
    whole = all(each.end is not None and each.billing and each.sure for each in running)
    return near or not whole or _contradictory(running)


def _read(dossier: Dossier, document: str, key: str) -> Reading:
    best = best_reading(dossier, f"{document}.{key}")
    return best[1] if best else Reading(key, say(key, key), "unread")


def _agrees(theirs: Reading, mine: Reading) -> bool:
    return theirs.state == "read" and same(theirs.text, mine.text)


def _column(dossier: Dossier, document: str, key: str) -> FieldSpec | None:
    pack = dossier.case.packs.get(document) if dossier.case else None
    return pack.column(key) if pack else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
