"""The content: what staff and translators write, read and checked, and made into a `Line`.

Every mistake is a `Problem` with file and line; all are collected, and nothing half-loaded is served.
"""
