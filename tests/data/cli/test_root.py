"""The root command: verbs, mistakes and exit codes."""

import pytest

from data.cli.root import answer, run_verb
from data.errors import XuepeiError


def test_a_misspelt_verb_names_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["simulat"]) == 2
    assert "did you mean 'simulate'?" in capsys.readouterr().err


def test_an_unknown_verb_lists_those_that_exist() -> None:
    with pytest.raises(XuepeiError, match=r"the verbs are .*recommend"):
        run_verb(["zzzz"])


def test_help_lists_every_verb_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer([]) == 0
    shown = capsys.readouterr().out
    for verb in ("simulate", "import", "train", "evaluate", "recommend", "batch", "serve", "demo"):
        assert f"  {verb} " in shown


def test_an_unknown_option_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["train", "--no-such-option"]) == 2
    assert "no-such-option" in capsys.readouterr().err


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["--version"]) == 0
    assert capsys.readouterr().out.startswith("xuepei 0.")


def test_an_interrupted_verb_says_that_nothing_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("data.cli.root.run_verb", interrupted)
    assert answer(["train"]) == 130
    assert "nothing was changed" in capsys.readouterr().err
