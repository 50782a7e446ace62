"""Imported by the process that services are forked from: what they would read at their start, each anew."""

from responder_service.language import detection

detection.load()
