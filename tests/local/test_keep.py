"""The kept file: what `make up` makes, what it is given, and that it never changes a secret by itself."""

import stat
from pathlib import Path

import pytest

from config.providers import MADE_TOKENS
from config.settings import KEPT_NAME, Settings, SettingsError, read_kept
from gateway.local import keep


def run(folder: Path, **given: str) -> dict[str, str]:
    """What one run of `make up` with the settings `given` leaves in the kept file."""
    lines = keep.gather({"GATEWAY_DATA_DIR": str(folder), **given})
    keep.save(folder, lines)
    return read_kept(folder)


def test_a_first_run_makes_what_development_needs(tmp_path: Path) -> None:
    kept = run(tmp_path)
    assert set(kept) == {
        "GATEWAY_MODE",
        "SECRET_KEY",
        "DATA_KEY",
        *MADE_TOKENS,
    }
    assert kept["GATEWAY_MODE"] == "development"
    assert {"SIMULATOR_HOOK_TOKEN", "AFRICASTALKING_HOOK_TOKEN"} <= set(kept)
    assert len(set(kept.values())) == len(kept)
    assert Settings.load({"GATEWAY_DATA_DIR": str(tmp_path)}).data_key == kept["DATA_KEY"]


def test_a_second_run_keeps_every_secret(tmp_path: Path) -> None:
    assert run(tmp_path) == run(tmp_path, SECRET_KEY="", DATA_KEY=" ")


def test_production_makes_its_keys_and_no_hook_tokens(tmp_path: Path) -> None:
    kept = run(tmp_path, GATEWAY_MODE="production", PUBLIC_URL="https://kabar.example.go.id")
    assert set(kept) == {"GATEWAY_MODE", "PUBLIC_URL", "SECRET_KEY", "DATA_KEY"}


def test_what_was_given_once_is_found_by_the_next_run(tmp_path: Path) -> None:
    run(tmp_path, PORT="8200", QUIET_HOURS="", TARIFF="Rp 350 = murah", HOME="/x", LANGUAGES="")
    kept = run(tmp_path, BULK_WORKERS="3")
    assert (kept["PORT"], kept["QUIET_HOURS"], kept["TARIFF"], kept["BULK_WORKERS"]) == (
        "8200",
        "",
        "Rp 350 = murah",
        "3",
    )
    assert not {"HOME", "LANGUAGES", "GATEWAY_DATA_DIR"} & set(kept)
    assert Settings.load({"GATEWAY_DATA_DIR": str(tmp_path)}).quiet_hours is None


def test_a_server_that_is_named_takes_the_place_of_the_embedded_one(tmp_path: Path) -> None:
    keep.save(
        tmp_path,
        keep.gather({"GATEWAY_DATA_DIR": str(tmp_path)}) | {"EMBEDDED_DATABASE_URL": "x", "EMBEDDED_REDIS_URL": "y"},
    )
    kept = run(tmp_path, DATABASE_URL="postgresql://u@db/kabar")
    assert "EMBEDDED_DATABASE_URL" not in kept
    assert kept["EMBEDDED_REDIS_URL"] == "y"


def test_the_file_is_ours_alone(tmp_path: Path) -> None:
    (tmp_path / KEPT_NAME).touch(mode=0o644)
    (tmp_path / f"{KEPT_NAME}.partial").touch(mode=0o644)
    run(tmp_path)
    assert stat.S_IMODE((tmp_path / KEPT_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEPT_NAME]


def test_a_value_of_several_lines_cannot_add_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^TARIFF: write it on one line$"):
        run(tmp_path, TARIFF="murah\nGATEWAY_MODE=production")
