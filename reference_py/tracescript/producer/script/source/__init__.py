"""What is read or rewritten in the user's syntax tree before it is compiled."""
