"""Larger than memory: under Dask the same function decides each part, and the answer is the same."""

import pandas as pd
import pytest
from test_frame import cohort

from decision import decide_frame

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("dask.distributed")


@pytest.fixture(scope="module")
def cluster():
    """Two workers that are threads of this process, and no page about them."""
    with (
        distributed.LocalCluster(2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.parametrize("reading", ["book", "article"])
def test_map_partitions_gives_what_the_whole_frame_gets(cluster, reading):
    """Seven parts, decided one by one by two workers: every column, every row, in order."""
    df = cohort(5000, 11).set_index(pd.Index([f"p{n}" for n in range(5000)]))
    whole = decide_frame(df, reading=reading)
    parts = dd.from_pandas(df, npartitions=7, sort=False)
    meta = decide_frame(df[:0], reading=reading)
    out = parts.map_partitions(decide_frame, reading=reading, progress=False, meta=meta).compute()
    pd.testing.assert_frame_equal(out, whole, check_dtype=False, check_index_type=False)


def test_a_fault_in_one_part_is_named_by_its_row(cluster):
    """The message of the part reaches the reader, with the label of the row."""
    df = cohort(900, 12)
    df.loc[777, "pregnant"] = "yse"
    parts = dd.from_pandas(df, npartitions=3)
    with pytest.raises(ValueError, match="Row 777: pregnant = 'yse'"):
        parts.map_partitions(decide_frame, progress=False, meta=decide_frame(cohort(0, 1))).compute()
