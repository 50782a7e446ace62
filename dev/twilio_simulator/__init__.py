"""A stand-in for Twilio: its REST API, its webhooks and its delivery callbacks, as a process of its own.

The product never imports it and does not know it: it is pointed at it by a base URL.
"""
