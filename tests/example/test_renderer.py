"""What the renderer does with WXML, WXSS and `wx`: its sample app has one of each."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.example import phone
from tests.example.phone import Phone

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FIRST = "pages/first/first"


@pytest.fixture(scope="module")
def visited(chromium: "Browser", sample: str) -> Iterator[Phone]:
    """A phone with the sample; its console must stay silent."""
    with phone.visit(chromium, sample, user="alice") as visited:
        visited.open(FIRST)
        yield visited
        visited.findings.nothing_wrong()


@pytest.fixture
def shown(visited: Phone) -> Phone:
    """The sample's first page, opened anew."""
    visited.relaunch(f"{FIRST}?from=test")
    return visited


def test_wxs_templates_and_branches(shown: Phone) -> None:
    assert shown.text("#greeting") == "你好！"
    assert shown.text(".line") == "你好"
    assert shown.text("#step") == "零"


def test_a_module_finds_no_browser(shown: Phone) -> None:
    assert shown.data["absent"] == "undefined,undefined,undefined,function"


def test_a_tap_has_dataset_and_marks(shown: Phone) -> None:
    shown.tap("#next")
    assert shown.text("#step") == "一"
    shown.tap("#next")
    assert shown.text("#step") == "多"
    assert shown.page.evaluate(f"{phone.TOP}.instance.taps") == [
        "load test",
        "tap plus",
        "tap plus",
    ]


def test_keyed_rows_are_moved_with_what_was_typed_in_them(shown: Phone) -> None:
    shown.screen.locator(".row[data-id=a] input").fill("甲的字")
    shown.tap("#turn")
    rows = shown.screen.locator(".row")
    assert rows.all_inner_texts() == ["0 丙", "1 乙", "2 甲"]
    assert rows.nth(2).locator("input").input_value() == "甲的字"


def test_a_component_has_its_own_classes_slots_and_events(shown: Phone) -> None:
    colour = "e => getComputedStyle(e).color"
    assert shown.screen.locator("c-components-card-card").inner_text().split() == [
        "头",
        "你好",
        "身",
    ]
    assert shown.screen.get_by_text("身").evaluate(colour) == "rgb(255, 0, 0)"
    assert (
        shown.screen.locator("c-components-card-card > wx-view").evaluate(colour)
        == "rgb(34, 34, 34)"
    )
    shown.tap("#next")
    shown.tap("c-components-card-card wx-text")
    assert shown.text("#picked") == "1"


def test_a_tap_on_a_picture_is_one_on_what_holds_it(shown: Phone) -> None:
    shown.tap("#picture img")
    assert shown.text("#step") == "一"


def test_fields_write_into_the_data(shown: Phone) -> None:
    shown.screen.locator("#word input").fill("新词")
    assert shown.text("#word-shown") == "新词"
    shown.tap("#switch")
    assert shown.text("#on") == "开"
    shown.tap("#submit")
    assert shown.text("#submitted") == "小白"


def test_a_question_is_drawn_and_answered(shown: Phone) -> None:
    shown.screen.locator("#ask").tap()
    shown.tap_chrome("确定")
    assert shown.text("#answer") == "可以"


def test_tabs_and_navigators(shown: Phone) -> None:
    shown.tap("#next")
    shown.tap_chrome("第二")
    assert shown.path == "pages/second/second"
    shown.tap_chrome("第一")
    assert shown.text("#step") == "一"
    shown.tap("#away")
    assert shown.path == "pages/second/second"


def test_lengths_and_fixed_boxes(shown: Phone) -> None:
    width = shown.screen.locator(".half").evaluate("e => e.getBoundingClientRect().width")
    assert width == 195
    bottom = "e => [e.getBoundingClientRect().bottom, innerHeight]"
    assert len(set(shown.screen.locator(".bottom").evaluate(bottom))) == 1
    assert shown.overflowing() == []


@pytest.mark.parametrize(
    ("dark", "ink", "bar"),
    [
        pytest.param(False, "rgb(34, 34, 34)", "rgb(255, 255, 255)", id="light"),
        pytest.param(True, "rgb(238, 238, 238)", "rgb(17, 17, 17)", id="dark"),
    ],
)
def test_the_theme(chromium: "Browser", sample: str, dark: bool, ink: str, bar: str) -> None:
    with phone.visit(chromium, sample, user="alice", dark=dark) as visited:
        visited.open(FIRST)
        assert visited.screen.locator("#greeting").evaluate("e => getComputedStyle(e).color") == ink
        assert (
            visited.page.locator("#bar").evaluate("e => getComputedStyle(e).backgroundColor") == bar
        )
        visited.findings.nothing_wrong()


@pytest.mark.parametrize(
    ("wxml", "said"),
    [
        pytest.param(
            "<view bind:tap='gone'>x</view>", 'bindtap="gone" names no method', id="handler"
        ),
        pytest.param("<cart/>", "<cart> is neither built in nor in usingComponents", id="tag"),
    ],
)
def test_what_wechat_would_pass_over_is_an_error(
    chromium: "Browser", tmp_path: Path, wxml: str, said: str
) -> None:
    with (
        phone.renderer(changed(tmp_path, wxml)) as url,
        phone.visit(chromium, url, user="alice") as shown,
    ):
        shown.page.goto(f"{url}/?path={FIRST}")
        if "tap" in wxml:
            shown.screen.locator("wx-view").tap()
        assert heard(shown, said)


def heard(shown: Phone, said: str) -> bool:
    """Whether the console says it, within five seconds."""
    for _ in range(50):
        if any(said in error for error in shown.findings.console_errors):
            return True
        shown.page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize(
    "wxml",
    [
        pytest.param("<view>{{a?.b}}</view>", id="optional chaining"),
        pytest.param("<view>{{a.indexOf(b)}}{{`c`}}</view>", id="a template string"),
        pytest.param("<view><text>x</view>", id="a tag left open"),
        pytest.param("<view wx:else>x</view>", id="an else alone"),
    ],
)
def test_what_wechats_compiler_refuses_is_refused(tmp_path: Path, wxml: str) -> None:
    with (
        pytest.raises(AssertionError, match=r"first\.wxml"),
        phone.renderer(changed(tmp_path, wxml)),
    ):
        pass


def changed(folder: Path, wxml: str) -> Path:
    """A copy of the sample with another first page."""
    app = folder / "app"
    shutil.copytree(phone.SAMPLE, app)
    (app / f"{FIRST}.wxml").write_text(wxml, "utf-8")
    return app
