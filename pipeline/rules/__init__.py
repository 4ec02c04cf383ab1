"""The ways of checking that packs may name; a rule is a table in a pack, a check is a class here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.packs import Check
from pipeline.rules.alarms import AccountAnnounced
from pipeline.rules.aside import SetAside
from pipeline.rules.catalogue import CatalogueCeiling, CataloguePrice, CatalogueTrait
from pipeline.rules.counts import CountsAgree
from pipeline.rules.decision import DecisionTable
from pipeline.rules.delivery import CoverLists, OpenedAsOrdered, Period
from pipeline.rules.dossier import BothForms, RequiredParts, RulesPassed, TimeOrder
from pipeline.rules.elsewhere import NoDuplicate, SeenOnce
from pipeline.rules.entries import PlainEntries
from pipeline.rules.esign import SealPicture, SignatureFacts, SignedWhole
from pipeline.rules.fields import AllowedSuffix, EqualFields, OneOf, RequiredFields
from pipeline.rules.lock import Lock
from pipeline.rules.money import CapitalsEqual, LineArithmetic, SumEquals, TaxSplit
from pipeline.rules.numbering import NumberHolder, NumberInTerm
from pipeline.rules.originals import LateOriginals
from pipeline.rules.paper import ScanQuality
from pipeline.rules.parties import Agreeing, DealsWith, NamesParty
from pipeline.rules.payment import AmountDue, AsRegistered, NamesNumber
from pipeline.rules.products import CatalogueName, TraitNeeds
from pipeline.rules.registers import EditionInForce, Registered
from pipeline.rules.same_content import SameContent
from pipeline.rules.seal_blanks import FilledWhenSealed, UnderSeal
from pipeline.rules.seal_copies import NotPasted
from pipeline.rules.seal_marks import SealLegible, SealPosition, SealSize
from pipeline.rules.seal_parties import RightParty, SameOwner
from pipeline.rules.seal_register import AsKept
from pipeline.rules.seals import SealColour, SealedBy, SealKindAccepted, SealOwner, SealPresent
from pipeline.rules.senders import SenderListed
from pipeline.rules.settlement import RateOnFile
from pipeline.rules.straddle import StraddleSeal
from pipeline.rules.subscriptions import JoinsSubscription
from pipeline.rules.terms import FreshDate, LeadTime, Term, WithinTerm
from pipeline.rules.text import NamedParty
from pipeline.rules.unmodified import Unmodified

_ALL: tuple[type[Check], ...] = (
    AccountAnnounced,
    AllowedSuffix,
    EqualFields,
    OneOf,
    PlainEntries,
    RequiredFields,
    CountsAgree,
    SetAside,
    CapitalsEqual,
    LineArithmetic,
    SumEquals,
    TaxSplit,
    FreshDate,
    LeadTime,
    Term,
    WithinTerm,
    CatalogueCeiling,
    CatalogueName,
    CataloguePrice,
    CatalogueTrait,
    EditionInForce,
    Registered,
    NamedParty,
    ScanQuality,
    Unmodified,
    AsKept,
    SealColour,
    SealedBy,
    SealKindAccepted,
    SealOwner,
    SealPresent,
    StraddleSeal,
    FilledWhenSealed,
    NotPasted,
    RightParty,
    SameOwner,
    SealLegible,
    SealPosition,
    SealSize,
    SealPicture,
    SignatureFacts,
    SignedWhole,
    Agreeing,
    AmountDue,
    AsRegistered,
    BothForms,
    CoverLists,
    DealsWith,
    DecisionTable,
    JoinsSubscription,
    LateOriginals,
    Lock,
    NamesNumber,
    NamesParty,
    NoDuplicate,
    NumberHolder,
    NumberInTerm,
    OpenedAsOrdered,
    Period,
    RateOnFile,
    RequiredParts,
    RulesPassed,
    SameContent,
    SeenOnce,
    SenderListed,
    TimeOrder,
    TraitNeeds,
    UnderSeal,
)

CHECKS: Mapping[str, type[Check]] = MappingProxyType({check.name: check for check in _ALL})
