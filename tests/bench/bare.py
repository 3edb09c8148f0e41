"""What a hop is measured against: a bare Flask route, with and without one pipelined trip to Redis."""

import os

import redis
from flask import Flask, request


def app() -> Flask:
    """`/hello` does nothing; `/hop` reads and writes one session in a single pipeline."""
    bare = Flask("bare")
    client = redis.Redis.from_url(os.environ["REDIS_URL"])

    @bare.post("/hello")
    def hello() -> tuple[str, dict[str, str]]:
        return "CON hello", {"Content-Type": "text/plain"}

    @bare.post("/hop")
    def hop() -> tuple[str, dict[str, str]]:
        key = "bare:" + request.form["sessionId"]
        with client.pipeline(transaction=False) as pipe:
            pipe.get(key)
            pipe.set(key, request.form["text"], ex=180)
            pipe.execute()
        return "CON hop", {"Content-Type": "text/plain"}

    return bare
