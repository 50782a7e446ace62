"""How a version before named what belongs to a number: by the number itself, which mongod then wrote into its log."""

NAMED_BY_NUMBER = "^AC[0-9a-fA-F]*:"
