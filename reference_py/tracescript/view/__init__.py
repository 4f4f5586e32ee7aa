"""What a model looks like to a person: folded text, pictures, a page. Runs nothing."""
