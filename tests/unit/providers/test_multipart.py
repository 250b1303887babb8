import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata

from providers.multipart import (
    MOST_HEADER_BYTES,
    MOST_PARTS,
    MOST_TEXT_BYTES,
    FilePart,
    Form,
    NotMultipart,
    fields_of,
    replace_field,
)

TYPE = b"multipart/form-data; boundary=cut"
MODEL = b'Content-Disposition: form-data; name="model"\r\n\r\nwhisper-1'
SOUND = (
    b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n'
    b"Content-Type: audio/wav\r\n\r\nRIFF\r\n\r\n\x00\xff"
)


def form(*parts):
    return b"".join(b"--cut\r\n%b\r\n" % part for part in parts) + b"--cut--\r\n"


def text(name, value, *, more=b""):
    return b'Content-Disposition: form-data; name="%b"\r\n%b\r\n%b' % (
        name,
        more,
        value,
    )


def refusal(body, content_type=TYPE):
    with pytest.raises(NotMultipart) as refused:
        fields_of(body, content_type)
    return str(refused.value)


def test_a_form_is_its_texts_and_what_is_known_of_its_files():
    body = form(
        MODEL,
        SOUND,
        text(b"timestamp_granularities[]", b"word"),
        text(b"timestamp_granularities[]", "satz für satz".encode()),
    )

    assert fields_of(body, TYPE) == Form(
        texts=(
            ("model", "whisper-1"),
            ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "satz für satz"),
        ),
        files=(FilePart("file", "a.wav", "audio/wav", 10),),
    )


def test_a_form_finds_its_fields_by_name():
    found = fields_of(form(MODEL, SOUND, text(b"x[]", b"1"), text(b"x[]", b"2")), TYPE)

    assert (found.text("model"), found.text("prompt")) == ("whisper-1", None)
    assert (found.texts_of("x"), found.texts_of("x[]")) == (["1", "2"], ["1", "2"])
    assert (found.file("file").size, found.file("mask")) == (10, None)


names = st.from_regex(r"[a-z_]{1,9}(\[\])?", fullmatch=True)
contents = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
fields = st.lists(
    st.tuples(
        names.filter(lambda name: name[:1] not in "mnprs_"),
        contents
        | st.tuples(
            st.from_regex(r"[a-zé日 ;._'-]{1,12}", fullmatch=True),
            st.binary(max_size=60),
            st.sampled_from(["audio/wav", "image/png", "text/plain"]),
        ),
    ),
    max_size=6,
)


@given(fields, fields, contents, contents)
@example([], [], "", "")
@example([], [], "a", "\r\n\r\n")
def test_only_the_fields_value_changes(before, after, model, new):
    # urllib3 writes the forms of `requests`.
    body, kind = encode_multipart_formdata(
        [*before, ("model", model), *after], boundary="cut"
    )
    assume(body.count(b"--cut") == len(before) + len(after) + 2)
    assume("--cut" not in new)

    replaced = replace_field(body, kind.encode(), "model", new)

    expected, _ = encode_multipart_formdata(
        [*before, ("model", new), *after], boundary="cut"
    )
    assert replaced == expected
    was, now = fields_of(body, kind.encode()), fields_of(replaced, kind.encode())
    assert (was.text("model"), now.text("model")) == (model, new)
    assert now.files == was.files
    assert [t for t in now.texts if t[0] != "model"] == [
        t for t in was.texts if t[0] != "model"
    ]


@given(st.binary(max_size=80), st.integers(0, 400), st.integers(0, 30))
def test_a_damaged_form_is_read_or_refused_and_nothing_else(noise, at, lost):
    whole = form(MODEL, SOUND, text(b"prompt", b"hello"))
    body = whole[:at] + noise + whole[at + lost :]

    try:
        replaced = replace_field(body, TYPE, "model", "m")
    except NotMultipart:
        return
    assert fields_of(replaced, TYPE, acted_on={"model"}).text("model") == "m"


