"""The Segment HTTP Tracking API: what the official SDKs send, taken in."""
