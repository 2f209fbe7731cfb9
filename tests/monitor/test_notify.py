"""How an event is reported: by which channels, how often, and what a broken channel costs."""

import contextlib
import logging
import re
import sqlite3
import stat
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from journey.core.settings import ALERT_SETTINGS, Settings
from journey.monitor import notify
from journey.monitor.notify import Alert, sent
from journey.transform import inputs
from journey.upkeep import layout
from tests.conftest import REPO
from tests.sinks import mail_sink, webhook_sink

LATE = Alert("late/one", "No version was published for 31 hours; readers see the last one.")
MAIL = {
    "alert_from": "warehouse@shop.example",
    "alert_to": ("ada@shop.example", "bob@shop.example"),
}


def settings_of(home: Path, **given: object) -> Settings:
    config = home / "journey.toml"
    config.write_text("")
    return Settings.load(config, home / "data", **given)


def words(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_webhook_gets_the_sentence_as_text_once(tmp_path: Path) -> None:
    with webhook_sink() as sink:
        settings = settings_of(tmp_path, webhook_url=sink.url)
        for _ in range(3):
            notify.send(settings, LATE)
        notify.send(settings, Alert("late/two", "Again."))
    assert sink.posts == [{"text": LATE.sentence}, {"text": "Again."}]


def test_an_alert_names_paths_below_the_data_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook_sink() as sink:
        settings = settings_of(tmp_path, webhook_url=sink.url)
        full = Alert("run/1", f"{settings.data_dir}: look at {settings.docs_dir}/a.html.")
        notify.send(settings, full)
        beside = Alert("run/2", f"{settings.data_dir}-old stays.")
        notify.send(settings, beside)
    assert sink.posts[0] == {"text": "data: look at data/docs/a.html."}
    assert sink.posts[1] == {"text": beside.sentence}
    assert str(tmp_path) not in words(caplog)[0]


def test_an_e_mail_goes_to_every_recipient(tmp_path: Path) -> None:
    with mail_sink() as sink:
        notify.send(settings_of(tmp_path, smtp_url=sink.url, **MAIL), LATE)
    (mail,) = sink.mails
    assert mail["From"] == "warehouse@shop.example"
    assert mail["To"] == "ada@shop.example, bob@shop.example"
    assert mail["Subject"].startswith("Journey Warehouse: No version was published")
    assert mail.get_content().strip() == LATE.sentence
    assert sum(command.startswith("rcpt TO:") for command in sink.commands) == 2


def test_a_sentence_longer_than_a_line_arrives_whole(tmp_path: Path) -> None:
    long = Alert("moved/one", " ".join(f"conversion from stage {n} is 1.0%;" for n in range(90)))
    with mail_sink() as sink:
        notify.send(settings_of(tmp_path, smtp_url=sink.url, **MAIL), long)
    assert sink.mails[0].get_content().strip() == long.sentence
    assert len(sink.mails[0]["Subject"]) <= 68


def test_a_password_is_given_where_the_server_asks_for_it(tmp_path: Path) -> None:
    with mail_sink(("AUTH PLAIN",)) as sink:
        url = sink.url.replace("smtp://", "smtp://ada:p%40ss@")
        notify.send(settings_of(tmp_path, smtp_url=url, **MAIL), LATE)
    assert "AUTH PLAIN AGFkYQBwQHNz" in sink.commands
    assert len(sink.mails) == 1


def test_encryption_that_is_offered_is_used_or_nothing_is_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_sink(("STARTTLS", "AUTH PLAIN")) as sink:
        url = sink.url.replace("smtp://", "smtp://ada:secret@")
        notify.send(settings_of(tmp_path, smtp_url=url, **MAIL), LATE)
    assert "STARTTLS" in sink.commands
    assert not any(command.startswith(("AUTH", "mail")) for command in sink.commands)
    assert sink.mails == []
    assert any("mail server" in sentence for sentence in words(caplog))


def test_a_password_never_travels_in_the_clear(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("journey.monitor.notify.mail.LOOPBACK", ())
    with mail_sink(("AUTH PLAIN",)) as sink:
        url = sink.url.replace("smtp://", "smtp://ada:secret@")
        notify.send(settings_of(tmp_path, smtp_url=url, **MAIL), LATE)
    assert not any(command.startswith("AUTH") for command in sink.commands)
    assert sink.mails == []


def test_one_channel_that_fails_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook_sink(status=500) as hook, mail_sink() as server:
        settings = settings_of(tmp_path, webhook_url=hook.url, smtp_url=server.url, **MAIL)
        notify.send(settings, LATE)
        notify.send(settings, LATE)
    assert len(server.mails) == 1
    assert len(hook.posts) == 2  # tried again, and a channel that took it gets it once
    said = words(caplog)
    assert said[0] == LATE.sentence
    assert "the webhook of the settings did not take the alert (HTTPError)" in said[1]


def test_a_webhook_that_has_moved_has_not_taken_the_alert(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook_sink() as elsewhere, webhook_sink(status=302, location=elsewhere.url) as moved:
        notify.send(settings_of(tmp_path, webhook_url=moved.url), LATE)
    assert "did not take the alert (HTTPError)" in words(caplog)[-1]
    assert elsewhere.asked == []
    with webhook_sink() as fixed:
        notify.send(settings_of(tmp_path, webhook_url=fixed.url), LATE)
    assert len(fixed.posts) == 1


@pytest.mark.parametrize("broken", ["refused", "nobody there", "not HTTP"])
def test_an_event_that_no_channel_took_is_sent_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    with webhook_sink() as gone:
        pass
    with mail_sink(refuses=True) as server:
        given = {
            "refused": {"smtp_url": server.url, **MAIL},
            "nobody there": {"webhook_url": gone.url},
            "not HTTP": {"webhook_url": server.url.replace("smtp", "http")},
        }[broken]
        notify.send(settings_of(tmp_path, **given), LATE)
    assert "did not take the alert" in words(caplog)[-1]
    with webhook_sink() as fixed:
        notify.send(settings_of(tmp_path, webhook_url=fixed.url), LATE)
    assert len(fixed.posts) == 1


def test_no_address_of_a_channel_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook_sink(status=404) as hook, mail_sink(refuses=True) as server:
        url = server.url.replace("smtp://", "smtp://ada:hunter2@")
        settings = settings_of(tmp_path, webhook_url=hook.url, smtp_url=url, **MAIL)
        notify.send(settings, LATE)
    everything = "\n".join(words(caplog)) + repr(settings) + settings.model_dump_json()
    for secret in ("hook-secret", "hunter2"):
        assert secret not in everything
    assert "shop.example" not in "\n".join(words(caplog))


def test_without_a_channel_the_log_has_it_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path)
    notify.send(settings, LATE)
    notify.send(settings, LATE)
    assert words(caplog) == [LATE.sentence]


def test_a_broken_record_of_alerts_stops_no_alert(tmp_path: Path) -> None:
    with webhook_sink() as sink:
        settings = settings_of(tmp_path, webhook_url=sink.url)
        settings.data_dir.mkdir()
        settings.alerts_path.write_text("this is no database")
        settings.alerts_path.chmod(stat.S_IRUSR)
        notify.send(settings, LATE)
        notify.send(settings, LATE)
    assert len(sink.posts) == 2


def test_every_setting_of_alerts_is_shown_in_journey_toml_as_it_is_by_default() -> None:
    shown = re.findall(r"^# (\w+ = .*)$", (REPO / "journey.toml").read_text(), re.MULTILINE)
    values = tomllib.loads("\n".join(shown))
    settings = Settings.load(REPO / "journey.toml", **values)
    assert set(values) == ALERT_SETTINGS
    numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
    assert numbers == {name: Settings.model_fields[name].default for name in numbers}
    assert settings.alert_to == ("data@shop.example",)


def test_recipients_of_alerts_are_no_reason_to_build_the_marts_again(tmp_path: Path) -> None:
    before = inputs.state(settings_of(tmp_path))
    with_alerts = settings_of(
        tmp_path, webhook_url="https://hooks.example/x", alert_mad_threshold=9
    )
    assert inputs.state(with_alerts) == before
    assert inputs.state(settings_of(tmp_path, visit_timeout_minutes=9)) != before


def test_a_run_that_finds_nothing_new_reports_that_it_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journey import monitor, publish
    from journey.pages import report
    from orchestration import run

    with webhook_sink() as sink:
        settings = settings_of(tmp_path, webhook_url=sink.url)
        long_ago = datetime(2026, 3, 1, 2, tzinfo=UTC)
        version = publish.Version(
            name="20260301T020000Z-run",
            directory=tmp_path,
            run_id="run",
            as_of=long_ago,
            published_at=long_ago,
            code_version="",
            raw_state=inputs.state(settings),
            row_counts={},
            files=(),
            checks=(),
        )
        monkeypatch.setattr(publish, "current", lambda _: version)
        monkeypatch.setattr(publish, "shown", lambda _: [version])
        monkeypatch.setattr(report, "described_version", lambda _: version.name)
        monkeypatch.setattr(monitor, "is_judged", lambda *_: True)
        for _ in range(2):
            assert run.run(settings).version is None
    (post,) = sink.posts
    assert "readers see data up to 2026-03-01 02:00 UTC" in post["text"]


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + b"\1" * 5000])
def test_a_record_of_alerts_that_is_damaged_is_begun_again_by_the_next_run(
    tmp_path: Path, content: bytes
) -> None:
    with webhook_sink() as sink:
        settings = settings_of(tmp_path, webhook_url=sink.url)
        settings.data_dir.mkdir()
        settings.alerts_path.write_bytes(content)
        for _ in range(3):
            notify.set_aside_if_damaged(settings)
            notify.send(settings, LATE)
    assert len(sink.posts) == 1
    assert settings.alerts_path.with_name("alerts.sqlite.damaged").read_bytes() == content


