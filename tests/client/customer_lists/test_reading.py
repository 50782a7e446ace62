"""Lists as spreadsheets and other programs write them: what each line says, or what is wrong with it."""

import pytest

from client.customer_lists.columns import columns_of
from client.customer_lists.decoding import text_of
from client.customer_lists.reading import read_list
from client.failure import Failure

ZOE = {"address": "5551234567", "display_name": "Zoë", "city": "Köln"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("number,name,city\n5551234567,Zoë,Köln\n".encode(), id="UTF-8"),
        pytest.param("number,name,city\r\n5551234567,Zoë,Köln\r\n".encode("utf-8-sig"), id="UTF-8 with its mark"),
        pytest.param("Number;Name;City\r\n5551234567;Zoë;Köln".encode(), id="semicolons, no line end"),
        pytest.param("NUMBER\tNAME\tCITY\n5551234567\tZoë\tKöln\n".encode("utf-16"), id="Excel's Unicode text"),
        pytest.param("\ufeffnumber,name,city\n5551234567,Zoë,Köln".encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param('sep=;\n"number";"name";"city"\n"5551234567";"Zoë";"Köln"'.encode(), id="says its separator"),
        pytest.param("\n\n city , Phone Number,NAME\n\n,,\nKöln, 5551234567 ,Zoë\n".encode(), id="another order"),
        pytest.param("number,name,city\r5551234567,Zoë,Köln\r".encode(), id="carriage returns alone"),
        pytest.param("number,first name,surname,city\n5551234567,,Zoë,Köln".encode(), id="a name in two parts"),
        pytest.param('number,"name, as is",name,city\n5551234567,,Zoë,Köln'.encode(), id="quotes in the header"),
    ],
)
def test_list_is_read_as_it_was_written(content: bytes) -> None:
    (line,) = read_list(text_of(content)).lines

    assert {name: value for name, value in line.values.items() if value} == ZOE


def test_windows_1252_is_refused_until_somebody_says_so() -> None:
    content = "number,name,city\n5551234567,Zoë,Köln\n".encode("windows-1252")

    with pytest.raises(Failure, match=r"not UTF-8 \(line 2\)") as refused:
        text_of(content)

    assert "CSV UTF-8" in refused.value.advice
    assert "windows-1252" in refused.value.advice
    assert [line.values for line in read_list(text_of(content, "windows-1252")).lines] == [ZOE]


@pytest.mark.parametrize(
    ("content", "encoding", "why"),
    [
        pytest.param(b"PK\x03\x04...", "", "spreadsheet's own file", id="xlsx"),
        pytest.param(b"number\n\x00\x01", "", "zero bytes", id="bytes"),
        pytest.param(b"number\n1", "base64", "no encoding base64", id="no encoding of text"),
        pytest.param(b"number\n1", "martian", "no encoding martian", id="unknown encoding"),
        pytest.param(b"number\n\xff", "ascii", "Line 2 is not ascii", id="not what it was said to be"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, encoding: str, why: str) -> None:
    with pytest.raises(Failure, match=why):
        text_of(content, encoding)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("\n \n", "empty", id="blank lines"),
        pytest.param("number,name\n", "no customers", id="a header alone"),
        pytest.param("+15551234567,Eve\n+15551234568,Bob", "No column has phone numbers", id="no header"),
        pytest.param("phone,mobile\n1,2", "Two columns say the same: phone and mobile", id="two numbers"),
        pytest.param('"number\n1', "header in line 1", id="a header whose quote is open"),
    ],
)
def test_list_that_cannot_be_used_says_why(text: str, why: str) -> None:
    with pytest.raises(Failure, match=why):
        read_list(text)


def test_one_bad_line_stops_no_other() -> None:
    text = 'number,name\n1,"open\n2,Eve\n3,too,many\n4,"a ""b"" c"\n5,"two\nlines"\n6\n'

    lines = read_list(text).lines

    assert [line.number for line in lines] == [2, 3, 4, 5, 6, 8]
    assert "quote" in lines[0].wrong
    assert "3 cells, and the header has 2" in lines[2].wrong
    assert [line.values.get("display_name") for line in lines if not line.wrong] == [
        "Eve",
        'a "b" c',
        "two\nlines",
        None,
    ]


def test_what_looks_like_a_formula_is_text() -> None:
    (line,) = read_list('number,name\n+15551234567,"=HYPERLINK(""x"")"').lines

    assert line.values["display_name"] == '=HYPERLINK("x")'


@pytest.mark.parametrize(
    ("header", "field"),
    [
        *[(header, "address") for header in ("Phone", "MOBILE", "Mobile-Number", "cell_phone", "Telephone", "number")],
        *[(header, "email") for header in ("E-Mail", "email", "E-mail Address")],
        *[(header, "zip") for header in ("ZIP", "Postcode", "postal code")],
        *[("Full Name", "display_name"), ("Town", "city"), ("Province", "state"), ("Country", "country")],
    ],
)
def test_headers_go_by_many_names(header: str, field: str) -> None:
    others = [] if field == "address" else ["number"]

    assert columns_of([header, *others]).places[field] == 0


def test_columns_that_say_nothing_are_named() -> None:
    assert columns_of(["number", "Shoe size", ""]).unknown == ["Shoe size", "column 3"]
