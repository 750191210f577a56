"""References to artifacts: the one form, and how each type of parameter wants them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.artifacts import (
    Arrival,
    ArtifactRef,
    artifacts_in,
    bytes_in_words,
    in_one_line,
    is_file,
)
from jupyter_flow.core.expressions import Compare, Constant, EvaluationError, ValueRef, evaluate
from jupyter_flow.core.notebooks.arriving import arriving
from jupyter_flow.core.notebooks.parameter_types import check, convert

DIGEST = "ab" * 32


def ref_of(of: str = "pandas.DataFrame", form: str = "parquet", **more: Any) -> ArtifactRef:
    return ArtifactRef(digest=DIGEST, format=form, size=56_123, type=of, **more)


FRAME = ref_of(name="values/df.parquet", preview={"summary": "1,234 rows x 8"})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=40)
@given(
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    form=st.from_regex(r"[a-z0-9_]{1,8}(\.[a-z0-9_]{1,8})?", fullmatch=True),
    size=st.integers(0),
    of=st.text(),
    name=st.text(),
    preview=st.dictionaries(st.text(), json_values),
)
def test_a_reference_is_read_as_it_was_written(
    digest: str, form: str, size: int, of: str, name: str, preview: dict[str, Any]
) -> None:
    ref = ArtifactRef(digest=digest, format=form, size=size, type=of, name=name, preview=preview)
    assert ArtifactRef.read(ref.as_json()) == ref
    assert is_file(ref.file)


@settings(max_examples=40)
@given(json_values)
def test_no_other_value_is_taken_for_one(value: Any) -> None:
    assert ArtifactRef.read(value) is None
    assert ArtifactRef.read({"$artifact": value}) is None


@pytest.mark.parametrize("more", [{}, {"$artifact": {}, "more": 1}])
def test_one_among_other_keys_is_none(more: dict[str, Any]) -> None:
    assert ArtifactRef.read({**FRAME.as_json(), "other": 1, **more}) is None


@pytest.mark.parametrize(
    ("digest", "form"), [("x" * 64, "bin"), ("ab", "bin"), (DIGEST, ""), (DIGEST, "../x")]
)
def test_what_could_lead_elsewhere_is_refused(digest: str, form: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        ArtifactRef(digest=digest, format=form, size=1)
    said = {"digest": digest, "format": form, "size": 1}
    assert ArtifactRef.read({"$artifact": said}) is None


def test_people_read_one_line() -> None:
    assert FRAME.line == "parquet, 1,234 rows x 8, 56 kB"
    assert in_one_line({"a": [FRAME.as_json(), 1]}) == {"a": [FRAME.line, 1]}
    assert list(artifacts_in({"a": [FRAME.as_json(), 1], "b": (FRAME.as_json(),)})) == [FRAME] * 2


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_951, "10 kB"),
     (999_499, "999 kB"), (999_501, "1.0 MB"), (5 * 10**15, "5000 TB")],
)  # fmt: skip
def test_bytes_in_words(size: int, words: str) -> None:
    assert bytes_in_words(size) == words


TEXT, LIST, DICT = ref_of("str", "txt"), ref_of("list", "json"), ref_of("dict", "json")


@pytest.mark.parametrize(
    ("ref", "annotation", "way"),
    [
        (FRAME, "", "object"),
        (FRAME, "pd.DataFrame", "object"),
        (FRAME, "pd.DataFrame | None", "object"),
        (FRAME, "Any", "object"),
        (FRAME, "Path", "path"),
        (FRAME, "pathlib.Path | None", "path"),
        (FRAME, "str", "text"),
        (FRAME, "str | Path", "path"),
        (FRAME, "Artifact", "artifact"),
        (FRAME, "jupyter_flow.Artifact | Path", "artifact"),
        (TEXT, "str", "object"),
        (TEXT, "Path", "path"),
        (LIST, "list", "object"),
        (LIST, "list[int]", "object"),
        (DICT, "dict[str, int] | None", "object"),
    ],
)
def test_each_type_gets_what_it_wants(ref: ArtifactRef, annotation: str, way: str) -> None:
    value = ref.as_json()
    assert check(value, annotation) is None
    assert convert(value, annotation) == value
    assert arriving(value, annotation) == Arrival(ref, way)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ref", "annotation"),
    [(FRAME, "int"), (FRAME, "bool | None"), (FRAME, "float"), (FRAME, "date"), (FRAME, "list"),
     (FRAME, "dict"), (DICT, "list"), (LIST, "tuple[int, int]"), (TEXT, "int"),
     (FRAME, 'Literal["a"]')],
)  # fmt: skip
def test_what_does_not_fit_is_told_by_its_line(ref: ArtifactRef, annotation: str) -> None:
    wrong = check(ref.as_json(), annotation)
    assert wrong is not None
    assert f"an artifact ({ref.line})" in wrong


def test_items_arrive_as_the_type_of_items_says() -> None:
    value = [FRAME.as_json(), FRAME.as_json()]
    assert arriving(value, "") == [Arrival(FRAME, "object")] * 2
    assert arriving(value, "list[Path]") == [Arrival(FRAME, "path")] * 2
    assert arriving({"a": FRAME.as_json()}, "dict[str, Artifact]") == {
        "a": Arrival(FRAME, "artifact")
    }
    assert check(value, "list[int]") is not None


class _Scope:
    def param(self, name: str) -> Any:
        raise LookupError(name)

    def value(self, task: str, name: str) -> Any:
        return FRAME.as_json()


@pytest.mark.parametrize("operator", ["==", "!=", "<", ">=", "in", "not in"])
@pytest.mark.parametrize("swapped", [True, False])
def test_artifacts_are_not_compared(operator: Any, *, swapped: bool) -> None:
    sides = [ValueRef("train", "df"), Constant("digest")]
    left, right = reversed(sides) if swapped else sides
    with pytest.raises(EvaluationError, match="hand on a small value"):
        evaluate(Compare(left, operator, right), _Scope())
