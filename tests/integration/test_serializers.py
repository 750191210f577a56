"""Objects of real libraries come back from their files as what they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.serializers import _installed, serializer_for
from jupyter_flow.serializers.loading import Artifact, load_artifact
from jupyter_flow.serializers.writing import write

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def hand_on(tmp_path: Path) -> Callable[[Any], tuple[ArtifactRef, Path]]:
    """Write an object as a task does; what is told of it, and the file under its digest."""

    def path_of(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        return path

    def written(value: Any) -> tuple[ArtifactRef, Path]:
        ref = ArtifactRef.read(write("x", value, "x", path_of, []))
        assert ref is not None
        assert len(json.dumps(ref.as_json())) < 6_000
        stored = tmp_path / ref.file
        stored.unlink(missing_ok=True)
        return ref, (tmp_path / ref.name).rename(stored)

    return written


def frames() -> dict[str, Any]:
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return {
        "pandas": pd.DataFrame(
            {
                "n": pd.array([1, None], dtype="Int64"),
                "word": ["a", None],
                "at": pd.to_datetime([moment, moment]),
                "kind": pd.Categorical(["x", "y"]),
            },
            index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["one", "two"]),
        ),
        "no rows": pd.DataFrame({"a": pd.Series([], dtype="float64")}),
        "wide": pd.DataFrame(np.zeros((3, 500)), columns=[f"column {n}" * 9 for n in range(500)]),
        "pandas series": pd.Series([1.5, 2.5], index=["p", "q"], name="price"),
        "nameless series": pd.Series([1, 2]),
        "polars": pl.DataFrame({"a": [1, None], "b": [["x"], []], "at": [moment, moment]}),
        "polars series": pl.Series("s", [1, 2]),
        "nameless polars": pl.Series([1, 2]),
        "pyarrow": pa.table({"a": [1, 2], "b": [None, {"c": 1}]}),
    }


@pytest.mark.parametrize("name", list(frames()))
def test_frames_come_back_as_they_were(name: str, hand_on: Any) -> None:
    value = frames()[name]
    ref, path = hand_on(value)
    found = load_artifact(path, ref.type)

    assert type(found) is type(value)
    assert ref.format == "parquet"
    if ref.type.startswith("pandas"):
        import pandas.testing

        same = getattr(pandas.testing, f"assert_{ref.type[7:].lower()}_equal".replace("data", ""))
        same(found, value)
        assert getattr(found, "name", None) == getattr(value, "name", None)
    else:
        assert found.equals(value)
        assert getattr(found, "name", None) == getattr(value, "name", None)


@pytest.mark.parametrize("name", list(frames()))
def test_the_same_frame_has_the_same_digest(name: str, hand_on: Any) -> None:
    assert hand_on(frames()[name])[0] == hand_on(frames()[name])[0]


def test_a_preview_says_what_is_in_a_frame(hand_on: Any) -> None:
    preview = hand_on(frames()["pandas"])[0].preview
    assert (preview["summary"], preview["shape"]) == ("2 rows x 4", [2, 4])
    assert list(preview["columns"]) == ["n", "word", "at", "kind"]
    assert preview["columns"]["n"] == "Int64"
    assert preview["head"][0][3] == "x"


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6.0).reshape(2, 3),
        np.array([], dtype="int8"),
        np.array(["2026-01-01"], dtype="datetime64[D]"),
        np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
    ],
)
def test_arrays_come_back_as_they_were(value: Any, hand_on: Any) -> None:
    ref, path = hand_on(value)
    found = load_artifact(path, ref.type)
    assert found.dtype == value.dtype
    assert np.array_equal(found, value)


def test_a_fitted_model_predicts_as_before(hand_on: Any) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    pipeline = pytest.importorskip("sklearn.pipeline")
    scaler = pytest.importorskip("sklearn.preprocessing").StandardScaler()
    xs, ys = np.arange(20.0).reshape(-1, 1), np.arange(20) > 9
    model = pipeline.make_pipeline(scaler, linear.LogisticRegression(C=0.5)).fit(xs, ys)
    ref, path = hand_on(model)

    assert ref.type == "sklearn.Pipeline"
    assert np.array_equal(load_artifact(path, ref.type).predict(xs), model.predict(xs))
    assert "steps" in ref.preview["parameters"]
    assert hand_on(model.fit(xs, ys))[0].digest == ref.digest


def test_figures_are_pictures_or_are_drawn_again(hand_on: Any) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    figure.subplots().set_title("ROC")
    ref, path = hand_on(figure)
    assert (ref.line.startswith("png, ROC"), load_artifact(path, ref.type)) == (True, path)
    assert path.read_bytes().startswith(b"\x89PNG")

    graph = pytest.importorskip("plotly.graph_objects")
    drawn = graph.Figure(graph.Bar(x=["a"], y=[1]), layout={"title": {"text": "Bars"}})
    ref, path = hand_on(drawn)
    assert ref.line.startswith("plotly.json, Bars")
    assert load_artifact(path, ref.type) == drawn


@pytest.mark.parametrize("value", [b"\x00", bytearray(b"ab"), "x\r\ny", [1, {"a": None}], {"ä": 1}])
def test_plain_things_come_back_as_they_were(value: Any, hand_on: Any) -> None:
    ref, path = hand_on(value)
    found = load_artifact(path, ref.type)
    assert (found, type(found)) == (value, type(value))


class Mine:
    """An estimator of one's own has a class that other kernels do not know."""

    def get_params(self, *, deep: bool = True) -> dict[str, Any]:
        return {}


