"""Online recruitment: the joint register, screening, judging, disposal with 网信."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.online.facts import (
    BadReviewsRecorded,
    DisposalAnswer,
    HitJudged,
    HitJudgement,
    Keyword,
    ListCategory,
    OnlineDisposalTaken,
    OnlineMeasure,
    OutletKind,
    OutletRegistered,
    ScreeningHitFound,
    reviews_of,
)
from domain.online.register import outlet_id
from domain.online.screening import (
    PLATFORM_LIST,
    digest_of,
    holds,
    plain,
    screen,
    superiors,
)
from tests.domain.leads import send, sign
from tests.domain.story import LN_A, LN_B, Story, day, granted, refused

POSTING = "仓库分拣，限 男 性，３５岁以下，内推费另谈"
SUSPENDED = OnlineMeasure.RECRUITMENT_SUSPENDED
Begun = tuple[Story, str]


def enter(story: Story, organ: str = "HRSS_MKT", **data: Any) -> str:
    """Registers the public account through which LN-A deals in jobs."""
    asked: dict[str, Any] = {
        "kind": OutletKind.ACCOUNT,
        "platform": "公众号平台",
        "handle": "云聘速递",
        "operator": LN_A,
        **data,
    }
    (entered,) = story.give(organ, "RegisterOutlet", **asked)
    assert isinstance(entered, OutletRegistered)
    return entered.outlet_id


def entered(**data: Any) -> Begun:
    story = Story().on("2025-02-10")
    return story, enter(story, **data)


def look(story: Story, outlet: str, organ: str = "HRSS_MKT", **data: Any) -> Any:
    return story.give(organ, "ScreenPosting", **{"outlet": outlet, "text": POSTING, **data})


def hit(**data: Any) -> tuple[Story, str, str]:
    """A posting of the outlet matched the list."""
    story, outlet = entered(**data)
    (found,) = look(story, outlet)
    return story, outlet, found.hit_id


def judge(story: Story, outlet: str, name: str, organ: str = "HRSS_MKT", **data: Any) -> Any:
    asked: dict[str, Any] = {
        "outlet": outlet,
        "hit": name,
        "organisation": LN_A,
        "judgement": HitJudgement.CONFIRMED,
        "reason": "招聘信息限定性别和年龄",
        **data,
    }
    return story.give(organ, "JudgeHit", **asked)


def publish(story: Story, *keywords: Keyword, organ: str = "HRSS_MKT", at: str = "210103") -> Any:
    return story.give(organ, "PublishKeywords", at=at, keywords=keywords)


def word(text: str, *unless: str) -> Keyword:
    return Keyword(word=text, category=ListCategory.DISCRIMINATION, unless=unless)


def review(story: Story, **data: Any) -> Any:
    asked: dict[str, Any] = {
        "organisation": LN_A,
        "count": 7,
        "from_day": day("2025-02-01"),
        "to_day": day("2025-02-09"),
        **data,
    }
    return story.give("HRSS_MKT", "RecordBadReviews", **asked)


def ask(story: Story, outlet: str, organ: str = "HRSS", **data: Any) -> str:
    """人社 asks 网信 to suspend recruitment through the outlet."""
    asked: dict[str, Any] = {
        "organisation": LN_A,
        "outlets": (outlet,),
        "codes": ("V-LIC-04",),
        "opinion": "未经许可开展网络招聘服务",
        "measures": (SUSPENDED,),
        **data,
    }
    (requested,) = story.give(organ, "RequestOnlineDisposal", **asked)
    return str(requested.request_id)  # type: ignore[attr-defined]


def asked_of_cac() -> Begun:
    story, outlet = entered()
    return story, ask(story.on("2025-02-17"), outlet)


def answer(story: Story, request: str, **data: Any) -> Any:
    asked: dict[str, Any] = {
        "request": request,
        "answer": DisposalAnswer.TAKEN,
        "measures": (SUSPENDED,),
        **data,
    }
    return story.give("CAC", "AnswerOnlineDisposal", **asked)


def lift(story: Story, request: str) -> Any:
    return answer(story, request, answer=DisposalAnswer.LIFTED, measures=(), reason="已取得许可")


def after(begin: Callable[[], Begun], *acts: Callable[[Story, str], Any]) -> Any:
    story, name = begin()
    for act in acts:
        act(story, name)


def on_hit(*acts: Callable[[Story, str, str], Any]) -> Any:
    story, outlet, name = hit()
    for act in acts:
        act(story, outlet, name)


REFUSED: dict[str, Callable[[], Any]] = {
    "DisposalAlreadyRequested": lambda: after(
        entered, lambda s, outlet: (ask(s.on("2025-02-17"), outlet), ask(s, outlet))
    ),
    "OutletAlreadyRegistered": lambda: after(
        entered, lambda s, _: enter(s, "CAC", handle="云聘 速递")
    ),
    "OutletUnknown": lambda: look(Story(), "OU-NONE"),
    "KeywordTwice": lambda: publish(Story(), word("限男"), word("限 男")),
    "KeywordWithoutLetters": lambda: publish(Story(), word("，。")),
    "PhraseWithoutWord": lambda: publish(Story(), word("限男", "男女不限")),
    "PostingSeenInFuture": lambda: after(
        entered, lambda s, o: look(s, o, seen_on=day("2025-02-11"))
    ),
    "HitUnknown": lambda: after(entered, lambda s, o: judge(s, o, "HT-NONE")),
    "HitAlreadyJudged": lambda: on_hit(judge, judge),
    "HitOfAnotherOperator": lambda: on_hit(lambda s, o, h: judge(s, o, h, organisation=LN_B)),
    "RemindedWithoutHit": lambda: on_hit(
        lambda s, o, h: judge(s, o, h, judgement=HitJudgement.DISMISSED, reminded=True)
    ),
    "ReviewsInFuture": lambda: after(entered, lambda s, _: review(s, to_day=day("2025-02-11"))),
    "ReviewsEndBeforeStart": lambda: after(
        entered, lambda s, _: review(s, to_day=day("2025-01-01"))
    ),
    "DisposalLeadUnknown": lambda: after(entered, lambda s, o: ask(s, o, lead="LD-NONE")),
    "MeasureDoesNotFit": lambda: after(
        entered, lambda s, o: ask(s, o, measures=(OnlineMeasure.APP_REMOVED,))
    ),
    "OperatorIsLicensed": lambda: (
        story := granted(),
        ask(story, enter(story, operator=LN_B), organisation=LN_B),
    ),
    "OutletOfAnotherOperator": lambda: after(entered, lambda s, o: ask(s, o, organisation=LN_B)),
    "DisposalRequestNotReceived": lambda: answer(Story(), "OD-NONE"),
    "DisposalAlreadyAnswered": lambda: after(asked_of_cac, answer, answer),
    "NothingToLift": lambda: after(asked_of_cac, lift),
    "DisposalNeedsMeasures": lambda: after(asked_of_cac, lambda s, r: answer(s, r, measures=())),
    "DisposalReasonMissing": lambda: after(
        asked_of_cac, lambda s, r: answer(s, r, answer=DisposalAnswer.DECLINED, measures=())
    ),
    "MeasuresOnlyWhenTaken": lambda: after(
        asked_of_cac,
        lambda s, r: answer(s, r, answer=DisposalAnswer.DECLINED, reason="账号已自行注销"),
    ),
    "OutletNotRequested": lambda: after(
        asked_of_cac, lambda s, r: answer(s, r, outlets=("OU-NONE",))
    ),
    "DisposalInFuture": lambda: after(
        asked_of_cac, lambda s, r: answer(s, r, on=day("2025-02-18"))
    ),
    "DisposalBeforeRequest": lambda: after(
        asked_of_cac, lambda s, r: answer(s, r, on=day("2025-02-16"))
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_does_not_fit_is_refused_by_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


def test_an_outlet_is_registered_screened_judged_and_its_recruitment_suspended() -> None:
    story = Story().on("2025-02-10")
    lead = send(story, "CAC", "HRSS_MKT")
    sign(story, "HRSS_MKT", lead)
    outlet = enter(story)
    (found,) = look(story, outlet)
    assert found.words == ("限男", "35岁以下", "内推费")
    assert found.categories == (ListCategory.DISCRIMINATION, ListCategory.FEES)
    assert found.list_version == 1
    judge(story, outlet, found.hit_id, reminded=True)
    request = ask(story.on("2025-02-17"), outlet, lead=lead)
    (taken,) = answer(story.on("2025-02-19"), request)
    assert isinstance(taken, OnlineDisposalTaken)
    assert (taken.outlets, taken.on) == ((outlet,), day("2025-02-19"))
    assert story.facts[-1].matter == story.facts[0].matter
    (lifted,) = lift(story.on("2025-06-01"), request)
    assert lifted.measures == (SUSPENDED,)
    refused("NothingToLift", lambda: lift(story, request))
    refused("DisposalAlreadyAnswered", lambda: answer(story, request))


def test_the_text_of_a_posting_is_not_kept() -> None:
    story, _outlet, _hit = hit()
    found = story.of(ScreeningHitFound)[0].fact
    assert found.posting == digest_of(POSTING)
    assert "分拣" not in repr(story.facts)


def test_a_posting_without_a_match_leaves_nothing_and_one_that_matched_counts_once() -> None:
    story, outlet, _name = hit()
    assert look(story, outlet, text="招聘分拣员，男女不限，学历不限") == []
    assert look(story, outlet, text="仓库分拣 限男性 35岁以下 内推费另谈") == []
    assert look(story, outlet, "CAC") == []
    assert len(story.of(ScreeningHitFound)) == 1


def test_either_keeper_judges_what_the_other_found_and_only_once() -> None:
    story, outlet = entered()
    (found,) = look(story, outlet, "CAC")
    judge(story, outlet, found.hit_id)
    refused("HitAlreadyJudged", lambda: judge(story, outlet, found.hit_id, "CAC"))


def test_what_is_confirmed_or_reviewed_badly_stands_in_the_operators_own_stream() -> None:
    story, outlet, name = hit()
    judge(story, outlet, name)
    review(story, outlet=outlet)
    review(story)
    kinds = [type(one.fact) for one in story.stream(reviews_of(LN_A), "hr")]
    assert kinds == [HitJudged, BadReviewsRecorded, BadReviewsRecorded]
    assert len({one.matter for one in story.facts}) == 1


def test_an_operator_found_out_later_is_entered_and_named_by_the_next_hit() -> None:
    story, outlet, name = hit(operator=None)
    judge(story, outlet, name, organisation=None)
    refused("HitAlreadyJudged", lambda: judge(story, outlet, name, organisation=None))
    refused("OutletAlreadyRegistered", lambda: enter(story, operator=None))
    assert enter(story, "CAC") == outlet
    (found,) = look(story, outlet, text="只招女")
    assert found.operator == LN_A
    assert len({one.matter for one in story.facts}) == 1


def test_whether_the_operator_is_licensed_is_read_from_its_licence() -> None:
    story = granted()
    enter(story, "CAC", operator=LN_B)
    enter(story, handle="别处")
    assert [one.fact.licensed for one in story.of(OutletRegistered)] == [True, False]


def test_a_request_may_name_another_violation_of_a_licensed_operator() -> None:
    story = granted()
    outlet = enter(story, operator=LN_B)
    ask(story, outlet, organisation=LN_B, codes=("V-INF-01",))


def test_a_request_names_violations_of_the_catalogue() -> None:
    story, outlet = entered()
    refused("CodeNotInCatalogue", lambda: ask(story, outlet, codes=("V-NONE-01",)))


def test_a_region_screens_by_the_nearest_list_and_versions_count_on() -> None:
    story, outlet = entered()
    publish(story, word("限男"), at="210000", organ="CAC")
    (found,) = look(story, outlet)
    assert (found.list_version, found.words) == (2, ("限男",))
    publish(story, word("35岁以下"))
    publish(story, word("内推费"), organ="CAC")
    (found,) = look(story, outlet)
    assert (found.list_version, found.words) == (3, ("内推费",))


def test_a_measure_of_the_answer_fits_the_outlet() -> None:
    story, outlet = entered()
    request = ask(story, outlet)
    refused(
        "MeasureDoesNotFit",
        lambda: answer(story, request, outlets=(outlet,), measures=(OnlineMeasure.SITE_CLOSED,)),
    )
    answer(story, request, outlets=(outlet,), measures=(OnlineMeasure.ACCOUNT_CLOSED,))


def test_a_declined_request_states_why() -> None:
    story, request = asked_of_cac()
    answer(story, request, answer=DisposalAnswer.DECLINED, measures=(), reason="账号已自行注销")
    refused("NothingToLift", lambda: lift(story, request))


def test_the_platforms_list_can_be_published_and_covers_what_the_notice_names() -> None:
    (published,) = publish(Story(), *PLATFORM_LIST)
    assert published.list_version == 2
    assert {one.category for one in PLATFORM_LIST} == set(ListCategory)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("限男性", ("限男",)),
        ("不限男女", ()),
        ("不限男女，但限男性优先", ("限男", "男性优先")),
        ("限-男-性", ("限男",)),
        ("限\u200b男", ("限男",)),
        ("３５岁以下", ("35岁以下",)),
        ("不收押金", ()),
        ("不收押金，先交押金", ("押金",)),
        ("不限985、211", ()),
        ("限９８５高校", ("限985",)),
        ("", ()),
    ],
)
def test_words_are_found_outside_their_harmless_phrases(text: str, words: tuple[str, ...]) -> None:
    assert tuple(one.word for one in screen(text, PLATFORM_LIST)) == words


LETTERS = st.text(alphabet="限男女不5a甲乙", max_size=12)
NOISE = st.text(alphabet=" 　，。-\u200b\n·", max_size=4)


@given(before=LETTERS, behind=LETTERS, noise=NOISE)
def test_a_word_without_harmless_phrases_is_found_wherever_it_stands(
    before: str, behind: str, noise: str
) -> None:
    assert holds(plain(f"{before}限{noise}男{behind}"), word("限男"))


@given(text=LETTERS)
@example("不限男")
@example("限不限男")
def test_a_phrase_excuses_exactly_the_occurrences_within_it(text: str) -> None:
    spoken = plain(text)
    bare = (
        [
            place
            for place in range(len(spoken))
            if spoken.startswith("限男", place) and not spoken.startswith("不", place - 1, place)
        ]
        if spoken
        else []
    )
    assert holds(spoken, word("限男", "不限男")) == bool(bare)


@given(text=st.text(max_size=60))
def test_the_compared_form_is_stable_and_so_is_the_digest(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert digest_of(plain(text)) == digest_of(text)


@given(text=st.text(max_size=40))
def test_a_longer_list_finds_no_less(text: str) -> None:
    first = screen(text, PLATFORM_LIST[:10])
    assert set(first) <= set(screen(text, PLATFORM_LIST))


@pytest.mark.parametrize(
    ("region", "chain"),
    [
        ("210103", ("210103", "210100", "210000")),
        ("210103001", ("210103001", "210103", "210100", "210000")),
        ("210000", ("210000",)),
        ("21-SFSFQ", ("21-SFSFQ", "210000")),
    ],
)
def test_a_region_and_its_superiors(region: str, chain: tuple[str, ...]) -> None:
    assert superiors(region) == chain


def test_an_outlet_has_one_number_however_it_is_spelled() -> None:
    one = outlet_id(OutletKind.ACCOUNT, "公众号平台", "云聘 ABC")
    assert one == outlet_id(OutletKind.ACCOUNT, "公众号 平台", "云聘ａｂｃ")
    assert one != outlet_id(OutletKind.APP, "公众号平台", "云聘 ABC")
    assert outlet_id(OutletKind.GROUP, "平台", "★") != outlet_id(OutletKind.GROUP, "平台", "☆")


def test_an_outlet_is_asked_about_again_when_the_request_was_answered() -> None:
    story, outlet = entered()
    request = ask(story.on("2025-02-17"), outlet)
    answer(story, request)
    assert ask(story, outlet) != request
