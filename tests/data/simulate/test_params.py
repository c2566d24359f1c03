from pathlib import Path

import pytest

from data.simulate import PRESETS, SimulationError, SimulationParams, preset

DOC = Path(__file__).parents[3] / "docs/simulation.md"


def test_every_parameter_has_its_own_sentence_and_default() -> None:
    fields = SimulationParams.model_fields
    sentences = [field.description for field in fields.values()]
    assert all(sentence and sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(sentences)
    assert not [name for name, field in fields.items() if field.is_required()]


def test_the_documentation_lists_every_parameter_with_its_default() -> None:
    text = DOC.read_text("utf-8")
    missing = [
        name
        for name, field in SimulationParams.model_fields.items()
        if f"| `{name}` | `{field.default!r}` | {field.description} |" not in text
    ]
    assert missing == []


def test_tiny_is_one_district_and_pilot_the_plans_three() -> None:
    assert PRESETS["tiny"].districts == ("330113",)
    assert PRESETS["pilot"].districts == ("330113", "330114", "330111")
    assert PRESETS["pilot"].learners == 20_000


def test_settings_override_the_preset() -> None:
    params = preset("tiny", ["learners=99", "open_term=2024春", 'districts=["330106"]'])
    assert (params.learners, params.open_term, params.districts) == (99, "2024春", ("330106",))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("learner=5", "learners"),
        ("learners", "name=value"),
        ("learners=many", "learners"),
        ("new_share=1.5", "new_share"),
        ('districts=["330100"]', "330113"),
        ('districts=["330113", "330113"]', "different"),
        ("open_term=autumn", "open_term"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(setting: str, said: str) -> None:
    with pytest.raises(SimulationError, match=said):
        preset("tiny", [setting])


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(SimulationError, match="tiny, pilot, city"):
        preset("metropolis")
