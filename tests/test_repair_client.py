"""The client over real HTTP against a scripted server: what it waits for, what it gives up on, and where the key goes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from email.utils import parsedate_to_datetime

import pytest
from scripted_server import Act, scripted_server

from c2rust_py.diagnostics import CompileError
from c2rust_py.repair.client import (
    KEY_VARIABLES,
    AskFailed,
    Client,
    Endpoint,
    find_key,
    require_url,
    seconds_to_wait,
    without_keys,
)
from c2rust_py.repair.exchange import Message, Reply, Request

KEY = "sk-loopback-secret"
REQUEST = Request("small", (Message("system", "rules"), Message("user", "a" * 400)), 256)


def ask(acts: list[Act], *, seconds: float | None = None, timeout: float = 20.0) -> tuple[Reply, list[float], list[str]]:
    """The reply, the pauses before it, and the keys that were sent."""
    pauses: list[float] = []
    with scripted_server(acts) as script:
        client = Client(Endpoint(script.url, timeout), KEY, pauses.append)
        reply = client.ask(REQUEST, "f", 1, seconds)
        return reply, pauses, [headers.get("Authorization", headers.get("authorization", "")) for headers, _ in script.asked]


def refused(acts: list[Act], **given: float) -> AskFailed:
    with pytest.raises(AskFailed) as found:
        ask(acts, **given)
    return found.value


def test_an_answer_with_its_usage() -> None:
    reply, pauses, keys = ask([Act("fn f() {}", usage=(7, 9))])
    assert reply == Reply("fn f() {}", False, 7, 9)
    assert (pauses, keys) == ([], [f"Bearer {KEY}"])


def test_what_is_sent() -> None:
    with scripted_server([Act("x")]) as script:
        Client(Endpoint(script.url), KEY, lambda seconds: None).ask(REQUEST, "f", 1, None)
        (_, data), = script.asked
    assert data == {
        "model": "small", "max_tokens": 256, "temperature": 0.0, "seed": 1,
        "messages": [{"role": "system", "content": "rules"}, {"role": "user", "content": "a" * 400}],
    }  # fmt: skip


def test_tokens_are_estimated_where_the_server_does_not_count() -> None:
    reply, _, _ = ask([Act("x" * 40, usage=None)])
    assert (reply.tokens_in, reply.tokens_out) == (REQUEST.estimated_tokens, 10)


def test_an_answer_that_is_cut_says_so() -> None:
    reply, _, _ = ask([Act("fn f() {", finish="length")])
    assert reply.cut


def test_an_empty_answer_is_empty() -> None:
    reply, _, _ = ask([Act(None)])
    assert reply.content == ""


def test_too_many_requests_waits_as_long_as_the_server_says() -> None:
    reply, pauses, _ = ask([Act(status=429, headers={"Retry-After": "7"}, raw="{}"), Act("x")])
    assert (reply.content, pauses) == ("x", [7.0])


def test_it_does_not_wait_past_its_time() -> None:
    problem = refused([Act(status=429, headers={"Retry-After": "70"}, raw="{}"), Act("x")], seconds=30.0)
    assert "429" in problem.reason and not problem.final


@pytest.mark.parametrize("status", [500, 502, 503, 529])
def test_a_server_s_fault_is_asked_again(status: int) -> None:
    reply, pauses, _ = ask([Act(status=status, raw="oops"), Act(status=status, raw="oops"), Act("x")])
    assert reply.content == "x" and len(pauses) == 2 and pauses[0] <= 0.5


def test_a_server_that_stays_broken() -> None:
    problem = refused([Act(status=503, raw="down")] * 9)
    assert problem.reason == "the endpoint answers 503: down" and not problem.final


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_asking_again_does_not_mend(status: int) -> None:
    problem = refused([Act(status=status, raw='{"error": {"message": "no"}}'), Act("x")])
    assert problem.final and str(status) in problem.reason


CHOICE = '"choices": [{"message": {"content": "x"}}]'
GARBAGE = (
    "", "{", "[]", "{}", '{"choices": []}', '{"choices": {}}', '{"choices": [{"message": 1}]}', "<html>", "[" * 100_000,
    f'{{{CHOICE}, "usage": {{"prompt_tokens": 1e999}}}}', f'{{{CHOICE}, "usage": {{"prompt_tokens": -1}}}}',
    f'{{{CHOICE}, "usage": 7}}', f'{{{CHOICE}, "usage": {{"prompt_tokens": 1{"0" * 400}}}}}', '{"choices": [{"message": {"content": ["x"]}}]}',
)  # fmt: skip


@pytest.mark.parametrize("raw", GARBAGE)
def test_garbage_is_asked_again(raw: str) -> None:
    reply, pauses, _ = ask([Act(raw=raw), Act("x")])
    assert reply.content == "x" and len(pauses) == 1


def test_a_body_that_is_cut_off_is_asked_again() -> None:
    reply, pauses, _ = ask([Act("y" * 4000, cut=True), Act("x")])
    assert reply.content == "x" and len(pauses) == 1


@pytest.mark.parametrize("text", ["Wed, 21 Oct 2026 07:28:00 GMT", "-3", "soon", ""])
def test_a_time_to_wait_that_is_no_number_of_seconds(text: str) -> None:
    reply, (pause,), _ = ask([Act(status=429, headers={"Retry-After": text}, raw="{}"), Act("x")])
    assert reply.content == "x" and 0 < pause <= 0.5


def test_times_to_wait() -> None:
    now = parsedate_to_datetime("Wed, 21 Oct 2026 07:28:00 GMT").timestamp()
    assert seconds_to_wait("2.5", now) == 2.5
    assert seconds_to_wait("Wed, 21 Oct 2026 07:28:09 GMT", now) == 9
    for text in ("Wed, 21 Oct 2026 07:27:59 GMT", "nan", "inf", "-1", "soon", ""):
        assert seconds_to_wait(text, now) is None


def test_a_model_that_does_not_answer_in_time() -> None:
    problem = refused([Act("x", hang=60.0)] * 9, timeout=0.05)
    assert problem.reason == "the model does not answer in time"


def test_time_that_answers_take_is_gone() -> None:
    with scripted_server([Act("x", hang=60.0)] * 9) as script:
        with pytest.raises(AskFailed) as found:
            Client(Endpoint(script.url, 60.0), KEY, lambda seconds: None).ask(REQUEST, "f", 1, 0.3)
        assert found.value.reason == "the model does not answer in time" and len(script.asked) == 1


def test_a_body_that_drips_ends_with_the_time() -> None:
    """Each of its parts comes in time."""
    problem = refused([Act("x" * 1000, drip=0.1)] * 9, timeout=0.3, seconds=0.3)
    assert problem.reason == "the model does not answer in time"
    problem = refused([Act(status=503, raw="x" * 1000, drip=0.1)] * 9, timeout=0.3, seconds=0.3)
    assert problem.reason == "the model does not answer in time"


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    reply, _, _ = ask([Act('fn f() {} // \ud800')])
    assert reply.content == "fn f() {} // ?"


def test_options_that_an_endpoint_does_not_know_are_left_out() -> None:
    said = '{"error": {"message": "Unsupported parameter: %s. %s"}}'
    acts = [
        Act(status=400, raw=said % ("'max_tokens'", "Use 'max_completion_tokens' instead.")),
        Act(status=400, raw=said % ("'temperature'", "Only the default is supported.")),
        Act("x"),
    ]
    with scripted_server(acts) as script:
        assert Client(Endpoint(script.url), KEY, lambda seconds: None).ask(REQUEST, "f", 1, None).content == "x"
        first, second, third = ({name for name in body if name not in ("model", "messages", "seed")} for _, body in script.asked)
    assert first == {"max_tokens", "temperature"} and second == {"max_completion_tokens", "temperature"}
    assert third == {"max_completion_tokens"}


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(AskFailed) as found:
        Client(Endpoint(url), None, lambda seconds: None).ask(REQUEST, "f", 1, None)
    assert "cannot be reached" in found.value.reason


def test_the_key_is_taken_out_of_what_a_server_says() -> None:
    reply, _, _ = ask([Act(f"// {KEY}")])
    assert reply.content == "// [key]"
    problem = refused([Act(status=401, raw=f'{{"error": {{"message": "wrong key {KEY}"}}}}')])
    assert KEY not in problem.reason and "[key]" in problem.reason


@pytest.mark.parametrize(
    "act", [Act(status=401, raw="y" * 190 + KEY), Act(status=401, raw=json.dumps({"error": {"message": "y" * 190 + KEY}})), Act(raw="z" * 70 + KEY)]
)
def test_no_part_of_the_key_is_left_where_a_text_is_cut(act: Act) -> None:
    reason = refused([act] * 9).reason
    assert reason.rstrip("'").endswith("[key]") and KEY[:4] not in reason


@pytest.mark.parametrize("text", ["sk-a\nb", "sk-\u00e4bc", "sk-\x00abc", "sk-a b"])
def test_a_key_that_fits_in_no_header_is_not_repeated(text: str) -> None:
    with pytest.raises(CompileError) as found:
        find_key(Endpoint("http://elsewhere"), {"OPENAI_API_KEY": text})
    assert found.value.diagnostic.message == "the key in OPENAI_API_KEY has characters that no key has"


def test_white_space_around_a_key_is_none_of_it() -> None:
    assert find_key(Endpoint(None), {"OPENAI_API_KEY": f" {KEY}\n"}) == KEY
    assert find_key(Endpoint(None), {"C2RS_API_KEY": " ", "OPENAI_API_KEY": KEY}) == KEY


def test_a_word_in_the_place_of_a_key_stays_in_answers() -> None:
    with scripted_server([Act("fn none() {}")]) as script:
        assert Client(Endpoint(script.url), "none", lambda seconds: None).ask(REQUEST, "f", 1, None).content == "fn none() {}"


@pytest.mark.parametrize("url", ["", "elsewhere", "ftp://elsewhere", "http://", "http://[::1", "http://elsewhere:99999", "http://elsewhere:x"])
def test_an_address_that_is_none(url: str) -> None:
    require_url("http://127.0.0.1:8080/v1")
    require_url(None)
    with pytest.raises(CompileError) as found:
        require_url(url)
    assert found.value.diagnostic.message == f"`base_url` is the address of an endpoint, not `{url}`"


def test_programs_that_are_started_do_not_have_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEY_VARIABLES:
        monkeypatch.setenv(name, KEY)
    with without_keys():
        assert KEY not in subprocess.run(["env"], capture_output=True, text=True, check=True).stdout
    assert [os.environ[name] for name in KEY_VARIABLES] == [KEY, KEY]


def test_a_project_cannot_have_the_user_s_key_sent_to_it() -> None:
    environment = {"OPENAI_API_KEY": "of-the-user"}
    assert find_key(Endpoint("http://elsewhere", trusted=False), environment) is None
    assert find_key(Endpoint("http://elsewhere"), environment) == "of-the-user"
    assert find_key(Endpoint(None, trusted=False), {**environment, "C2RS_API_KEY": "for-this"}) == "for-this"
