"""What `keva` can do: `keva GROUP COMMAND` is in GROUP.py or, where that would be long, in GROUP/COMMAND.py."""
