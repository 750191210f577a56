"""Tells people: composes messages about runs and sends them with apprise.

Whom to tell about what was decided before (`jupyter_flow.core.alerts`); when to try again is the
outbox's business (`jupyter_flow.engine.outbox`).
"""
