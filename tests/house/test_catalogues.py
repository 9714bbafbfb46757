"""A catalogue is compiled when sound and named when broken."""

from tools.compile_catalogues import compile_catalogue

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_a_sound_catalogue_is_compiled(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(HEAD + 'msgid "届出"\nmsgstr "Notification"\n', encoding="utf-8")
    assert compile_catalogue(path) is None
    assert b"Notification" in (tmp_path / "django.mo").read_bytes()


def test_a_lost_placeholder_is_named(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(HEAD + '#, python-format\nmsgid "%(n)s 件"\nmsgstr "%(m)s entries"\n', encoding="utf-8")
    assert "django.po" in (compile_catalogue(path) or "")


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(HEAD + 'msgid "x"\nmsgstr "y"\nnonsense\n', encoding="utf-8")
    assert "django.po" in (compile_catalogue(path) or "")