def test_what_an_earlier_release_reported_is_not_reported_again(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.data_dir.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(settings.alerts_path)) as connection, connection:
        connection.execute(
            "create table told_by (event text, channel text, told_at text not null,"
            " primary key (event, channel))"
        )
        connection.execute("insert into told_by values ('late/1', 'log', '2026-11-20T00:00:00')")
    layout.bring_up(settings)
    for event, is_known in (("late/1", True), ("late/2", False)):
        assert sent.was_reported(settings, event, "log") is is_known
    sent.remember(settings, "late/2", "log")
    with contextlib.closing(sqlite3.connect(settings.alerts_path)) as connection:
        tables = connection.execute(
            "select name from sqlite_master where type = 'table'"
        ).fetchall()
        assert connection.execute("select count(*) from reported_by").fetchone() == (2,)
    assert tables == [("reported_by",)]


def test_a_record_of_alerts_that_is_lost_is_begun_again(tmp_path: Path) -> None:
    with webhook_sink() as sink:
        settings = settings_of(tmp_path, webhook_url=sink.url)
        notify.set_aside_if_damaged(settings)
        notify.send(settings, LATE)
        settings.alerts_path.unlink()
        for _ in range(2):
            notify.set_aside_if_damaged(settings)
            notify.send(settings, LATE)
    assert len(sink.posts) == 2
