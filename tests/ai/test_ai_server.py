"""Our provider: what the official SDK and a validator of JSON Schema say of its answers."""

import socket
import time

import jsonschema
import openai
import pytest

from tests.ai.asking import GOOD, SCHEMA
from tests.ai_server import AiServer
from tests.ai_server.answering import value_for
from tests.ai_server.ways import WAYS


@pytest.fixture
def client(server):
    with openai.OpenAI(api_key="k", base_url=server.url, max_retries=0, timeout=2) as made:
        yield made


def test_the_sdk_reads_its_answers(server, client):
    shape = {"name": "step", "schema": SCHEMA, "strict": True}
    asked = {"model": "m", "messages": [{"role": "user", "content": "Draft it."}]}
    made = client.chat.completions.create(
        **asked, response_format={"type": "json_schema", "json_schema": shape}
    )
    assert made.choices[0].message.content == str(GOOD).replace("'", '"')
    assert made.usage.total_tokens == made.usage.prompt_tokens + made.usage.completion_tokens
    assert client.chat.completions.create(**asked).choices[0].finish_reason == "stop"


def test_it_lists_its_models_and_knows_no_other_address(server, client):
    assert [each.id for each in client.models.list()] == ["stand-in"]
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("other")


@pytest.mark.parametrize(
    "schema",
    [
        SCHEMA,
        {"type": "object", "properties": {}},
        {"type": "array", "minItems": 4, "items": {"type": ["null", "integer"], "minimum": 7}},
        {"type": "array", "maxItems": 0, "items": {"type": "string"}},
        {"type": "string", "minLength": 40, "maxLength": 50},
        {"type": "string", "maxLength": 3},
        {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
        {"type": "null"},
        {"const": "only this"},
        {"$ref": "#/$defs/row", "$defs": {"row": {"enum": ["a", "b"]}}},
    ],
)
def test_an_answer_fits_its_schema_and_is_always_the_same(schema):
    jsonschema.validate(value_for(schema), schema)
    assert value_for(schema) == value_for(schema)


def test_every_byte_is_recorded(server):
    sent = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nContent-Length: 2\r\n\r\n{}"
    with socket.create_connection(("127.0.0.1", server._port)) as connection:
        connection.sendall(sent)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
    [asked] = server.requests
    assert asked.head + b"\r\n\r\n" + asked.body == sent


def test_an_unknown_way_is_refused(server):
    assert len(WAYS) > 34
    with pytest.raises(ValueError, match="is none of"):
        server.way = "kindly"


@pytest.mark.parametrize("way", ["hang", "hang in the body", "drip headers", "huge"])
def test_closing_never_hangs(way):
    server = AiServer()
    server.way = way
    with socket.create_connection(("127.0.0.1", server._port)) as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        time.sleep(0.05)
        started = time.monotonic()
        server.close()
        assert time.monotonic() - started < 1
    assert server.open_connections == 0
