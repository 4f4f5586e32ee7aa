"""Writing to paths and objects, and the models that cannot be written down."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.wire_files import written
from tools import sample_models
from tracescript import ir
from tracescript.errors import FormatError, InvalidModelError
from tracescript.ir import constants as c
from tracescript.wire.reader import read
from tracescript.wire.tensors import FileSource
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_path_is_replaced_only_when_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    digest = write(sample_models.gate(), path)
    assert read(path).digest == digest
    before = path.read_bytes()
    broken = replace(c.weight(np.zeros(2, np.float32), sample_models.F32), shape=(3,))
    root = ir.Module("R", parameters=(ir.Parameter("p", broken),))
    with pytest.raises(InvalidModelError) as error:
        write(sample_models.module_model(root), path)
    assert error.value.code == "BAD_WEIGHT"
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["gate.tsproto"]


def test_a_failing_write_leaves_the_old_file_and_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / "m.tsproto"
    write(sample_models.gate(), path)
    before = path.read_bytes()

    class Vanishing:
        calls = 0

        def array(self) -> np.ndarray:
            Vanishing.calls += 1
            if Vanishing.calls > 1:
                raise OSError("gone")
            return np.zeros(2, np.float32)

    weight = ir.Weight(sample_models.F32, (2,), Vanishing())
    root = ir.Module("R", parameters=(ir.Parameter("p", weight),))
    with pytest.raises(OSError, match="gone"):
        write(sample_models.module_model(root), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_that_cannot_be_written_is_named_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "none" / "m.tsproto"
    with pytest.raises(FileNotFoundError) as error:
        write(sample_models.gate(), path)
    assert error.value.filename == str(path)


def test_a_loaded_model_can_be_saved_over_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    write(sample_models.gate(), path)
    before = path.read_bytes()
    opened = read(path)
    write(opened.model, path)
    assert path.read_bytes() == before
    assert opened.model.root.parameters[0].weight.array[0, 1] == 1.0


def test_weights_of_a_mapped_file_are_views_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    write(sample_models.gate(), path)
    weight = read(path).model.root.parameters[0].weight
    source = weight.source
    assert isinstance(source, FileSource)
    mapped = np.frombuffer(source.content(), np.uint8)
    assert np.shares_memory(weight.array, mapped)
    assert not weight.array.flags.owndata
    assert weight.array is weight.array


def test_a_file_read_without_mapping_survives_its_removal(tmp_path: Path) -> None:
    path = tmp_path / "gate.tsproto"
    write(sample_models.gate(), path)
    opened = read(path, mmap=False)
    path.unlink()
    assert opened.model.root.parameters[0].weight.array[2, 3] == 11.0


def test_a_file_object_is_read_like_a_path() -> None:
    content = written(sample_models.gate())
    assert read(io.BytesIO(content)).digest == read(content).digest


@pytest.mark.parametrize("alignment", [64, 4096, 65536])
def test_payloads_are_aligned(alignment: int) -> None:
    content = written(sample_models.gate(), alignment=alignment)
    opened = read(content, verify="full")
    assert opened.alignment == alignment
    assert all(payload.place.start % alignment == 0 for payload in opened.storages)


@pytest.mark.parametrize("alignment", [0, 1, 32, 96, 131072])
def test_an_alignment_that_is_not_allowed_is_refused(alignment: int) -> None:
    with pytest.raises(FormatError) as error:
        written(sample_models.gate(), alignment=alignment)
    assert (error.value.code, error.value.rule) == ("BAD_LAYOUT", "CONTAINER-7")


def test_an_empty_model_takes_few_bytes() -> None:
    assert len(written(sample_models.module_model(ir.Module("")))) <= 256


def test_a_value_without_definition_is_refused() -> None:
    node = ir.Node("neg", (ir.Value(c.INT, "ghost"),), ())
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.one_function(ir.Block((), (node,), ())))
    assert error.value.code == "BAD_GRAPH"
    assert "ghost" in error.value.what


def test_a_block_with_two_owners_is_refused() -> None:
    inner = ir.Block((), (), ())
    nodes = tuple(ir.Node("if", (), (), blocks=(inner,)) for _ in range(2))
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.one_function(ir.Block((), nodes, ())))
    assert error.value.code == "BAD_GRAPH"


def test_a_value_defined_twice_is_refused() -> None:
    value = ir.Value(c.INT, "v")
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.one_function(ir.Block((value, value), (), ())))
    assert error.value.code == "BAD_GRAPH"


def test_a_missing_function_is_refused() -> None:
    root = ir.Module("R", methods=(ir.Method("m", "nowhere", exported=True),))
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.module_model(root))
    assert error.value.code == "BAD_INDEX"


def test_a_module_inside_itself_is_refused() -> None:
    root = ir.Module("R")
    object.__setattr__(root, "submodules", (ir.Submodule("self", root),))
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.module_model(root))
    assert error.value.code == "BAD_MODULE"


@pytest.mark.parametrize(
    "constant",
    [
        ir.Constant(c.INT, 2**63),
        ir.Constant(c.INT, "1"),
        ir.Constant(ir.ListType(c.INT), (1, 2**63)),
        ir.Constant(ir.ListType(c.INT), (1, 2.0)),
        ir.Constant(ir.TupleType((c.INT,)), (1, 2)),
    ],
)
def test_a_constant_that_does_not_fit_its_type_is_refused(constant: ir.Constant) -> None:
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.constant_model(constant))
    assert error.value.code == "BAD_CONSTANT"


def test_a_metadata_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.gate(metadata=(("a", "1"), ("a", "2"))))
    assert error.value.code == "BAD_NAME"


def test_an_unknown_extent_in_a_guard_is_refused() -> None:
    guard = ir.ShapeGuard(None, "==", 1, "comparison")
    with pytest.raises(InvalidModelError) as error:
        written(sample_models.one_function(ir.Block((), (), ()), shape_guards=(guard,)))
    assert error.value.code == "BAD_GUARD"
