"""The code language: functions of a model as text in Python syntax, and back."""
