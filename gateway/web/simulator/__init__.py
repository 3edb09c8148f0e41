"""The simulator (development only): the simulated company's API, its handsets as JSON, and a phone to play with."""

from flask import Flask

from gateway.runtime import Runtime
from gateway.web.simulator import messaging, phone


def mount(app: Flask, rt: Runtime) -> None:
    """Serve the simulator; in production its routes answer 404."""
    messaging.mount(app, rt)
    phone.mount(app, rt)
