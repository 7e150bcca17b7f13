"""What a camera may be watched for follows from what the model that watches knows by name."""

from dataclasses import replace

from console.application.onboarding_desk import RULE_KINDS, SEEN_BY_OWN_MODEL, ModelLabels, offered_rules
from console.domain.categories import Category
from console.domain.ids import CameraId, CategoryCode
from console.infrastructure.categories_csv import read_categories
from resources.locate import locate

TABLES = ("categories/gbt47678.5-2026.csv", "categories/local.csv")
KNOWN: dict[CategoryCode, Category] = {one.code: one for name in TABLES for one in read_categories(locate(name))}
STREET = frozenset({"person", "car", "truck", "bus", "motorcycle", "bicycle"})
BURNING = CategoryCode("06020")


def codes(labels: ModelLabels | None) -> list[CategoryCode]:
    return [one.kind.category for one in offered_rules(KNOWN, labels)]


def test_fire_is_offered_only_where_the_model_knows_fire() -> None:
    assert BURNING not in codes(ModelLabels(STREET))
    assert BURNING in codes(ModelLabels(STREET | {"smoke"}))
    assert BURNING in codes(None), "who cannot tell offers all"


def test_rules_that_ask_no_model_are_offered_with_any() -> None:
    unasked = [kind.category for kind in RULE_KINDS if not kind.labels]
    assert unasked and set(unasked) <= set(codes(ModelLabels(frozenset({"banner"}))))


def test_each_label_of_a_model_of_ones_own_is_a_rule_by_its_name() -> None:
    own = offered_rules(KNOWN, ModelLabels(STREET | {"banner", "smoke"}, ("banner", "smoke")))
    plugged = [one for one in own if one.kind.category == SEEN_BY_OWN_MODEL]
    assert [one.kind.labels for one in plugged] == [("banner",)], "smoke has a matter of its own"
    assert plugged[0].category.zh.endswith("banner") and plugged[0].category.en.endswith("banner")
    assert plugged[0].kind.rule_for(CameraId("c1"), "区域", dwell_s=0.0, figures=plugged[0].kind.figures).labels == (
        "banner",
    )


def test_a_site_that_does_not_file_the_matter_is_not_offered_it() -> None:
    filed = {code: replace(one) for code, one in KNOWN.items() if code != SEEN_BY_OWN_MODEL}
    own = ModelLabels(STREET | {"banner"}, ("banner",))
    assert SEEN_BY_OWN_MODEL not in [one.kind.category for one in offered_rules(filed, own)]