@pytest.mark.parametrize("cut", range(len(form(MODEL, SOUND)) - 2))
def test_a_form_that_stops_early_is_refused(cut):
    assert refusal(form(MODEL, SOUND)[:cut])


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        (b"multipart/form-data; boundary=cut", b"cut"),
        (b'Multipart/Form-Data;boundary="cut"', b"cut"),
        (b"multipart/form-data; charset=utf-8; boundary=cut", b"cut"),
        (b"multipart/form-data; boundary=cut; charset=UTF-8", b"cut"),
        (b'multipart/form-data; boundary="=_Part 1"'.replace(b" 1", b"1"), b"=_Part1"),
        (
            b"multipart/form-data; boundary=----WebKitFormBoundaryAb1'+_.",
            b"----WebKitFormBoundaryAb1'+_.",
        ),
        (b"multipart/form-data; boundary=" + b"x" * 70, b"x" * 70),
    ],
)
def test_boundaries_as_clients_write_them(content_type, boundary):
    body = form(MODEL).replace(b"cut", boundary)

    assert fields_of(body, content_type).text("model") == "whisper-1"


@pytest.mark.parametrize(
    "content_type",
    [
        b"",
        b"application/json",
        b"multipart/form-data",
        b"multipart/mixed; boundary=cut",
        b"multipart/form-data; boundary=",
        b'multipart/form-data; boundary=""',
        b"multipart/form-data; boundary=cut; boundary=cut",
        b"multipart/form-data; boundary=cut; boundary=other",
        b"multipart/form-data; boundary*=utf-8''cut",
        b'multipart/form-data; boundary="c\\ut"',
        b"multipart/form-data; boundary=cut, multipart/form-data; boundary=other",
        b"multipart/form-data; boundary=cut; charset=utf-16",
        b"multipart/form-data; boundary=a/b",
        b"multipart/form-data; boundary=" + b"x" * 71,
        b"multipart/form-data; boundary=cut\r\nx: y",
    ],
)
def test_a_content_type_that_can_be_read_two_ways_is_refused(content_type):
    assert "one plain boundary" in refusal(form(MODEL), content_type)


@pytest.mark.parametrize(
    "ending", [b"--cut--", b"--cut--\r\n"], ids=["bare", "with a line end"]
)
def test_a_form_may_end_with_a_line_end_or_without(ending):
    body = form(MODEL).removesuffix(b"--cut--\r\n") + ending

    assert fields_of(body, TYPE).text("model") == "whisper-1"


def test_a_form_without_parts_has_no_fields():
    assert fields_of(b"--cut--\r\n", TYPE) == Form((), ())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "begin with its boundary"),
        (b"\r\n" + form(MODEL), "begin with its boundary"),
        (b"preamble\r\n" + form(MODEL), "begin with its boundary"),
        (form(MODEL) + b"\r\n", "follows the closing boundary"),
        (form(MODEL) + b"epilogue", "follows the closing boundary"),
        (form(MODEL) + form(MODEL), "follows the closing boundary"),
        (form(MODEL).replace(b"\r\n", b"\n"), "line"),
        (form(MODEL, MODEL).replace(b"1\r\n--cut", b"1\n--cut"), "not CRLF"),
        (form(MODEL, MODEL).replace(b"1\r\n--cut", b"1\r--cut"), "not CRLF"),
        (form(text(b"prompt", b"a --cut b")), "inside a part"),
        (form(MODEL).replace(b"cut\r\n", b"cut \r\n"), "on its line"),
        (form(MODEL).replace(b"cut--", b"cuts"), "on its line"),
        (form(MODEL).replace(b"--\r\n", b"\r\n"), "no closing boundary"),
        (form(b""), "blank line"),
        (form(b"\r\nno headers"), "blank line"),
        (form(b"\r\nno headers\r\n\r\nx"), "not `name: value`"),
        (form(b'Content-Disposition: form-data; name="model"'), "blank line"),
        (form(SOUND).replace(b"\r\n\r\nRIFF\r\n\r\n", b"\r\nRIFF"), "blank line"),
    ],
)
def test_a_form_cut_otherwise_than_by_its_boundary_is_refused(body, words):
    assert words in refusal(body)


