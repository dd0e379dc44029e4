"""A folder of policies: which is in force, which takes the place of the shipped one, and which contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.policies import BadPolicy, PolicyBook, PolicyVersion, policy_files, shipped
from tests.workflows.domain.accounts import account, invoice
from workflows.domain.account import Account
from workflows.domain.choosing import NOBODY

STEPS = "steps:\n  - {name: first, when: {after_due: 3}, do: [{alert: {}}]}\n"


def text(name: str, applies: str = "{}") -> str:
    return f"name: {name}\napplies_to: {applies}\n{STEPS}"


def put(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


def in_force(folder: Path) -> list[str]:
    return [name for name, _ in policy_files(folder)]


def book(*texts: str) -> PolicyBook:
    versions = [PolicyVersion(one.partition("\n")[0].removeprefix("name: "), 1, one) for one in texts]
    return PolicyBook(versions, [(one.name, 1) for one in versions])


def test_without_a_folder_the_shipped_policy_is_in_force() -> None:
    assert policy_files(None) == [("standard", shipped().text)]


def test_a_policy_for_some_stands_beside_the_shipped_one_and_one_for_all_takes_its_place(tmp_path: Path) -> None:
    assert in_force(put(tmp_path, vip=text("vip", "{segment: [vip]}"))) == ["standard", "vip"]
    assert in_force(put(tmp_path, own=text("own"))) == ["own", "vip"]


def test_a_shipped_policy_put_into_the_folder_is_in_force(tmp_path: Path) -> None:
    put(tmp_path, gentle=shipped("gentle").text, consumer=shipped("consumer").text, high_value=shipped("high_value").text)
    assert in_force(tmp_path) == ["consumer", "gentle", "high_value"]


def test_two_that_fit_the_same_customers_are_named_with_file_and_line(tmp_path: Path) -> None:
    put(tmp_path, a=text("a", '{customer: ["C1", "C2"]}'), b=text("b", '{customer: ["c2"]}'))
    with pytest.raises(BadPolicy) as caught:
        policy_files(tmp_path)
    assert str(caught.value) == (
        "b.yaml line 2: applies_to: it is for the customer c2 just as a.yaml line 2 is, so neither could win; narrow one of them"
    )


def test_two_of_one_name_are_named_with_file_and_line(tmp_path: Path) -> None:
    put(tmp_path, a=text("ours", "{segment: [x]}"), b=text("ours", "{segment: [y]}"))
    with pytest.raises(BadPolicy, match=r"b.yaml line 1: name: the name `ours` is taken by a.yaml line 1"):
        policy_files(tmp_path)


def test_a_folder_with_a_mistake_is_refused_whole(tmp_path: Path) -> None:
    put(tmp_path, a=text("a"), b="name: b\n")
    with pytest.raises(BadPolicy, match=r"b.yaml line 1: steps"):
        policy_files(tmp_path)


def test_an_account_and_its_items_get_the_closest_policy() -> None:
    policies = book(
        text("all"), text("own", "{customer: [C1], book: [main]}"), text("one", "{invoice: [A]}"), text("goods", "{product: [x]}")
    )
    owing = account(invoice("A"), invoice("B"))
    chosen = policies.of(owing)
    assert (chosen.name, [chosen.for_item(item.id).name for item in owing.items]) == ("own", ["one", "own"])
    assert policies.current(owing).name == "own"


def test_whom_no_policy_is_for_is_asked_for_nothing() -> None:
    policies = book(text("vip", "{segment: [vip]}"))
    assert policies.of(account(invoice())) is NOBODY
    started = account(invoice(), policy=(NOBODY.name, NOBODY.version))
    assert book(text("all")).of(started).name == "all"


def test_a_running_account_keeps_its_policy_when_a_closer_one_comes() -> None:
    policies = book(text("all"), text("own", "{customer: [C1]}"))
    assert policies.of(account(invoice(), policy=("all", 1))).name == "all"
    assert policies.of(account(invoice())).name == "own"


def test_with_another_in_force_the_one_for_the_same_customers_steps_back() -> None:
    policies = book(text("all"), text("vip", "{segment: [vip]}"))
    after = policies.with_current(PolicyVersion("other", 1, text("other")))
    running: Account = account(invoice(), policy=("all", 1))
    assert [policy.name for policy in after.in_force] == ["vip", "other"]
    assert (after.of(running).name, after.current(running).name) == ("all", "other")
    assert policies.current(running).name == "all", "the book itself is as it was"


def test_a_version_stored_by_another_process_is_learnt() -> None:
    policies = book(text("all"))
    policies.learn([PolicyVersion("all", 2, text("all").replace("3}", "9}"))])
    assert policies.of(account(policy=("all", 2))).steps[0].when.days == 9
    assert policies.of(account()).version == 1
