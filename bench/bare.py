"""The yardstick: one Flask route that returns "ok", served as the product is."""

import os

import waitress
from flask import Flask

app = Flask(__name__)


@app.get("/")
def ok() -> str:
    return "ok"


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=4, ident="")
