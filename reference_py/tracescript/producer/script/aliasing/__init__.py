"""Objects and tensors that are changed in place, and everything else that shows the change."""
