"""What is scheduled is seen in the side bar, and can rest for a while."""

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
