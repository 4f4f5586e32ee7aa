"""Writes typed SSA: functions, values, what names stand for, and what is learned."""
