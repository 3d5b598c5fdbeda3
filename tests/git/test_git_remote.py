from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jeyn.git.remote import without_credentials

SECRET = st.text("abcXYZ0123456789-_.~:@%+=!$&'()*,;", min_size=1).map(lambda text: f"S3CRET{text}")


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b.git"),
        ("https://ada:secret@github.com/a/b.git", "https://github.com/a/b.git"),
        ("https://ghp_secret@github.com/a/b", "https://github.com/a/b"),
        ("https://x-access-token:secret@example.com:8443/a/b", "https://example.com:8443/a/b"),
        ("https://oauth2:p@ss:w@rd@example.com/a@b", "https://example.com/a@b"),
        ("HTTPS://ada:secret@example.com", "HTTPS://example.com"),
        ("https://example.com/a?private_token=secret#x", "https://example.com/a"),
        ("ssh://git@example.com:22/a/b", "ssh://git@example.com:22/a/b"),
        ("ssh://git:secret@example.com/a/b", "ssh://git@example.com/a/b"),
        ("git+ssh://git:secret@example.com/a", "git+ssh://git@example.com/a"),
        ("ssh://:secret@example.com/a", "ssh://example.com/a"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("gcrypt::https://ada:secret@example.com/a", "gcrypt::https://example.com/a"),
        ("/srv/git/a@b.git", "/srv/git/a@b.git"),
        ("../sibling", "../sibling"),
        ("file:///srv/git/a?b", "file:///srv/git/a?b"),
        ("", ""),
    ],
)
def test_without_credentials(url: str, clean: str) -> None:
    assert without_credentials(url) == clean


@given(st.sampled_from(["https", "http", "ftps", "ssh"]), SECRET, st.booleans())
def test_no_password_and_no_token_survives(scheme: str, secret: str, as_password: bool) -> None:
    user = f"git:{secret}" if as_password or scheme == "ssh" else secret
    clean = without_credentials(f"{scheme}://{user}@example.com/a/b.git")
    assert "S3CRET" not in clean
    assert clean.endswith("example.com/a/b.git")


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    clean = without_credentials(f"https://{text}")
    assert without_credentials(clean) == clean
