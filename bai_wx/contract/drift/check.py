"""Compares each collection's model with what the contract says of it, fact by fact.

A difference is a line that names the place in the contract (file, line, pointer) and in the model (file, line,
attribute). What could not be compared is named too: a check that passes has compared everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bai_wx.contract import row_filters
from bai_wx.contract.bundler import Contract
from bai_wx.contract.collections import CollectionSpec, Unique, collections
from bai_wx.contract.drift import truth_tables
from bai_wx.contract.drift.facts import (
    KEYWORDS,
    LIMITING,
    LIMITS,
    Fact,
    Report,
    Subject,
    contract_facts,
)
from bai_wx.contract.drift.model_facts import EITHER, model_facts, place_of, place_of_index
from bai_wx.contract.drift.repeated_limits import compare_repeated
from bai_wx.contract.drift.truth_tables import Claim, Conditions
from bai_wx.contract.field_specs import FieldSpec
from bai_wx.contract.row_filters import RowFilter
from bai_wx.dialect.conditions import UniqueIndex, bound, unique_indexes
from bai_wx.record.base import Record

ALL_LIMITS = frozenset(name for names in LIMITS.values() for name in names)
Models = Mapping[str, type[Record]]


class Places(NamedTuple):
    """Where something stands in the contract and in the model."""

    contract: str
    model: str


def check(contract: Contract, models: Models) -> Report:
    """Compare every collection of the contract with its model, and every model with its collection."""
    report = Report()
    specs = collections(contract)
    for name in sorted(specs.keys() | models.keys()):
        spec, model = specs.get(name), models.get(name)
        if spec and model:
            _Comparison(spec, model, report).run()
        elif spec:
            report.differences.append(f"{name}: in the contract ({spec.spot}), and no model")
        elif model:
            place = place_of(model, "")
            report.differences.append(f"{name}: a model ({place}), and not in the contract")
    compare_repeated(contract, specs, report)
    return report


@dataclass(frozen=True)
class _Comparison:
    """The comparison of one collection with its model."""

    spec: CollectionSpec
    model: type[Record]
    report: Report

    def run(self) -> None:
        self._compare_facts()
        self._name_unknown()
        self._compare_visible()
        self._compare_uniques()
        for field in (*self.spec.common.values(), *self.spec.fields.values()):
            self._note_left_out(field)
            self._compare_derived(field)

    def _compare_facts(self) -> None:
        said, other = contract_facts(self.spec), model_facts(self.model)
        missing = {each.field for each in said.keys() ^ other.keys() if each.fact == "field"}
        of_other_kind = {
            each.field
            for each in said.keys() & other.keys()
            if each.fact == "kind" and said[each].value != other[each].value
        }
        for subject in sorted(said.keys() | other.keys()):
            if subject.field in missing and subject.fact != "field":
                continue
            if subject.field in of_other_kind and subject.fact in (*ALL_LIMITS, "required"):
                continue
            if subject.fact == "required by create" and (subject in said) != (subject in other):
                continue  # set apart in the contract, or not set by create on one side
            here = said.get(subject, _nothing(subject, str(self.spec.spot)))
            there = other.get(subject, _nothing(subject, place_of(self.model, subject.field)))
            self.report.count(self.spec.name)
            if here.value != there.value and there.value is not EITHER:
                self.report.differ(subject, here, there)

    def _name_unknown(self) -> None:
        for verb, name, place in self.spec.unknown():
            subject = Subject(self.spec.name, name, f"set by {verb}")
            self.report.differences.append(
                f"{subject}: in the body ({place}), and no field of the record"
            )

    def _note_left_out(self, field: FieldSpec) -> None:
        """Note the limits of a field that no model of its kind has."""
        limits = LIMITS.get(field.kind, ())
        compared = {KEYWORDS[name] for name in limits} | (
            {"enum"} if "minimum" in limits else set()
        )
        for keyword in sorted(LIMITING & field.keywords.values.keys() - compared):
            subject = Subject(self.spec.name, field.name, keyword)
            self._leave_out(subject, str(field.spot_of(keyword)), "no model limits this kind so")

    def _leave_out(self, subject: Subject, place: str, why: object) -> None:
        self.report.left_out.append(f"{subject} ({place}): {why}")

    def _compare_visible(self) -> None:
        spec, model = self.spec, self.model
        places = Places(
            str(spec.spot_of("x-visible" if spec.visible else "x-owner")), place_of(model, "shown")
        )
        self._compare_rows(
            Subject(spec.name, "", "visible rows"),
            "shown",
            lambda: Claim(self._read(spec.visible), spec.owner, is_of_visible=True),
            lambda viewer: model.visible(model, viewer.openid, viewer.now),
            places,
        )

    def _compare_derived(self, field: FieldSpec) -> None:
        made: Any = self.model.record_fields().get(field.name)
        when = getattr(made, "when", None)
        if field.derived is None or not field.derived.when or when is None:
            return  # that it is derived, and as what, is a fact of its own
        text = field.derived.when
        self._compare_rows(
            Subject(self.spec.name, field.name, "derived"),
            f"shown as {field.derived.value}",
            lambda: Claim(self._read(text)),
            lambda viewer: when(self.model, bound(viewer.now)),
            Places(str(field.spot_of("x-derived")), place_of(self.model, field.name)),
        )

    def _compare_uniques(self) -> None:
        said = {tuple(sorted(each.fields)): each for each in self.spec.uniques}
        other = {tuple(sorted(each.fields)): each for each in unique_indexes(self.model)}
        for fields in sorted(said.keys() | other.keys()):
            self._compare_unique(
                Subject(self.spec.name, "", f"unique ({', '.join(fields)})"),
                said.get(fields),
                other.get(fields),
            )

    def _compare_unique(
        self, subject: Subject, said: Unique | None, index: UniqueIndex | None
    ) -> None:
        here = str(said.spot if said else self.spec.spot_of("x-unique"))
        places = Places(here, place_of_index(self.model, index))
        if said and index:
            self._compare_rows(
                subject,
                "unique",
                lambda: Claim(self._read(said.when)),
                lambda _: index.where,
                places,
            )
        else:
            self.report.count(self.spec.name)
            here_is, there_is = said is not None, index is not None
            self.report.differ(
                subject, Fact(here_is, places.contract), Fact(there_is, places.model)
            )

    def _compare_rows(
        self, subject: Subject, word: str, claim: Any, condition: Conditions, places: Places
    ) -> None:
        """Compare by a truth table. `claim` makes the `Claim`; `word` says what its rows are."""
        try:
            found = truth_tables.compare(self.model, claim(), condition)
        except ValueError as exc:
            self._leave_out(subject, places.contract, exc)
            return
        self.report.count(subject.collection)
        self.report.rows += found.rows
        if found.first:
            words = (word, f"not {word}")
            here, there = words if found.first.expected else reversed(words)
            about = f"{subject}, {found.first}"
            self.report.differ(about, Fact(here, places.contract), Fact(there, places.model))

    def _read(self, text: str) -> RowFilter | None:
        return row_filters.read(text, {*self.spec.fields, *self.spec.common}) if text else None


def _nothing(subject: Subject, place: str) -> Fact:
    return Fact(False if subject.fact == "field" else "none", place)
