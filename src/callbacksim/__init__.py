"""Simulate an automated phone-callback survey campaign."""
