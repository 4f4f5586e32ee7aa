"""Lists, tuples, dicts, sets, records, enums, unions and texts."""
