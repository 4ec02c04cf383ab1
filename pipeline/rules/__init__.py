"""The ways of checking that packs may name; a rule is a table in a pack, a check is a class here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.packs import Check
from pipeline.rules.catalogue import CatalogueCeiling, CataloguePrice, CatalogueTrait
from pipeline.rules.dossier import BothForms, RequiredParts, RulesPassed, TimeOrder
from pipeline.rules.entries import PlainEntries
from pipeline.rules.fields import AllowedSuffix, EqualFields, OneOf, RequiredFields
from pipeline.rules.lock import Lock
from pipeline.rules.money import CapitalsEqual, LineArithmetic, SumEquals, TaxSplit
from pipeline.rules.numbering import NumberHolder, NumberInTerm
from pipeline.rules.paper import ScanQuality
from pipeline.rules.parties import Agreeing
from pipeline.rules.registers import EditionInForce, Registered
from pipeline.rules.same_content import SameContent
from pipeline.rules.seals import SealColour, SealedBy, SealKindAccepted, SealOwner, SealPresent
from pipeline.rules.straddle import StraddleSeal
from pipeline.rules.terms import FreshDate, LeadTime, Term
from pipeline.rules.text import NamedParty
from pipeline.rules.unmodified import Unmodified

_ALL: tuple[type[Check], ...] = (
    AllowedSuffix,
    EqualFields,
    OneOf,
    PlainEntries,
    RequiredFields,
    CapitalsEqual,
    LineArithmetic,
    SumEquals,
    TaxSplit,
    FreshDate,
    LeadTime,
    Term,
    CatalogueCeiling,
    CataloguePrice,
    CatalogueTrait,
    EditionInForce,
    Registered,
    NamedParty,
    ScanQuality,
    Unmodified,
    SealColour,
    SealedBy,
    SealKindAccepted,
    SealOwner,
    SealPresent,
    StraddleSeal,
    Agreeing,
    BothForms,
    Lock,
    NumberHolder,
    NumberInTerm,
    RequiredParts,
    RulesPassed,
    SameContent,
    TimeOrder,
)

CHECKS: Mapping[str, type[Check]] = MappingProxyType({check.name: check for check in _ALL})
