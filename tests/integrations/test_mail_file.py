"""Mails as mail servers pass them on."""

from email.message import EmailMessage

from integrations.mail_file import MOST_LETTERS, read_mail


def a_mail(text: str = "What does it cost?") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Dana Weiß <dana@nordlift.example>"
    mail["Subject"] = "Preise für 40 Techniker"
    mail["Message-ID"] = "<1@mail.example>"
    mail.set_content(text)
    return mail


def test_reads_sender_subject_words_and_headers() -> None:
    read = read_mail(a_mail().as_bytes())
    assert read["external_id"] == "<1@mail.example>"
    assert read["from"] == {"email": "Dana Weiß <dana@nordlift.example>"}
    assert read["subject"] == "Preise für 40 Techniker"
    assert read["text"] == "What does it cost?\n"
    assert isinstance(read["headers"], dict)
    assert read["headers"]["Message-ID"] == ["<1@mail.example>"]


def test_the_plain_words_stand_for_the_html() -> None:
    mail = a_mail("plain")
    mail.add_alternative("<p>html</p>", subtype="html")
    read = read_mail(mail.as_bytes())
    assert (read["text"], read["html"]) == ("plain\n", "")


def test_html_alone_is_passed_on() -> None:
    mail = a_mail()
    mail.set_content("<p>html</p>", subtype="html")
    read = read_mail(mail.as_bytes())
    assert (read["text"], read["html"]) == ("", "<p>html</p>\n")


def test_files_are_named() -> None:
    mail = a_mail()
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="tender.pdf")
    assert read_mail(mail.as_bytes())["attachments"] == ["tender.pdf"]


def test_a_header_that_comes_twice_is_kept_twice() -> None:
    raw = b"Received: a\r\nReceived: b\r\n\r\nHello"
    assert read_mail(raw)["headers"] == {"Received": ["a", "b"]}


def test_a_mail_without_an_id_is_known_by_what_it_says() -> None:
    raw = b"From: dana@x.example\r\n\r\nHello"
    assert read_mail(raw)["external_id"] == read_mail(raw)["external_id"]
    assert read_mail(raw)["external_id"] != read_mail(raw + b"!")["external_id"]


def test_an_encoding_that_nobody_knows_does_not_keep_words_out() -> None:
    raw = b"Content-Type: text/plain; charset=x-unknown-9\r\n\r\nWhat is the price?"
    assert "What is the price?" in str(read_mail(raw)["text"])


def test_bytes_of_no_encoding_become_signs() -> None:
    raw = b"Subject: Pr\xffce\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPr\xffce?"
    read = read_mail(raw)
    assert str(read["text"]).encode()
    assert str(read["headers"]).encode()


def test_what_is_no_mail_is_read_as_well_as_can_be() -> None:
    assert read_mail(b"")["text"] == ""
    assert read_mail(b"\x00\xff\xfe nothing")["source"] == "email"


def test_a_mail_beyond_all_measure_is_cut_with_a_mark() -> None:
    text = str(read_mail(a_mail("long words " * 50_000).as_bytes())["text"])
    assert len(text) < MOST_LETTERS + 10
    assert text.endswith("[…]")
