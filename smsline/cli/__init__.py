"""The command line. Each module adds its commands to the group `main`; what they do is done below this floor."""

from smsline.cli import backup, cards, content, meaning, orgs, phone, reporting, running, staff, status, translating
from smsline.cli.group import main

__all__ = [
    "backup",
    "cards",
    "content",
    "main",
    "meaning",
    "orgs",
    "phone",
    "reporting",
    "running",
    "staff",
    "status",
    "translating",
]
