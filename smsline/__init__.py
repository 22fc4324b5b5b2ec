"""smsline: an information line that people can text or dial.

Read `engine/model.py` first, then `engine/conversation.py`.
"""
