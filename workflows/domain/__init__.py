"""Receivables as plain values and pure functions."""
