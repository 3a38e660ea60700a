"""What goes between server and worker: frames, of which half a one is none."""

import io

import pytest

from kb.graph.sandbox import receive, send


def test_a_frame_comes_as_it_was_sent():
    pipe = io.BytesIO()
    send(pipe, b"D", b"some data")
    send(pipe, b"Z")
    pipe.seek(0)

    assert [receive(pipe), receive(pipe), receive(pipe)] == [(b"D", b"some data"), (b"Z", b""), (b"", b"")]


@pytest.mark.parametrize("length", range(9))
def test_a_frame_that_was_cut_off_is_the_end(length):
    pipe = io.BytesIO()
    send(pipe, b"H", b"data")

    assert receive(io.BytesIO(pipe.getvalue()[:length])) == (b"", b"")