@pytest.mark.parametrize(
    "disposition",
    [
        b"form-data",
        b'attachment; name="model"',
        b'Form-Data; name="model"',
        b'form-data; Name="model"',
        b'form-data; name ="model"',
        b'form-data; name= "model"',
        b"form-data; name='model' x",
        b'form-data; name="model";',
        b'form-data; name="model" ; filename="x"',
        b'form-data; name=""',
        b'form-data; name="mod\\el"',
        b'form-data; name="mod%65l"',
        b'form-data; name="mod;el"',
        b'form-data; name="model "',
        b'form-data; name="m\xc3\xb6del"',
        b'form-data; name="_charset_"',
        b"form-data; name*=utf-8''model",
        b"form-data; name=\"other\"; name*=utf-8''model",
        b'form-data; name="other"; name="model"',
        b'form-data; name*0="mo"; name*1="del"',
        b'form-data; filename="a"; name="model"',
        b'form-data; name="f"; filename=""',
        b'form-data; name="f"; filename="a\\"; x="b"',
        b"form-data; name=\"f\"; filename*=utf-8''a",
        b'form-data; name="f"; filename="a"; filename="b"',
        b'form-data; name="f"; filename="a"; size=3',
        b'form-data; name="f"; filename="\xff"',
        b'form-data;\tname="model"',
        b'form-data; name="model"\t',
        b'form-data; name="mo\x00del"',
    ],
)
def test_a_disposition_that_can_be_read_two_ways_is_refused(disposition):
    refusal(form(b"Content-Disposition: %b\r\n\r\nx" % disposition))


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        (b'form-data; name="f"; filename="a b;c.wav"', "f", "a b;c.wav"),
        (b"form-data; name=f; filename=a.wav", "f", "a.wav"),
        (
            b"form-data; name=f; filename=a.wav; filename*=utf-8''a%20b.wav",
            "f",
            "a.wav",
        ),
        (b'form-data;name="f";filename="a.wav"', "f", "a.wav"),
        (
            'form-data; name="image[]"; filename="é日.png"'.encode(),
            "image[]",
            "é日.png",
        ),
    ],
)
def test_files_as_clients_write_them(disposition, name, filename):
    found = fields_of(form(b"content-disposition:%b\r\n\r\nxyz" % disposition), TYPE)

    assert found.files == (FilePart(name, filename, "", 3),)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (b"Content-Transfer-Encoding: base64\r\n", "is encoded"),
        (b"Content-Transfer-Encoding: quoted-printable\r\n", "is encoded"),
        (b"Content-Encoding: gzip\r\n", "a header other than"),
        (b"X-Other: 1\r\n", "a header other than"),
        (b"Content-Type: text/plain\r\ncontent-type: text/plain\r\n", "twice"),
        (b'CONTENT-DISPOSITION: form-data; name="b"\r\n', "twice"),
        (b" folded: yes\r\n", "not `name: value`"),
        (b"Content-Type : text/plain\r\n", "not `name: value`"),
        (b"Content-Type: text/plain\nX: y\r\n", "not `name: value`"),
        (b"Content-Type: text/plain;\r\n charset=utf-8\r\n", "not `name: value`"),
        (b"no colon\r\n", "not `name: value`"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n", "a form in the form"),
        (b"Content-Type: application/octet-stream\r\n", "has no filename"),
        (b"Content-Type: text/plain; charset=utf-16\r\n", "has no filename"),
        (b"Content-Type: text/plain; charset=utf-7\r\n", "has no filename"),
        (b"Content-Length: 8\r\n", "Content-Length"),
        (b"Content-Length: 09\r\n", "Content-Length"),
        (b"Content-Length: +9\r\n", "Content-Length"),
    ],
)
def test_headers_that_can_change_what_is_read_are_refused(headers, words):
    assert words in refusal(form(text(b"model", b"whisper-1", more=headers)))


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Type: text/plain\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\n",
        b'content-type:text/plain;charset="UTF-8"\r\n',
        b"Content-Type: application/json\r\n",
        b"Content-Length: 9\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n",
    ],
)
def test_headers_that_say_what_is_so_are_let_in(headers):
    body = form(text(b"model", b"whisper-1", more=headers))

    assert fields_of(body, TYPE).text("model") == "whisper-1"


def test_a_nested_form_in_a_file_is_refused():
    part = SOUND.replace(b"audio/wav", b"Multipart/mixed; boundary=inner")

    assert "a form in the form" in refusal(form(MODEL, part))


