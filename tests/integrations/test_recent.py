from integrations.models.recent import Recent


def test_what_was_kept_is_given_once() -> None:
    recent: Recent[str, int] = Recent()
    recent.keep("a", 1)
    assert (recent.take("a"), recent.take("a")) == (1, None)


def test_the_oldest_goes_where_there_are_too_many() -> None:
    recent: Recent[str, int] = Recent(most=2)
    for number, key in enumerate("abc"):
        recent.keep(key, number)
    assert [recent.take(key) for key in "abc"] == [None, 1, 2]
