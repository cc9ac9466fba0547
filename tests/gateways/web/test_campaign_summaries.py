"""The form of a campaign's written report: begun with the figures of the form that the unit prepared."""

from __future__ import annotations

import html
import re

from tests.gateways.web.test_campaigns import Shown, shown

__all__ = ["shown"]


def test_a_summary_is_begun_with_the_figures_of_the_units_form(shown: Shown) -> None:
    table = shown.played.table["table_id"]
    at = f"/documents/new/INTERIM_SUMMARY?campaign={shown.played.id}&table="
    assert shown.as_("county").get(f"{at}TAB-NONE").status_code == 404
    page = shown.as_("county").get(f"{at}{table}")
    assert page.status_code == 200
    fields = dict(
        re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', page.text, re.S)
    )
    assert "经排查，辖区现有人力资源服务机构" in html.unescape(fields["agencies"])
    assert "“双随机、一公开”检查" in html.unescape(fields["measures"])
    assert (fields["difficulties"], fields["next_plan"]) == ("", "")