@pytest.mark.parametrize("name", ["model", "n", "prompt", "response_format", "stream"])
@pytest.mark.parametrize(
    "other",
    [
        '{}"\r\n\r\nx',
        '{}[]"\r\n\r\nx',
        '{}[0]"\r\n\r\nx',
        '{}"; filename="f"\r\n\r\nx',
        '{}[]"; filename="f"\r\n\r\nx',
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_field_we_act_on_is_there_once_and_a_text(name, other, first):
    one = text(name.encode(), b"x")
    two = b'Content-Disposition: form-data; name="' + other.format(name).encode()
    parts = (one, two) if first else (two, one)

    with pytest.raises(NotMultipart) as refused:
        fields_of(form(*parts), TYPE)

    assert refused.value.field == name
    assert name in str(refused.value)


@pytest.mark.parametrize("name", [b"Model", b"MODEL", b"model[]", b"model[x]"])
def test_a_field_we_act_on_in_another_spelling_is_refused_even_alone(name):
    assert "another spelling" in refusal(form(text(name, b"x")))


def test_which_fields_are_acted_on_is_for_the_caller_to_say():
    body = form(text(b"voice", b"a"), text(b"voice", b"b"))

    assert fields_of(body, TYPE).texts_of("voice") == ["a", "b"]
    with pytest.raises(NotMultipart, match="voice occurs more than once"):
        fields_of(body, TYPE, acted_on={"voice"})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (form(*[text(b"x", b"y")] * (MOST_PARTS + 1)), "more than 128 parts"),
        (form(text(b"x" * MOST_HEADER_BYTES, b"y")), "8192 bytes of headers"),
        (form(text(b"x", b"y" * (MOST_TEXT_BYTES + 1))), "longer than 1048576"),
        (form(text(b"x", b"\xff")), "not UTF-8"),
    ],
)
def test_a_form_beyond_the_bounds_is_refused(body, words):
    assert words in refusal(body)


def test_a_form_up_to_the_bounds_is_read():
    padding = MOST_HEADER_BYTES - len(b'Content-Disposition: form-data; name=""')
    name = "x" * padding
    body = form(
        *[text(b"x", b"y")] * (MOST_PARTS - 2),
        text(name.encode(), b""),
        text(b"long", b"y" * MOST_TEXT_BYTES),
    )

    found = fields_of(body, TYPE)

    assert len(found.texts) == MOST_PARTS
    assert found.text(name) == ""
    assert len(found.text("long")) == MOST_TEXT_BYTES


def test_a_file_may_be_larger_than_a_text():
    body = form(MODEL, SOUND + b"\x00" * (2 * MOST_TEXT_BYTES))

    assert fields_of(body, TYPE).file("file").size == 2 * MOST_TEXT_BYTES + 10


@pytest.mark.parametrize("new", ["", "m", "a-much-longer-name"])
def test_a_stated_length_is_replaced_with_the_value(new):
    body = form(SOUND, text(b"model", b"whisper-1", more=b"Content-Length: 9\r\n"))

    replaced = replace_field(body, TYPE, "model", new)

    length = b"Content-Length: %d\r\n" % len(new)
    assert replaced == form(SOUND, text(b"model", new.encode(), more=length))


@pytest.mark.parametrize("value", ["--cut", "a--cutb", "x\r\n--cut--\r\n"])
def test_a_value_that_would_cut_the_form_is_refused(value):
    with pytest.raises(NotMultipart, match="boundary occurs in the new value"):
        replace_field(form(MODEL, SOUND), TYPE, "model", value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (form(SOUND), "has no field model"),
        (form(MODEL, MODEL), "more than once"),
        (form(SOUND.replace(b'"file"', b'"model"')), "not a file"),
    ],
)
def test_only_a_field_that_is_there_once_can_be_replaced(body, words):
    with pytest.raises(NotMultipart, match=words):
        replace_field(body, TYPE, "model", "m")


def test_no_refusal_repeats_what_the_caller_wrote():
    body = form(text(b"prompt", b"my secret"), text(b"prompt", b"my secret"))

    assert not re.search("secret", refusal(body))