def lazy_frame() -> Any:
    return pytest.importorskip("polars").LazyFrame({"a": [1]})


@pytest.mark.parametrize(
    "value",
    [Mine(), object(), np.ma.masked_array([1]), np.array([object()]), lambda: 1, lazy_frame()],
)
def test_nothing_else_is_pickled(value: Any, hand_on: Any) -> None:
    assert serializer_for(value) is None
    with pytest.raises(TypeError, match=r"artifact\('x'\).*entry point jupyter_flow.serializers"):
        hand_on(value)


def test_a_frame_that_cannot_be_written_says_which_and_leaves_nothing(
    hand_on: Any, tmp_path: Path
) -> None:
    frame = pytest.importorskip("pandas").DataFrame({"a": [object()]})
    with pytest.raises(Exception, match="Could not convert") as caught:
        hand_on(frame)
    assert "in writing x, a pandas.DataFrame, as parquet" in str(caught.value.__notes__)
    assert list((tmp_path / "values").iterdir()) == []


def test_an_artifact_is_handed_on_as_it_is(hand_on: Any) -> None:
    ref, path = hand_on(np.eye(2))
    again, _ = hand_on(Artifact(path, ref.type, ref.preview))
    assert again.as_json() == ref.as_json()


def test_an_artifact_is_a_path_that_can_be_loaded(hand_on: Any) -> None:
    ref, path = hand_on(np.eye(2))
    artifact = Artifact(path, ref.type, ref.preview)
    assert (artifact.size, artifact.format, artifact.type) == (ref.size, "npy", "numpy.ndarray")
    assert Path(artifact).read_bytes() == path.read_bytes()
    assert np.array_equal(artifact.load(), np.eye(2))


def test_a_format_that_nobody_reads_is_its_path(tmp_path: Path) -> None:
    path = tmp_path / f"{'0' * 64}.csv"
    assert load_artifact(path) == path


def test_a_package_can_teach_a_type(
    hand_on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed as a wheel is: a module, and its metadata beside it."""
    site = tmp_path / "site"
    (site / "teaches-1.0.dist-info").mkdir(parents=True)
    about = {"METADATA": "Name: teaches\nVersion: 1.0\n"}
    about["entry_points.txt"] = "[jupyter_flow.serializers]\nmine = teaches:Teaches\n"
    for name, text in about.items():
        (site / "teaches-1.0.dist-info" / name).write_text(text)
    (site / "teaches.py").write_text(
        "class Teaches:\n"
        "    format = 'mine'\n"
        "    def takes(self, value): return type(value).__name__ == 'Mine'\n"
        "    def write(self, value, path): path.write_text('mine')\n"
        "    def read(self, path, of): return path.read_text(), of\n"
        "    def preview(self, value): return {'summary': 'my own'}\n"
    )
    monkeypatch.syspath_prepend(site)
    _installed.cache_clear()
    try:
        ref, path = hand_on(Mine())
        assert ref.line == "mine, my own, 4 B"
        assert load_artifact(path, ref.type) == ("mine", ref.type)
    finally:
        _installed.cache_clear()
