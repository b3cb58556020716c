"""Downloads, from servers on this machine only."""

import gzip
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.datasets import _download, _loading, fetch, load
from digitcompress.datasets._registry import FILES, PUBLISHED


class Mirror(ThreadingHTTPServer):
    """Serves a dict of paths, and remembers what was asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.requests = {}, []

    def url(self, folder):
        return f"http://127.0.0.1:{self.server_port}/{folder}/"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror():
    with Mirror() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def publish(bare_machine, published, contents, mirror, monkeypatch):
    """Publish the small set on folders of the mirror; each folder's files pass through a function first."""

    def publish(**folders):
        for folder, change in folders.items():
            mirror.files |= {f"/{folder}/{name}.gz": change(gzip.compress(content)) for name, content in contents.items()}
        small = _download.PublishedSet("mnist", published.digests, tuple(map(mirror.url, folders)), "MNIST")
        monkeypatch.setattr(_loading, "PUBLISHED", {"mnist": small})
        return bare_machine / "home/.cache/digitcompress/mnist"

    return publish


def intact(packed):
    return packed


def truncated(packed):
    return packed[:-9]


def other_digits(packed):
    content = gzip.decompress(packed)
    return gzip.compress(content[:-1] + bytes([content[-1] ^ 1]))


def web_page(packed):
    return b"<html>Sign in to this network</html>"


def absent(packed):
    return None


def test_missing_set_is_downloaded_once(publish, mirror, arrays):
    directory = publish(good=intact)
    data = load("mnist", progress=False)
    np.testing.assert_array_equal(data.train.images, arrays[FILES[0]])
    assert data.source.startswith("cache (")
    assert sorted(path.name for path in directory.iterdir()) == sorted(f"{name}.gz" for name in FILES)
    assert mirror.requests == [f"/good/{name}.gz" for name in FILES]
    load("mnist", progress=False)
    assert len(mirror.requests) == len(FILES)


@pytest.mark.parametrize("fault", [absent, truncated, other_digits, web_page])
def test_next_mirror_is_asked_when_one_fails(publish, mirror, fault):
    directory = publish(bad=fault, good=intact)
    assert fetch("mnist", progress=False) == directory
    assert mirror.requests == [f"/{folder}/{name}.gz" for name in FILES for folder in ("bad", "good")]
    assert len(load("mnist", data_dir=directory).train) == 5


@pytest.mark.parametrize("fault", [truncated, other_digits, web_page])
def test_wrong_bytes_everywhere_are_an_integrity_error(publish, fault):
    directory = publish(one=absent, two=fault)
    with pytest.raises(
        dc.IntegrityError, match=r"train-images-idx3-ubyte of mnist must come from a mirror, .* by hand, got HTTPError from "
    ):
        load("mnist", progress=False)
    assert list(directory.iterdir()) == []


def test_no_mirror_is_a_connection_error(publish):
    directory = publish(one=absent, two=absent)
    with pytest.raises(
        ConnectionError, match=r"HTTPError from http://127.0.0.1:.*/one/, HTTPError from http://127.0.0.1:.*/two/"
    ) as failure:
        load("mnist", progress=False)
    assert str(directory) in str(failure.value)
    assert len(str(failure.value)) <= 500


@pytest.mark.usefixtures("bare_machine", "published")
def test_unreachable_mirror_is_a_connection_error():
    with pytest.raises(ConnectionError, match=r"ConnectionError from http://127.0.0.1:9/"):
        load("mnist", progress=False)


def test_damaged_cache_is_fetched_again(publish, mirror):
    directory = publish(good=intact)
    fetch("mnist", progress=False)
    (directory / f"{FILES[1]}.gz").write_bytes(b"damaged")
    assert len(load("mnist", progress=False).train) == 5
    assert mirror.requests[len(FILES) :] == [f"/good/{FILES[1]}.gz"]


def test_endless_download_is_cut_off(publish, monkeypatch):
    publish(big=lambda packed: packed + bytes(1 << 20))
    monkeypatch.setattr(_download, "MAX_DOWNLOAD_BYTES", 1 << 19)
    with pytest.raises(dc.IntegrityError, match="LimitError from "):
        fetch("mnist", progress=False)


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (False, False), ("auto", False)])
def test_progress_is_shown_on_demand(publish, capsys, progress, shown):
    publish(good=intact)
    fetch("mnist", progress=progress)
    assert bool(capsys.readouterr().err) == shown


def test_missing_pooch_names_the_pip_line(publish, monkeypatch):
    publish(good=intact)
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(dc.MissingExtraError, match=r'needs the package pooch, .*: pip install "digitcompress\[data\]"'):
        fetch("mnist", progress=False)


@pytest.mark.parametrize(
    ("name", "progress", "message"), [("mnist-5k", False, "name must be one of"), ("mnist", "yes", "progress must be")]
)
def test_bad_argument_is_named(bare_machine, name, progress, message):
    with pytest.raises(dc.DataError, match=message):
        fetch(name, progress=progress)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_set_has_several_mirrors(name):
    mirrors = PUBLISHED[name].mirrors
    assert len(set(mirrors)) >= 3
    assert all(mirror.startswith(("https://", "http://")) and mirror.endswith("/") for mirror in mirrors)
    assert mirrors[0].startswith("https://")
