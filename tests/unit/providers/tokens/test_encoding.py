import gzip
import os
import subprocess
import sys
from hashlib import sha1
from pathlib import Path

from tiktoken_ext import openai_public

from providers.tokens import encoding

URL = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"


def test_ranks_and_pieces_are_the_ones_openai_published(tmp_path, monkeypatch):
    # tiktoken looks into this folder before it downloads, and checks the digest it knows.
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    ranks = gzip.decompress(encoding._RANKS.read_bytes())
    (tmp_path / sha1(URL.encode(), usedforsecurity=False).hexdigest()).write_bytes(
        ranks
    )

    published = openai_public.o200k_base()

    assert encoding.read_ranks() == published["mergeable_ranks"]
    assert published["pat_str"] == encoding._PIECES


def test_a_process_builds_it_once():
    assert encoding.encoding() is encoding.encoding()


def test_it_needs_neither_network_nor_home():
    program = (
        "import socket, sys\n"
        "socket.socket = None\n"
        "from providers import tokens\n"
        "print(tokens.count('Where is the harbour?'))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(encoding.__file__).parents[2],
        env={"PATH": os.defpath, "HOME": "/nonexistent", "TMPDIR": "/nonexistent"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "5\n"
