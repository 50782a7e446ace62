"""Python programs forked from a process that has imported their modules: for whoever starts many, as tests do."""
