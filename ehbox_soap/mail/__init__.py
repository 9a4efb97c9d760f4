"""Mails: what they say and how they are sent, by SMTP or into a folder. Knows neither SQL nor XML nor who gets one."""

from __future__ import annotations
