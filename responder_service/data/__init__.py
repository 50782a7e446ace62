"""Words, phrases and patterns, as YAML. All scalars in these files are text: no, on and 12 need no quotation marks."""
