"""The parts of the Slack twin: workspace, limits, methods, payloads, sockets."""
