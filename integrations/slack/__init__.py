"""Slack as a rep desk: briefing cards, the two-way thread, buttons; over HTTP and in Socket Mode."""
