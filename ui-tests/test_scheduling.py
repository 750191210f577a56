"""What is scheduled is seen in the side bar; it is scheduled, changed and paused there."""

from __future__ import annotations

import json

from playwright.sync_api import expect


def test_a_schedule_shows_when_it_fires_next_and_can_be_paused_and_resumed(lab, window):
    lab.write("fetch_rates.ipynb", "1 + 1", task="fetch_rates")
    lab.write("rates.ipynb", "%%flow rates\nfetch_rates")
    lab.flow("schedule", "rates", "--cron", "0 6 * * *", "--tz", "Asia/Tokyo")
    window.open()
    window.command("jupyter-flow:show-sidebar")

    schedule = window.sidebar.get_by_role("listitem").filter(has_text="0 6 * * *")
    expect(schedule).to_contain_text("rates")
    expect(schedule).to_contain_text("Asia/Tokyo")
    expect(schedule).to_contain_text("in ")
    fires = schedule.get_by_role("list", name="next fire times").get_by_role("listitem")
    expect(fires.first).to_contain_text("06:00")
    window.shot("scheduled")

    schedule.get_by_role("button", name="pause rates").click()
    expect(schedule).to_contain_text("paused")
    expect(fires).to_have_count(0)
    assert [each["is_paused"] for each in listed(lab)] == [True]
    window.shot("paused")

    schedule.get_by_role("button", name="resume rates").click()
    expect(fires.first).to_contain_text("06:00")
    assert [each["is_paused"] for each in listed(lab)] == [False]
    lab.flow("unschedule", "rates")


def listed(lab):
    return json.loads(lab.flow("schedule", "--json"))


def test_a_flow_is_scheduled_and_its_past_filled_in_from_the_side_bar(lab, window):
    lab.write("fetch_tides.ipynb", "1 + 1", task="fetch_tides")
    lab.write("tides.ipynb", "%%flow tides\nparams(days=2)\nfetch_tides")
    window.open()
    window.command("jupyter-flow:show-sidebar")

    window.sidebar.get_by_role("button", name="schedule tides").click()
    form = window.page.get_by_role("form", name="schedule tides")
    form.get_by_label("When").fill("0 6 * *")
    expect(form.get_by_role("alert")).to_contain_text("4 fields, not 5")
    window.shot("refused")
    form.get_by_role("button", name="working days at 6").click()
    form.get_by_label("Time zone").fill("Asia/Tokyo")
    fires = form.get_by_role("list", name="next fire times").get_by_role("listitem")
    expect(fires).to_have_count(5)
    expect(fires.first).to_contain_text("06:00 GMT+9")
    form.get_by_label("days").fill("3")
    window.shot("asked")
    form.get_by_role("button", name="Schedule", exact=True).click()

    schedule = window.sidebar.get_by_role("listitem").filter(has_text="0 6 * * 1-5")
    expect(schedule).to_contain_text("Asia/Tokyo")
    (made,) = (each for each in listed(lab) if each["name"] == "tides")
    assert made["params"] == {"days": "3"}

    schedule.get_by_role("button", name="fill in the past of tides").click()
    form = window.page.get_by_role("form", name="backfill tides")
    form.get_by_label("From").fill("2026-03-02")
    form.get_by_label("To", exact=False).last.fill("2026-03-03")
    expect(form).to_contain_text("2 runs are made")
    window.shot("backfill")
    form.get_by_role("button", name="Begin 2 runs").click()
    expect(window.page.get_by_text("2 runs of tides are queued").first).to_be_visible()
    runs = window.sidebar.get_by_role("button", name="run of tides: succeeded")
    expect(runs).to_have_count(2)
    window.shot("filled")

    schedule.get_by_role("button", name="unschedule tides").click()
    window.page.get_by_role("button", name="Unschedule", exact=True).click()
    expect(schedule).to_have_count(0)
